// From words on the command line to a checked and built spec. Everything that verbs share before they do their own work.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Checked, check } from "../compiler/index.ts";
import type { Diagnostic } from "../grammar/index.ts";
import { NeuroError } from "../runtime/error.ts";
import { printDiagnostics } from "./diagnostics.ts";
import { Refused } from "./failed.ts";
import { diskHost, textOf } from "./host.ts";
import { applySettings } from "./set.ts";
import type { Common } from "./verb.ts";

/** A spec on disk: its folder is the root of every path in it. */
export type Spec = { readonly folder: string; readonly file: string; readonly name: string };

/** The spec that was named, or `main.neuro`, or the only `.neuro` file of this folder. */
export function findSpec(given?: string): Spec {
  const path = resolve(given ?? ".");
  if (existsSync(path) && statSync(path).isDirectory()) return inFolder(path, given);
  if (!existsSync(path))
    throw new NeuroError("spec_missing", `there is no file ${given}`, {
      hint: "name a .neuro file, or run neuroc init to make one",
    });
  return { folder: dirname(path), file: basename(path), name: systemName(path) };
}

function inFolder(folder: string, given?: string): Spec {
  const specs = readdirSync(folder).filter((entry) => entry.endsWith(".neuro"));
  const file = specs.includes("main.neuro") ? "main.neuro" : specs.length === 1 ? specs[0] : undefined;
  if (file) return { folder, file, name: systemName(join(folder, file)) };
  const where = given ? `in ${given}` : "in this folder";
  throw specs.length === 0
    ? new NeuroError("spec_missing", `there is no .neuro file ${where}`, {
        hint: "neuroc init makes a main.neuro that answers from the Markdown files here",
      })
    : new NeuroError("usage", `there are ${specs.length} .neuro files ${where} and none is main.neuro`, {
        hint: `say which one: ${specs.slice(0, 3).join(", ")}`,
      });
}

/** `main.neuro` is named after its folder, any other file after itself. */
export function systemName(path: string): string {
  const name = basename(path, ".neuro") === "main" ? basename(dirname(path)) : basename(path, ".neuro");
  return name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "") || "system";
}

/** A checked spec, and the text that each of its files had (with `--set` applied). */
export type Checking = { readonly spec: Spec; readonly checked: Checked; readonly errors: number; readonly warnings: number };

/** Reads and checks. An unreadable or binary file is refused here; faults of the text are in the diagnostics. */
export function checkSpec(spec: Spec, options: Pick<Common, "set">): Checking {
  const bytes = readFileSync(join(spec.folder, spec.file));
  const text = textOf(bytes);
  if (text === undefined)
    throw new NeuroError("spec_binary", `${spec.file} is not text`, {
      where: join(spec.folder, spec.file),
      hint: "a spec is UTF-8 text; is this another kind of file?",
    });
  const changed = applySettings(text, spec.file, options.set);
  const host = diskHost(spec.folder, new Map([[spec.file, changed]]));
  const checked = check(host, spec.file);
  const count = (severity: Diagnostic["severity"]) => checked.diagnostics.filter((d) => d.severity === severity).length;
  return { spec, checked, errors: count("error"), warnings: count("warning") };
}

/** Checks, says what is wrong, and stops when anything is an error. Warnings go to stderr and nothing stops. */
export function checkedOrRefused(spec: Spec, options: Common): Checking {
  const checking = checkSpec(spec, options);
  printDiagnostics(checking);
  if (checking.errors > 0) throw new Refused();
  return checking;
}
