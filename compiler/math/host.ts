// Types of the checker as values of mathematics and back: where host code calls a formula, a builtin or a model.
import { float, list, type TensorType, type Type } from "../types.ts";
import { type Axis, axis } from "./axis.ts";
import { cutOf } from "./rows.ts";
import { constant, symbol } from "./size.ts";
import { type Elem, known, type ModelValue, tensor, truth, unknownValue, type Value } from "./value.ts";

/** The value that host code's argument is for mathematics; `name` tells texts apart. */
export function fromType(t: Type, name: string): Value {
  switch (t.kind) {
    case "int":
      return t.value === undefined ? tensor("int", []) : known(t.value, "int");
    case "float":
      return t.value === undefined ? tensor("float", []) : known(t.value, "float");
    case "bool":
      return t.value === undefined ? tensor("bool", []) : truth(t.value);
    case "tensor":
      return t.value ?? (typeof t.elem === "string" ? tensor(t.elem as Elem, t.axes) : unknownValue);
    case "list":
      return { kind: "list", of: fromType(t.of, name), count: tensor("int", []) };
    case "enum":
      return tensor("int", [], { cases: t });
    case "host":
      return { kind: "text", host: t.name, text: { id: name, name }, axes: [] };
    case "text":
      return { kind: "text", host: "Text", text: { id: name, name }, axes: [] };
    case "model":
      return t.over?.kind === "unknown" ? unknownValue : fromModel(t);
    case "weights":
      return tensor("float", [axis("..", { rest: true })]);
    case "axis":
      return t.axis ? { kind: "axis", axis: t.axis } : unknownValue;
    case "record": {
      const fields = [...t.fields].map(([key, f]) => [key, fromType(f.type, `${name}.${key}`)] as const);
      return { kind: "row", name: t.name ?? name, fields: new Map(fields) };
    }
    default:
      return unknownValue;
  }
}

/** A model's facts as the walk wants them. */
export function fromModel(t: Extract<Type, { kind: "model" }>): ModelValue {
  const over: Axis | undefined =
    t.over?.kind === "enum"
      ? axis(t.over.name, { size: constant(t.over.cases.length), cases: t.over.cases })
      : t.over?.kind === "var"
        ? axis(t.over.name, { size: symbol(t.over.name) })
        : undefined;
  return {
    kind: "model",
    name: t.name ?? "the model",
    head: t.head,
    role: "frozen",
    ...(over ? { over } : {}),
    ...(t.remote ? { remote: true } : {}),
    ...cutOf(t),
    ...(t.width === undefined || t.head !== "Embedder" ? {} : { wide: constant(t.width) }),
  };
}

/** The type that host code sees of a result. */
export function toType(v: Value): Type {
  if (v.kind === "tensor") {
    if (v.axes.some((a) => a.rest)) return { kind: "weights" };
    if (v.axes.length > 0) return { kind: "tensor", axes: v.axes, elem: v.elem, value: v } satisfies TensorType;
    if (v.elem === "float") return float({}, v.number);
    if (v.elem === "int") return { kind: "int", units: {}, ...(v.number === undefined ? {} : { value: v.number }) };
    if (v.elem === "bool") return { kind: "bool", ...(v.number === undefined ? {} : { value: v.number === 1 }) };
    return { kind: "tensor", axes: [], elem: v.elem, value: v };
  }
  if (v.kind === "list") return list(v.of ? toType(v.of) : { kind: "unknown" });
  if (v.kind === "string") return { kind: "text", value: v.text };
  return { kind: "unknown" };
}
