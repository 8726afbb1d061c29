/** A value meets its place: the type that is asked for, its unit, its range. What does not fit is said here, once and in the words of the place. */
import type * as ast from "../../grammar/index.ts";
import { boolAsNumber } from "../diagnostics/bool_as_number.ts";
import { missingUnit } from "../diagnostics/missing_unit.ts";
import { outsideRange } from "../diagnostics/outside_range.ts";
import { remoteModel } from "../diagnostics/remote_model.ts";
import { rowLacksField } from "../diagnostics/row_lacks_field.ts";
import { weightsDiffer } from "../diagnostics/weights_differ.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { wrongUnit } from "../diagnostics/wrong_unit.ts";
import { type Bindings, fits, missingFields, noBindings, substitute } from "../fits.ts";
import { describe, show, showRange } from "../show.ts";
import { conversion } from "../suggest.ts";
import { float, isNumber, type NumberType, type Range, type RecordType, type Type, unknown } from "../types.ts";
import { isPlain, sameUnits, showUnits, units } from "../units.ts";
import type { Walker } from "./walker.ts";

/** What a place asks for. */
export interface Wanted {
  readonly type: Type;
  /** Begins a sentence: `The field port`. */
  readonly what: string;
  /** The unit as the signature writes it. */
  readonly unit?: string;
  readonly range?: Range;
  /** A Schedule may stand here. */
  readonly moves?: true;
}

/** Infers an expression for a place and says what does not fit. Gives the type of the expression, `unknown` after a fault. */
export function accept(node: ast.Expr, wanted: Wanted, walker: Walker, bindings: Bindings = noBindings()): Type {
  const type = walker.infer(node, substitute(wanted.type, bindings));
  return acceptType(node, type, wanted, walker, bindings) ? type : unknown;
}

/** Whether a type that is known already fits its place; says so where not. */
export function acceptType(
  node: ast.Expr,
  type: Type,
  wanted: Wanted,
  walker: Walker,
  bindings: Bindings = noBindings(),
): boolean {
  if (type.kind === "unknown" || wanted.type.kind === "unknown") return true;
  if (wanted.moves && type.kind === "host" && type.name === "Schedule") return acceptSchedule(node, wanted, walker);
  // A chance becomes a number where one is asked for; that of a whole text leaves no formula, and is told of there.
  if (isNumber(wanted.type) && isChance(type)) return true;
  const before = bindings.conflict;
  if (!fits(type, wanted.type, bindings)) {
    misfit(node, type, substitute(wanted.type, bindings), wanted.what, walker);
    return false;
  }
  if (bindings.conflict && !before) {
    const [left, right] = bindings.conflict;
    walker.report(weightsDiffer, node.span, { left: left.name ?? show(left), right: right.name ?? show(right) });
    return false;
  }
  if (wanted.type.kind === "weights" && type.kind === "model" && type.remote) {
    walker.report(remoteModel, node.span, { model: type.name ?? "This model", what: "merging" });
    return false;
  }
  const number = wanted.type.kind === "variant" && wanted.type.or ? wanted.type.or : wanted.type;
  return isNumber(type) && isNumber(number) ? acceptNumber(node, type, number, wanted, walker) : true;
}

/** A probability, or a ratio of two, without axes. */
const isChance = (type: Type): boolean =>
  type.kind === "tensor" && type.axes.length === 0 && (type.elem === "prob" || type.elem === "ratio");

function misfit(node: ast.Expr, type: Type, expected: Type, what: string, walker: Walker): void {
  const odd = oddItem(node, type, expected);
  if (odd) {
    misfit(odd.node, odd.type, odd.expected, `Every item of ${what[0]!.toLowerCase()}${what.slice(1)}`, walker);
    return;
  }
  if (type.kind === "bool" && isNumber(expected)) {
    walker.report(boolAsNumber, node.span, { op: what, source: walker.source(node) });
    return;
  }
  // Rows are a list, too, where all of them are there.
  const row = type.kind === "rows" ? type.row : type.kind === "list" ? type.of : undefined;
  const [found, asked] = row && expected.kind === "rows" ? [row, expected.row] : [type, expected];
  const lacking = found.kind === "record" && asked.kind === "record" ? missingFields(found, asked as RecordType) : [];
  if (lacking.length > 0) {
    const has = [...(found as RecordType).fields.keys()];
    walker.report(rowLacksField, node.span, { names: lacking, reader: what, has });
    return;
  }
  const source = walker.source(node);
  const made = conversion(
    source.length > 40 || source.includes("\n") ? ".." : source,
    type,
    expected,
    walker.where.module,
    walker.program,
  );
  walker.report(wrongType, node.span, {
    found: describe(type),
    expected: show(expected),
    what,
    ...betterFor(node, type, expected, walker),
    ...declaredFor(node, type, expected, walker),
    ...(made === undefined ? {} : { made }),
  });
}

/** What is to be declared first, where a model, a source or settings stand where a function, an index or a decoding is asked for. */
function declaredFor(node: ast.Expr, type: Type, expected: Type, walker: Walker): { declared?: string } {
  const source = walker.source(node);
  const scores = type.kind === "model" && type.head === "Scorer" && type.over === undefined;
  if (scores && expected.kind === "fn" && show(expected) === "fn(Dialog, Doc) -> Float")
    return { declared: `fn worth(prompt: Dialog, doc: Doc) -> Float = ${source}(prompt, [doc])` };
  if (scores && expected.kind === "variant" && expected.name === "Checking")
    return {
      declared: `fn bears(prompt: Dialog, passages: Docs, sentence: Text) -> Float = sigmoid(${source}(sentence | prompt, passages))`,
    };
  if (expected.kind !== "host") return {};
  if (expected.name === "Index" && type.kind === "host" && type.name === "Source" && node.kind === "Name")
    return { declared: `index library { over: ${source}, text: bm25 }` };
  return expected.name === "Decoding" && type.kind === "record" && node.kind === "Record" && !source.includes("\n")
    ? { declared: `decoding short ${source}` }
    : {};
}

/** What was meant, where a quotation mark, a bracket, a turn of the dialog or the only field that fits is all that is amiss. */
function betterFor(node: ast.Expr, type: Type, expected: Type, walker: Walker): { better?: string } {
  const source = walker.source(node);
  const quoted = node.kind === "Text" && !node.block ? /^"(-?\d[\d_]*(?:\.\d+)?)"$/.exec(source)?.[1] : undefined;
  if (quoted !== undefined && isNumber(expected) && isPlain(expected.units)) return { better: quoted };
  const case_ = node.kind === "Text" ? source.slice(1, -1) : "";
  if ((expected.kind === "enum" && expected.cases.includes(case_)) || (expected.kind === "variant" && expected.cases.has(case_)))
    return { better: case_ };
  if (expected.kind === "text" && (node.kind === "Number" || node.kind === "Bool")) return { better: JSON.stringify(source) };
  if (expected.kind === "list" && type.kind !== "list") {
    const item = fits(type, expected.of) ? source : betterFor(node, type, expected.of, walker).better;
    return item === undefined ? {} : { better: `[${item}]` };
  }
  // `last(prompt)` where the whole dialog is asked for, and the other way round.
  if (node.kind === "Call" && type.kind === "text" && expected.kind === "host" && expected.name === "Dialog")
    return walker.source(node.callee) === "last" && node.args[0] ? { better: walker.source(node.args[0].value) } : {};
  if (node.kind !== "Name" && node.kind !== "Field") return {};
  if (type.kind === "host" && type.name === "Dialog" && expected.kind === "text") return { better: `last(${source})` };
  const fitting = type.kind === "record" ? [...type.fields].filter(([, field]) => fits(field.type, expected)) : [];
  return fitting.length === 1 ? { better: `${source}.${fitting[0]![0]}` } : {};
}

/** In a list that is written out the first item that does not fit is the one to look at. */
function oddItem(node: ast.Expr, type: Type, expected: Type): { node: ast.Expr; type: Type; expected: Type } | undefined {
  if (node.kind !== "List" || type.kind !== "list" || !type.items || expected.kind !== "list") return undefined;
  const at = type.items.findIndex((item) => !fits(item, expected.of));
  return at < 0 ? undefined : { node: node.items[at]!, type: type.items[at]!, expected: expected.of };
}

function acceptNumber(node: ast.Expr, type: NumberType, expected: NumberType, wanted: Wanted, walker: Walker): boolean {
  const { what } = wanted;
  if (!sameUnits(type.units, expected.units)) {
    const asked = wanted.unit ?? showUnits(expected.units);
    const written = bareText(node, walker);
    if (isPlain(type.units)) walker.report(missingUnit, node.span, { expected: asked, what, written });
    else {
      const facts = { found: unitText(node, type), expected: asked, what };
      walker.report(wrongUnit, node.span, node.kind === "Number" ? { ...facts, written } : facts);
    }
    return false;
  }
  const { range } = wanted;
  if (range && type.value !== undefined && (type.value < (range.low ?? -Infinity) || type.value > (range.high ?? Infinity))) {
    walker.report(outsideRange, node.span, {
      value: walker.source(node),
      range: showRange(range),
      what,
      ...nearestIn(range, node, type.value),
    });
    return false;
  }
  return true;
}

/** The end of a range that a written number missed, in the unit that it was written in. */
function nearestIn(range: Range, node: ast.Expr, value: number): { near?: string } {
  const end = value < (range.low ?? -Infinity) ? range.low : range.high;
  if (node.kind !== "Number" || end === undefined) return {};
  if (node.percent) return { near: `${+(end * 100).toFixed(6)}%` };
  const scaled = end / ((node.unit && units.get(node.unit.text)?.factor) ?? 1);
  return { near: node.unit ? `${scaled} ${node.unit.text}` : String(scaled) };
}

/** What a Schedule moves between keeps the range of its place. */
function acceptSchedule(node: ast.Expr, wanted: Wanted, walker: Walker): boolean {
  const call = node.kind === "Call" ? walker.program.calls.get(node) : undefined;
  const ends = ["from", "to"].flatMap((name) => call?.args.get(name) ?? []);
  return ends.every(({ value }) => acceptType(value, walker.program.typeOf(value), { ...wanted, type: float() }, walker));
}

const unitText = (node: ast.Expr, type: NumberType): string =>
  node.kind === "Number" && node.unit ? node.unit.text : showUnits(type.units);
const bareText = (node: ast.Expr, walker: Walker): string => (node.kind === "Number" ? node.raw : walker.source(node));
