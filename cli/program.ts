// One program of a build, for a person: its nodes with the spec lines they came from, its kernels, its memory and its cost.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../grammar/index.ts";
import { type ProgramJson, printProgram, programFromJson } from "../kernels/index.ts";
import { describePlan } from "../kernels/plan.ts";
import { NeuroError } from "../runtime/error.ts";
import { ensureBuilt } from "./built.ts";
import { findSpec } from "./spec.ts";
import type { Common } from "./verb.ts";

type Manifest = { readonly programs: Readonly<Record<string, { readonly ir: string; readonly kernels: readonly string[] }>> };

/** The text of `neuroc explain --program NAME`. Throws `usage` for a name that the build does not have. */
export async function explainProgram(name: string, options: Common & { spec?: string }): Promise<string> {
  const { folder } = await ensureBuilt(findSpec(options.spec), options);
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const built = manifest.programs[name];
  if (!built) {
    const names = Object.keys(manifest.programs);
    const near = didYouMean(name, names);
    throw new NeuroError("usage", `the build has no program ${name}`, {
      hint: near ? `did you mean ${near}?` : `it has ${names.join(", ") || "none"}`,
    });
  }
  const program = programFromJson(JSON.parse(readFileSync(join(folder, built.ir), "utf8")) as ProgramJson);
  const kernels = built.kernels.map((path) => `  ${path}\n${headOf(readFileSync(join(folder, path), "utf8"))}`);
  return [printProgram(program), describePlan(program), `kernels, in order of their numbers\n${kernels.join("\n")}`].join("\n");
}

/** The comment with which a kernel begins: what it computes, and the spec lines it came from. */
function headOf(code: string): string {
  const lines = code.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => `    ${line}`)
    .join("\n");
}
