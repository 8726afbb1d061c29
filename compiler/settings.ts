/** Settings and models against their closed lists of fields; what follows `=` against what the kind is. */

import type * as ast from "../grammar/index.ts";
import { didYouMean } from "../grammar/index.ts";
import type { Declaration } from "./declarations.ts";
import { missingField } from "./diagnostics/missing_field.ts";
import { unknownField } from "./diagnostics/unknown_field.ts";
import { unknownType } from "./diagnostics/unknown_type.ts";
import { wrongType } from "./diagnostics/wrong_type.ts";
import { accept } from "./infer/accept.ts";
import { Walker } from "./infer/walker.ts";
import { kinds } from "./kinds/index.ts";
import { tokenizerKind } from "./kinds/library.ts";
import { architectureOf, fieldsOf, modelFields } from "./kinds/model.ts";
import type { Program } from "./program.ts";
import { describe } from "./show.ts";
import { stdModuleOf } from "./std-names.ts";
import { givenFor } from "./suggest.ts";
import { host, type Parameter, type Type, unknown } from "./types.ts";

/** What `= expr` must be, by kind. */
const values: Partial<Record<ast.SettingWord, Type>> = { tokenizer: tokenizerKind, source: host("Source"), index: host("Index") };

/** Checks a setting: its fields, or its value. */
export function checkSetting(declaration: Declaration, program: Program): void {
  const { node } = declaration;
  if (node.kind !== "Setting") return;
  const walker = new Walker(program, { module: declaration.module, place: "setting", declaration });
  const kind = kinds.get(node.word);
  const what = `The ${node.word} ${declaration.name}`;
  if (node.value?.kind === "Record" && kind) checkFields(node.value, kind.fields, what, walker);
  else if (node.value) checkValue(node, node.value, declaration, walker);
  else if (kind && !node.extern) checkFields({ kind: "Record", entries: [], span: node.name.span }, kind.fields, what, walker);
}

function checkValue(node: ast.Setting, value: ast.Expr, declaration: Declaration, walker: Walker): void {
  const what = `The ${node.word} ${declaration.name}`;
  if (node.word === "dataset") {
    const type = walker.infer(value);
    if (type.kind !== "rows" && type.kind !== "unknown" && type.kind !== "list")
      walker.report(wrongType, value.span, { found: describe(type), expected: "rows", what });
    return;
  }
  const asked = node.params ? unknown : (values[node.word] ?? unknown);
  if (value.kind === "Record" && asked.kind !== "unknown")
    walker.report(wrongType, value.span, { found: "a record", expected: `what follows \`=\``, what });
  else accept(value, { type: asked, what }, walker);
}

/** Fields of a record against a closed list. */
export function checkFields(record: ast.RecordLit, fields: readonly Parameter[], what: string, walker: Walker): boolean {
  const given = new Set<string>();
  let ok = true;
  for (const entry of record.entries) {
    const name = entry.label.text;
    const field = fields.find((each) => each.name === name);
    given.add(name);
    if (!field) {
      const known = fields.map((each) => each.name);
      walker.report(unknownField, entry.label.span, { name, of: what, known });
      const meant = didYouMean(name, known);
      walker.infer(entry.value, fields.find((each) => each.name === meant)?.type);
      ok = false;
      continue;
    }
    const facts = { ...(field.unit ? { unit: field.unit } : {}), ...(field.range ? { range: field.range } : {}) };
    const type = accept(entry.value, { type: field.type, what: `The field ${name}`, ...facts }, walker);
    if (type.kind === "unknown") ok = false;
  }
  const missing = fields.filter((field) => !field.optional && !given.has(field.name));
  if (missing.length > 0 && record.entries.every((entry) => fields.some((field) => field.name === entry.label.text))) {
    const at = walker.where.declaration?.node.name.span ?? record.span;
    const names = missing.map((field) => field.name);
    walker.report(missingField, at, { names, of: what, ...givenFor(missing, walker.where.module) });
    ok = false;
  }
  return ok;
}

/** Checks a model: its fields here, its sizes by mathematics. */
export function checkModel(declaration: Declaration, program: Program): void {
  const { node } = declaration;
  if (node.kind !== "Model") return;
  const walker = new Walker(program, { module: declaration.module, place: "setting", declaration });
  const architecture = architectureOf(node, program, declaration);
  if (!architecture) {
    const known = [...program.namesIn(declaration.module)].filter((name) => /^\p{Lu}/u.test(name));
    const std = stdModuleOf(node.architecture.text, program.host);
    program.report(unknownType, node.architecture.span, { name: node.architecture.text, known, ...(std ? { std } : {}) });
    for (const entry of node.fields.entries) walker.infer(entry.value);
    return;
  }
  const before = program.faults;
  checkFields(node.fields, fieldsOf(declaration, architecture, program), `The model ${declaration.name}`, walker);
  if (program.faults > before || architecture.node.kind !== "Architecture") return;
  const key = sizesKey(node, architecture, walker);
  if (program.soundSizes.has(key)) return;
  program.mathematics.checkModel(node, architecture.node);
  if (program.faults === before) program.soundSizes.add(key);
}

/** Two models of one file and architecture whose configuration is written alike have the same sizes. */
function sizesKey(node: ast.Model, architecture: Declaration, walker: Walker): string {
  const common = new Set(modelFields.map((field) => field.name).filter((name) => name !== "head"));
  const own = node.fields.entries.filter((entry) => !common.has(entry.label.text)).map((entry) => walker.source(entry));
  return [node.span.file, architecture.module.path, architecture.name, ...own.sort()].join("\n");
}
