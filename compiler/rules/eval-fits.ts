/** What an eval measures gives what its task scores, and takes nothing that its rows do not have. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import { missingField } from "../diagnostics/missing_field.ts";
import { rowLacksField } from "../diagnostics/row_lacks_field.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { isA } from "../fits.ts";
import { tasks } from "../kinds/eval.ts";
import type { Program } from "../program.ts";
import { describe } from "../show.ts";
import type { Type } from "../types.ts";
import { type Fields, fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

export const evalFitsRule: Rule = {
  name: "eval-fits",
  declaration(declaration, program) {
    const fields = fieldsOfSetting(declaration, "eval", program);
    const task = fields?.chosen("task") ?? "";
    if (!fields || !tasks.has(task)) return;
    const rows = rowsOf(fields, program);
    if (rows) checkRows(rows, task, program);
    else asksSomething(declaration, task, fields, program);
    for (const node of measured(fields)) checkMeasured(node, task, fieldsAsked(rows, task, fields), program);
  },
};

/** What `of` and `against` name. */
function measured(fields: Fields): ast.Expr[] {
  const of = fields.entry("of")?.value;
  const against = fields.entry("against")?.value;
  return [...(of?.kind === "List" ? of.items : of ? [of] : []), ...(against ? [against] : [])];
}

interface Rows {
  readonly node: ast.Expr;
  readonly names: readonly string[];
}

/** The rows that are asked, where they and their fields are known. */
function rowsOf(fields: Fields, program: Program): Rows | undefined {
  const node = fields.entry("rows")?.value ?? argument(fields, "rows");
  const type = node && program.typeOf(node);
  if (type?.kind !== "rows" || type.row.kind !== "record" || type.row.plus) return undefined;
  return { node: node!, names: [...type.row.fields.keys()] };
}

function argument(fields: Fields, name: string): ast.Expr | undefined {
  const task = fields.entry("task")?.value;
  return task?.kind === "Call" ? task.args.find(({ label }) => label?.text === name)?.value : undefined;
}

function checkRows({ node, names }: Rows, task: string, program: Program): void {
  const { reads } = tasks.get(task)!;
  if (!reads.some((name) => names.includes(name)))
    program.report(rowLacksField, node.span, { names: [reads[0]!], reader: `The task ${task}`, has: names });
}

/** Judged questions are rows, or the files of a collection. Questions of other tasks may be given when it runs (`--rows`). */
function asksSomething(declaration: Declaration, task: string, fields: Fields, program: Program): void {
  const asked = fields.entry("rows") ?? ["rows", "beir", "topics"].find((name) => argument(fields, name));
  if (task !== "retrieval" || asked) return;
  program.report(missingField, declaration.node.name.span, {
    names: ["rows"],
    of: `The eval ${declaration.name}`,
    instead: `Write rows: and a dataset whose rows have \`relevant\`, or task: retrieval(beir: "folder").`,
  });
}

/** The names of what a pipeline can be given; undefined where rows are not known before they are read. */
function fieldsAsked(rows: Rows | undefined, task: string, fields: Fields): readonly string[] | undefined {
  if (rows) return rows.names;
  return task === "retrieval" && (argument(fields, "beir") || argument(fields, "topics")) ? ["prompt"] : undefined;
}

function checkMeasured(node: ast.Expr, task: string, has: readonly string[] | undefined, program: Program): void {
  const type = program.typeOf(node);
  if (type.kind !== "fn" || !isA(type, "pipeline")) return;
  const { gives } = tasks.get(task)!;
  const { result, parameters } = type.signature;
  const name = node.kind === "Name" ? `The pipeline ${node.text}` : "This pipeline";
  if (!isHost(result, gives)) {
    const expected = `a pipeline that gives ${gives}`;
    program.report(wrongType, node.span, {
      found: `one that gives ${describe(result)}`,
      expected,
      what: `What ${task} measures`,
    });
    return;
  }
  const wanted = parameters.filter(({ optional }) => !optional).map((parameter) => parameter.name);
  const lacking = has ? wanted.filter((each) => !has.includes(each)) : [];
  if (lacking.length > 0) program.report(rowLacksField, node.span, { names: lacking, reader: name, has: has! });
}

const isHost = (type: Type, name: string): boolean => type.kind === "unknown" || (type.kind === "host" && type.name === name);
