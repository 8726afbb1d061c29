/** What is written out: numbers with units, strings with holes, ranges, lists and records. */
import type * as ast from "../../grammar/index.ts";
import { missingField } from "../diagnostics/missing_field.ts";
import { unitsDiffer } from "../diagnostics/units_differ.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { fits } from "../fits.ts";
import { describe, show } from "../show.ts";
import { givenFor } from "../suggest.ts";
import { type Field, type HostName, isNumber, type NumberType, noUnits, type Type, unknown } from "../types.ts";
import { sameUnits, showUnits, units, unitsOf } from "../units.ts";
import { accept } from "./accept.ts";
import type { Walker } from "./walker.ts";

/** A number in base units; a unit that is none was reported elsewhere. */
export function numberType(node: ast.NumberLit): Type {
  const unit = node.unit && units.get(node.unit.text);
  if (node.unit && !unit) return unknown;
  const value = node.value * (unit?.factor ?? 1);
  return { kind: node.integer ? "int" : "float", units: node.unit ? (unitsOf(node.unit.text) ?? noUnits) : noUnits, value };
}

/** Holes take what has one obvious text: Text, numbers. */
export function textType(node: ast.Text, walker: Walker): Type {
  for (const part of node.parts) {
    if (part.kind !== "Hole") continue;
    const type = walker.infer(part.value);
    if (type.kind !== "unknown" && type.kind !== "text" && type.kind !== "var" && !isNumber(type))
      walker.report(wrongType, part.value.span, {
        found: describe(type),
        expected: "Text or a number",
        what: "What stands in a string",
      });
  }
  const [only] = node.parts;
  if (node.parts.length > 1 || only?.kind === "Hole") return { kind: "text" };
  return { kind: "text", value: only?.kind === "Chunk" ? only.text : "" };
}

/** Both ends included; the unit of the last serves both. */
export function rangeType(node: ast.Range, walker: Walker): Type {
  const from = walker.infer(node.from);
  const to = walker.infer(node.to);
  if (from.kind === "unknown" || to.kind === "unknown") return unknown;
  for (const [end, type] of [
    [node.from, from],
    [node.to, to],
  ] as const)
    if (!isNumber(type)) {
      walker.report(wrongType, end.span, { found: describe(type), expected: "a number", what: "An end of a range" });
      return unknown;
    }
  const [low, high] = [from as NumberType, to as NumberType];
  const bare = Object.keys(low.units).length === 0;
  if (!bare && !sameUnits(low.units, high.units)) {
    walker.report(unitsDiffer, node.span, {
      op: "..",
      left: showUnits(low.units),
      right: showUnits(high.units) || "a plain number",
    });
    return unknown;
  }
  return { kind: "range", of: { kind: low.kind === "int" && high.kind === "int" ? "int" : "float", units: high.units } };
}

/** What stands in a list that has a name of its own. */
const ofMany: Readonly<Partial<Record<HostName, HostName>>> = { Docs: "Doc", Pipelines: "Pipeline" };

/** One type for all items; where they differ the first that takes the others. */
export function listType(node: ast.List, expected: Type, walker: Walker): Type {
  const wanted: Type =
    expected.kind === "list"
      ? expected.of
      : expected.kind === "host" && expected.name in ofMany
        ? { kind: "host", name: ofMany[expected.name]! }
        : unknown;
  const items = node.items.map((item) => walker.infer(item, wanted));
  const known = items.filter((item) => item.kind !== "unknown");
  const of = known.find((item) => known.every((other) => fits(other, item))) ?? known[0] ?? unknown;
  const odd = wanted.kind === "unknown" ? items.findIndex((item) => !fits(item, of) && !fits(of, item)) : -1;
  if (odd >= 0)
    walker.report(wrongType, node.items[odd]!.span, {
      found: describe(items[odd]!),
      expected: show(of),
      what: "Every item of this list",
    });
  return { kind: "list", of, items };
}

/** A record of its own, or the one that is asked for: then fields are checked against it. */
export function recordType(node: ast.RecordLit, expected: Type, walker: Walker): Type {
  const fields = new Map<string, Field>();
  for (const entry of node.entries) {
    const field = expected.kind === "record" ? expected.fields.get(entry.label.text) : undefined;
    const type = field
      ? accept(entry.value, { type: field.type, what: `The field ${entry.label.text}`, range: field.range }, walker)
      : walker.infer(entry.value);
    fields.set(entry.label.text, { type, optional: false });
  }
  if (expected.kind === "record" && !expected.plus) {
    const lacking = [...expected.fields].filter(([name, field]) => !field.optional && !fields.has(name));
    const missing = lacking.map(([name, field]) => ({ name, ...field }));
    const names = missing.map(({ name }) => name);
    const facts = { names, of: expected.name ?? "this record", ...givenFor(missing, walker.where.module) };
    if (missing.length > 0) walker.report(missingField, node.span, facts);
    if (missing.length > 0) return unknown;
  }
  return { kind: "record", fields };
}
