/** What a build is made from, as one hash: when it is the same, so is every byte of the build. */
import type { Checked } from "./checked.ts";
import type { Declaration } from "./declarations.ts";
import { fileBehind, hashOfFile } from "./extern/graph.ts";

/** The schema of manifest.json. A runtime refuses another. */
export const manifestSchema = 1;

/** The hash of everything that a build is made from: the specs, and what they name beside them; `version` is the compiler's. */
export function inputsHash(checked: Checked, version: string): string {
  const { host } = checked;
  const parts = checked.modules.map((module) => `${module.path}\n${host.hash(module.text)}`);
  const declarations = checked.modules.filter(({ std }) => !std).flatMap((module) => [...module.declarations.values()]);
  // The keys of steps hold what externs do, and programs have the size of a tokenizer's file.
  const externs = declarations.flatMap((each) => fileBehind(each) ?? []);
  const files = [
    ...externs.map((path) => [path, hashOfFile(host, path)]),
    ...declarations.flatMap((each) => tokenizerFile(each, checked) ?? []).map((path) => [path, host.hash(host.read(path) ?? "")]),
  ];
  const beside = [...new Set(files.map(([path, hash]) => `${path}\n${hash}`))].sort();
  return host.hash([version, String(manifestSchema), ...parts, ...beside].join("\n"));
}

/** The `tokenizer.json` that a tokenizer is read from. */
function tokenizerFile({ word, node }: Declaration, checked: Checked): string | undefined {
  if (word !== "tokenizer" || node.kind !== "Setting" || !node.value) return undefined;
  const made = checked.constant(node.value);
  const path = made?.kind === "case" ? made.args.get("path") : undefined;
  return path?.kind === "text" ? path.value : undefined;
}
