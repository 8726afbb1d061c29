/** What stands after a value: `.field`, `[i]` and `[t: i]`. */
import type * as ast from "../../grammar/index.ts";
import { unknownField } from "../diagnostics/unknown_field.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { hostElement, hostField, hostFields } from "../hosts.ts";
import { toType } from "../math/host.ts";
import { describe, show } from "../show.ts";
import { list, noUnits, type RowsType, type TensorType, type Type, unknown } from "../types.ts";
import type { Walker } from "./walker.ts";

/** `row.chosen`, a column `rows.reward`, a case `wins.main`, what a host value shows of itself. */
export function fieldType(node: ast.Field, walker: Walker): Type {
  const object = walker.infer(node.object);
  const sides = object.kind === "host" && object.name === "Index" ? sidesOf(node.object, walker) : undefined;
  if (sides?.includes(node.name.text) === false) {
    walker.report(unknownField, node.name.span, {
      name: node.name.text,
      of: `The index ${walker.source(node.object)}`,
      known: sides,
    });
    return unknown;
  }
  const found = fieldOf(object, node.name.text);
  if (found) return found;
  const known = fieldNames(object);
  if (known !== undefined) walker.report(unknownField, node.name.span, { name: node.name.text, of: show(object), known });
  return unknown;
}

/** By what a declared index can be asked: its words, its vectors, or both. */
function sidesOf(node: ast.Expr, walker: Walker): string[] | undefined {
  const entity = node.kind === "Name" ? walker.program.names.get(node) : undefined;
  const record = entity?.entity === "declaration" && entity.node.kind === "Setting" ? entity.node.value : undefined;
  if (record?.kind !== "Record") return undefined;
  const said = record.entries.map(({ label }) => label.text).filter((label) => label === "text" || label === "vectors");
  return said.length > 0 ? said : ["text"];
}

function fieldOf(object: Type, name: string): Type | undefined {
  switch (object.kind) {
    case "record":
      return object.fields.get(name)?.type ?? (object.plus ? unknown : undefined);
    case "rows":
      return columnOf(object, name);
    case "host":
      return hostField(object.name, name);
    case "tensor":
      return caseOf(object, name);
    case "list": {
      const each = fieldOf(object.of, name);
      return each && (object.of.kind === "record" || object.of.kind === "host") ? list(each) : undefined;
    }
    default:
      return undefined;
  }
}

function columnOf(rows: RowsType, name: string): Type | undefined {
  const field = fieldOf(rows.row, name);
  return field && list(field);
}

function caseOf(object: TensorType, name: string): Type | undefined {
  const whole = object.value?.kind === "tensor" ? object.value.whole : undefined;
  if (whole && (name === "tokens" || name === "next")) return whole[name] && toType(whole[name]);
  if (!object.axes.some((axis) => axis.cases?.includes(name))) return undefined;
  const axes = object.axes.filter((axis) => !axis.cases?.includes(name));
  return narrowed(object, axes);
}

/** A tensor with fewer axes; a Float where none is left. */
const narrowed = ({ elem }: TensorType, axes: TensorType["axes"]): Type =>
  axes.length === 0 && elem === "float" ? { kind: "float", units: noUnits } : { kind: "tensor", axes, elem };

/** The fields that a value has; undefined where nothing can be said about it. */
function fieldNames(object: Type): string[] | undefined {
  switch (object.kind) {
    case "unknown":
    case "var":
      return undefined;
    case "record":
      return [...object.fields.keys()];
    case "rows":
      return object.row.kind === "record" ? [...object.row.fields.keys()] : [];
    case "host":
      return [...(hostFields[object.name]?.keys() ?? [])];
    case "tensor": {
      // `[A]` of a judge whose enumeration was wrong: that was said.
      const cases = object.axes.flatMap((axis) => axis.cases ?? []);
      return cases.length === 0 && object.axes.length > 0 ? undefined : cases;
    }
    default:
      return [];
  }
}

/** `xs[i]`, counted from 0. */
export function indexType(node: ast.Index, walker: Walker): Type {
  const object = walker.infer(node.object);
  const at = walker.infer(node.value);
  if (at.kind !== "int" && at.kind !== "unknown" && at.kind !== "var")
    walker.report(wrongType, node.value.span, { found: describe(at), expected: "Int", what: "An index" });
  if (object.kind === "list") return object.of;
  const element = object.kind === "host" ? hostElement(object.name) : undefined;
  if (element) return element;
  if (object.kind !== "unknown" && object.kind !== "var" && object.kind !== "tensor")
    walker.report(wrongType, node.object.span, { found: describe(object), expected: "a list", what: "What is indexed by place" });
  return unknown;
}

/** The enumeration that stands as an axis, so that its cases may be named where one is picked. */
function casesAlong(object: Type, name: string): Type {
  const axis = object.kind === "tensor" ? axisAlong(object, name) : undefined;
  return axis?.cases ? { kind: "enum", name: axis.name, cases: axis.cases } : unknown;
}

/** The axis of that name; the only one that an enumeration stands for goes by any capital, as `A` of `Comparer<A>`. */
function axisAlong({ axes }: TensorType, name: string): TensorType["axes"][number] | undefined {
  const named = axes.find((axis) => axis.name === name);
  const [enumerated, ...more] = axes.filter((axis) => axis.cases);
  return named ?? (more.length === 0 && /^\p{Lu}$/u.test(name) ? enumerated : undefined);
}

/** `x[t: i]`: the axes are gone, or picked by case. */
export function selectType(node: ast.Select, walker: Walker): Type {
  const object = walker.infer(node.object);
  for (const entry of node.entries) walker.infer(entry.value, casesAlong(object, entry.label.text));
  if (object.kind !== "tensor") {
    if (object.kind !== "unknown" && object.kind !== "var")
      walker.report(wrongType, node.object.span, {
        found: describe(object),
        expected: "a tensor",
        what: "What is indexed by axis",
      });
    return unknown;
  }
  const gone = new Set(node.entries.map((entry) => axisAlong(object, entry.label.text)));
  return narrowed(
    object,
    object.axes.filter((axis) => !gone.has(axis)),
  );
}
