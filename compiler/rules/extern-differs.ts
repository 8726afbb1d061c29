/** An extern is the function that its signature says, in the TypeScript file that it names. Files of packages are their own affair. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import { externDiffers } from "../diagnostics/extern_differs.ts";
import { missingFile } from "../diagnostics/missing_file.ts";
import { derived, difference } from "../extern/compare.ts";
import { exportedAs } from "../extern/exports.ts";
import { fileBehind } from "../extern/graph.ts";
import type { Program } from "../program.ts";
import type { Signature } from "../types.ts";
import type { Rule } from "./rule.ts";

export const externDiffersRule: Rule = {
  name: "extern-differs",
  declaration(declaration, program) {
    const { node } = declaration;
    if ((node.kind === "Callable" || node.kind === "Setting") && node.from) checkExtern(declaration, node, node.from, program);
  },
};

function checkExtern(declaration: Declaration, node: ast.Callable | ast.Setting, from: ast.Text, program: Program): void {
  const written = from.parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join("");
  const path = fileBehind(declaration);
  if (path === undefined) return;
  if (program.watched.read(path) === undefined) {
    program.report(missingFile, from.span, { path: written, what: "TypeScript file", known: [] });
    return;
  }
  const signature = program.declarations.signature(declaration) ?? {
    parameters: [],
    result: program.declarations.type(declaration),
  };
  const isStage = declaration.word === "stage" || (declaration.word === "source" && node.params !== undefined);
  const found = exportedAs(declaration.name, path, program.watched);
  const problem = found
    ? difference(rowsOf(signature, declaration, program), isStage, found)
    : `nothing called ${declaration.name} is exported`;
  if (problem === undefined) return;
  const facts = {
    name: declaration.name,
    file: written,
    difference: problem,
    derived: derived(declaration.name, signature, isStage),
  };
  program.report(externDiffers, node.name.span, facts);
}

/** What a dataset gives are its rows. */
const rowsOf = (signature: Signature, declaration: Declaration, program: Program): Signature =>
  declaration.word === "dataset" ? { ...signature, result: program.declarations.type(declaration) } : signature;
