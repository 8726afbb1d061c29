// What a mathematical expression can be while it is checked or traced: a tensor with named axes, or a thing that makes tensors.
//
// A tensor carries its graph node when a body is traced and none when it is only checked; everything else about it is the same,
// so that checking and lowering are one walk. Knows no syntax beyond the declarations that functions come from.
import type { Architecture, Callable, LocalFn, Model, Span } from "../../grammar/index.ts";
import type { Node } from "../../kernels/index.ts";
import type { Axis, TextRef } from "./axis.ts";
import type { Scope } from "./scope.ts";
import { constant, type Size } from "./size.ts";

/** What one place holds. A Prob and a Ratio are kept as logarithms, a Token is an Int of a vocabulary. */
export type Elem = "float" | "int" | "bool" | "token" | "prob" | "ratio";

/** Where a gradient was lost on the way from a trained model. */
export interface Cut {
  readonly model: string;
  readonly through: string;
  readonly span: Span;
}

/** How a value depends on trained models: what the rules of objectives look at. */
export interface Flow {
  /** Trained models whose gradient passes. */
  readonly grads: readonly string[];
  /** Models of which this is a log-probability, up to sums and factors. */
  readonly logs: readonly string[];
  readonly cuts: readonly Cut[];
  /** A sum over the batch of something trained. */
  readonly reduced: boolean;
  /** Where examples of one batch met in something that is no sum over examples. */
  readonly contrast?: Span;
}

/** The flow of data: nothing trained reaches it. */
export const noFlow: Flow = { grads: [], logs: [], cuts: [], reduced: false };

/** A Prob besides its logarithm, where tracing can give it without leaving the log for the number or making the whole of it. */
export interface ProbForms {
  /** The probability as a number. */
  readonly plain?: () => Node;
  /** log(1 - p). */
  readonly rest?: () => Node;
  /** log p at one index (i32) of an axis, without the others. */
  readonly pick?: (axis: string, index: Node) => Node;
}

/** A number or tensor with named axes; without axes it may be known while compiling. */
export interface Tensor {
  readonly kind: "tensor";
  readonly elem: Elem;
  readonly axes: readonly Axis[];
  /** The value of a number without axes (Float, Int; Bool as 0 or 1) that is known while compiling. */
  readonly number?: number;
  /** An Int without axes that is a size, known or symbolic. */
  readonly size?: Size;
  readonly node?: Node;
  readonly flow: Flow;
  /** Prob and Ratio of a whole text: it has a `tokens` and a `next`, and as a number it would underflow. */
  readonly whole?: { readonly tokens?: Tensor; readonly next?: Tensor };
  readonly forms?: ProbForms;
  /** A value of an enumeration, which picks by case. */
  readonly cases?: { readonly name: string; readonly cases: readonly string[] };
  /** The unit that a literal was written with; `literal` says that it is one. */
  readonly unit?: string;
  readonly literal?: true;
}

/** Text in an objective or a reward: an answer, a dialog, documents. Its axes are the batch's. */
export interface TextValue {
  readonly kind: "text";
  readonly host: string;
  readonly text: TextRef;
  readonly axes: readonly Axis[];
}

/** A model that can be applied to texts: a parameter of an objective, or a declared model. */
export interface ModelValue {
  readonly kind: "model";
  /** The name in the objective: `policy`, `reference`. */
  readonly name: string;
  readonly head: string;
  /** The axis of `Scorer<A>` and `Comparer<A>`. */
  readonly over?: Axis;
  readonly role: "train" | "frozen";
  readonly remote?: boolean;
  /** The axis of an Embedder, when its size is known. */
  readonly wide?: Size;
  /** What cuts its texts, where it is a declared model: an identity, and the name that a person knows. */
  readonly cut?: { readonly by: string; readonly name: string };
  readonly decl?: Model;
}

/** Everything that an expression of mathematics can be. */
export type Value =
  | Tensor
  | TextValue
  | ModelValue
  | { readonly kind: "axis"; readonly axis: Axis }
  | { readonly kind: "row"; readonly name: string; readonly fields: ReadonlyMap<string, Value> }
  | { readonly kind: "list"; readonly items?: readonly Value[]; readonly of?: Value; readonly count: Tensor }
  /** A declared function, or a layer as a head with some arguments fixed. */
  | { readonly kind: "callable"; readonly decl: Callable; readonly fixed?: ReadonlyMap<string, Value> }
  | { readonly kind: "local"; readonly decl: LocalFn; readonly scope: Scope }
  | { readonly kind: "architecture"; readonly decl: Architecture }
  /** An enumeration named where an axis is meant, as in `pairwise(over: Aspect)`. */
  | { readonly kind: "enumeration"; readonly name: string; readonly cases: readonly string[] }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "range"; readonly from: Tensor; readonly to: Tensor }
  /** Wrong already, and said so: fits everywhere. */
  | { readonly kind: "unknown" };

/** What stands for a value after a fault. */
export const unknownValue: Value = { kind: "unknown" };

/** A tensor with the facts given; `flow` is that of data by default. */
export const tensor = (
  elem: Elem,
  axes: readonly Axis[],
  facts: Partial<Omit<Tensor, "kind" | "elem" | "axes">> = {},
): Tensor => ({
  kind: "tensor",
  elem,
  axes,
  flow: noFlow,
  ...facts,
});

/** A number known while compiling. */
export const known = (value: number, elem: "int" | "float" = Number.isInteger(value) ? "int" : "float"): Tensor =>
  tensor(elem, [], { number: value, ...(elem === "int" && Number.isInteger(value) ? { size: constant(value) } : {}) });

/** A truth value known while compiling. */
export const truth = (value: boolean): Tensor => tensor("bool", [], { number: value ? 1 : 0 });

/** Float or Int. */
export const isNumeric = (t: Tensor): boolean => t.elem === "float" || t.elem === "int";
/** Kept as a logarithm. */
export const isProb = (t: Tensor): boolean => t.elem === "prob" || t.elem === "ratio";

/** A tensor as it is written in a type: `[b, t] of Prob`, `Float`. */
export function showType(v: Value): string {
  if (v.kind !== "tensor") return names[v.kind];
  const of = { float: "Float", int: "Int", bool: "Bool", token: "Token", prob: "Prob", ratio: "Ratio" }[v.elem];
  if (v.axes.length === 0) return of;
  return `[${v.axes.map((a) => a.name).join(", ")}]${v.elem === "float" ? "" : ` of ${of}`}`;
}

const names: Record<Exclude<Value["kind"], "tensor">, string> = {
  text: "a text",
  model: "a model",
  axis: "an axis",
  row: "a row",
  list: "a list",
  callable: "a function",
  local: "a function",
  architecture: "an architecture",
  enumeration: "an enumeration",
  string: "Text",
  range: "a range",
  unknown: "unknown",
};
