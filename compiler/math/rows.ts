// Declared types as values: a row of a batch, a model parameter, an enumeration, a text.
//
// A row parameter is written as one row and stands for a batch, so each field gains the axis `batch`, first. The tokens of a
// text and the samples of a group are ragged; their axes remember the text they came from.
import type { Axis as AxisTree, Model, Param, Type, TypeDecl } from "../../grammar/index.ts";
import type { Node } from "../../kernels/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import type { ModelType } from "../types.ts";
import { type Axis, axis, type TextRef } from "./axis.ts";
import { fault, type Scope } from "./scope.ts";
import { constant, symbol } from "./size.ts";
import { type Elem, type ModelValue, type Tensor, tensor, unknownValue, type Value } from "./value.ts";

/** The kinds of models, by the names of their types. */
export const heads: readonly string[] = ["LanguageModel", "MaskedModel", "Scorer", "Comparer", "TokenScorer", "Embedder"];
/** Host types that a model reads as text. */
export const textHosts: readonly string[] = ["Answer", "Dialog", "Docs", "Doc", "Context", "Text"];
const elems: Readonly<Record<string, Elem>> = {
  Float: "float",
  Int: "int",
  Bool: "bool",
  Token: "token",
  Prob: "prob",
  Ratio: "ratio",
};

/** The element type that a name after `of` means; Float without one. */
export const elemNamed = (name: string | undefined): Elem | undefined => (name === undefined ? "float" : elems[name]);

/** Where the node of a row's field comes from while tracing; nothing while checking. */
export type Leaf = (path: string, value: Tensor) => Node | undefined;

/** The axis every field of a row gains. */
export const batch: Axis = axis("batch", { size: symbol("batch") });

/** A Bool, Int, Float: the type of a number by its name. */
export const isNumberType = (t: Type | undefined): boolean =>
  t?.kind === "NamedType" && (t.name.text === "Int" || t.name.text === "Float" || t.name.text === "Bool");

/** Whether a type names a model: `LanguageModel`, `Scorer<A>`. */
export const isModelType = (t: Type | undefined): boolean => t?.kind === "NamedType" && heads.includes(t.name.text);

/** Whether a type is a record of fields: written out, named, or a sum of such. */
export function fieldsOf(scope: Scope, t: Type | undefined): readonly Param[] | undefined {
  if (t?.kind === "RecordType") return t.fields;
  if (t?.kind === "SumType") {
    const parts = t.parts.map((p) => fieldsOf(scope, p));
    return parts.some((p) => p) ? parts.flatMap((p) => p ?? []) : undefined;
  }
  if (t?.kind !== "NamedType") return undefined;
  const decl = scope.world.context.type(t.name.text, t.span.file);
  return decl && decl.body.kind !== "Cases" ? fieldsOf(scope, decl.body) : undefined;
}

/** The row parameter of an objective as a value. */
export function rowValue(scope: Scope, param: Param, leaf?: Leaf): Value {
  const fields = fieldsOf(scope, param.type);
  if (!fields) return unknownValue;
  const row = param.name.text;
  const values = new Map<string, Value>();
  // Texts first: `[token(answer)]` of another field needs their axes.
  for (const f of fields) {
    const value = textField(scope, row, f);
    if (value) values.set(f.name.text, value);
  }
  for (const f of fields) {
    if (!values.has(f.name.text)) values.set(f.name.text, fieldValue(scope, row, f, values, leaf));
  }
  return { kind: "row", name: row, fields: values };
}

/** The samples of a group: ragged, and one axis for all fields of the row. */
const sampleAxis = (row: string): Axis =>
  axis("sample", { size: symbol("sample"), text: { id: `${row}.sample`, name: "the group" } });

/** The axis of the tokens of a text, whose own axes are `outer`. */
export const tokenAxis = (text: TextRef, outer: readonly Axis[]): Axis => axis("token", { size: symbol(text.name), text, outer });

function outerAxes(row: string, axes: readonly AxisTree[]): Axis[] {
  const named = axes.flatMap((a) => (a.kind === "Axis" ? [a] : []));
  return [batch, ...named.filter((a) => !a.of).map((a) => (a.name.text === "sample" ? sampleAxis(row) : axis(a.name.text)))];
}

function textField(scope: Scope, row: string, f: Param): Value | undefined {
  const t = f.type;
  const text = { id: `${row}.${f.name.text}`, name: f.name.text };
  if (t?.kind === "NamedType" && textHosts.includes(t.name.text)) return { kind: "text", host: t.name.text, text, axes: [batch] };
  if (t?.kind === "TensorType" && t.of && textHosts.includes(t.of.text)) {
    const axes = outerAxes(row, t.axes);
    for (const a of axes) if (!scope.axes.has(a.name)) scope.axes.set(a.name, a);
    return { kind: "text", host: t.of.text, text, axes };
  }
  return undefined;
}

function fieldValue(scope: Scope, row: string, f: Param, known: ReadonlyMap<string, Value>, leaf: Leaf | undefined): Value {
  const t = f.type;
  const made = (value: Tensor): Tensor => {
    const node = leaf?.(f.name.text, value);
    return node ? { ...value, node } : value;
  };
  if (t?.kind === "NamedType") {
    const elem = t.name.text === "Float" || t.name.text === "Int" || t.name.text === "Bool" ? elems[t.name.text]! : undefined;
    if (elem) return made(tensor(elem, [batch]));
    const cases = enumerationOf(scope, t.name.text);
    if (cases?.kind === "enumeration") return made(tensor("int", [batch], { cases }));
    if (/^\p{Lu}$/u.test(t.name.text)) return made(tensor("int", [batch], { cases: { name: t.name.text, cases: [] } }));
    return unknownValue;
  }
  if (t?.kind !== "TensorType") return unknownValue;
  const elem = elemNamed(t.of?.text);
  if (!elem) return unknownValue;
  const axes = outerAxes(row, t.axes);
  for (const a of t.axes) {
    if (a.kind !== "Axis" || !a.of) continue;
    const of = known.get(a.of.text);
    if (of?.kind !== "text") {
      return fault(scope, wrongType, a.of.span, {
        what: `\`${a.of.text}\``,
        expected: "a text of this row",
        found: of ? "something else" : "no field",
      });
    }
    for (const outer of of.axes) if (!axes.some((x) => x.name === outer.name)) axes.push(outer);
    axes.push(tokenAxis(of.text, of.axes));
  }
  for (const a of axes) if (!scope.axes.has(a.name)) scope.axes.set(a.name, a);
  return made(tensor(elem, axes));
}

/** The enumeration a type name stands for, if it does. */
export function enumerationOf(scope: Scope, name: string): Extract<Value, { kind: "enumeration" }> | undefined {
  const decl: TypeDecl | undefined = scope.world.context.type(name, scope.file);
  return decl?.body.kind === "Cases" ? { kind: "enumeration", name, cases: decl.body.cases.map((c) => c.text) } : undefined;
}

/** The axis that an enumeration, or a type variable in its place, stands for. */
export function enumerationAxis(scope: Scope, name: string): Axis {
  const found = enumerationOf(scope, name);
  return axis(name, found ? { size: constant(found.cases.length), cases: found.cases } : {});
}

/** A model parameter of an objective or of a mathematical function. */
export function modelParameter(scope: Scope, param: Param): ModelValue {
  const t = param.type as Extract<Type, { kind: "NamedType" }>;
  const over = t.args[0]?.kind === "NamedType" ? t.args[0].name.text : undefined;
  return {
    kind: "model",
    name: param.name.text,
    head: t.name.text,
    role: param.role === "train" ? "train" : "frozen",
    ...(over ? { over: enumerationAxis(scope, over) } : {}),
  };
}

/** A declared model named in a body: frozen, with the facts that the checker has of it. */
export function modelOf(scope: Scope, decl: Model): Value {
  const t = scope.world.context.model(decl);
  if (t.kind !== "model") return unknownValue;
  const over =
    t.over?.kind === "enum" ? axis(t.over.name, { size: constant(t.over.cases.length), cases: t.over.cases }) : undefined;
  return {
    kind: "model",
    name: decl.name.text,
    head: t.head,
    role: "frozen",
    decl,
    ...(over ? { over } : {}),
    ...(t.remote ? { remote: true } : {}),
    ...cutOf(t),
  };
}

/** What cuts a model's texts, as far as it is known. */
export const cutOf = ({ tokenizer, tokenizerName }: ModelType): Pick<ModelValue, "cut"> =>
  tokenizer === undefined ? {} : { cut: { by: tokenizer, name: tokenizerName ?? "a tokenizer" } };
