/**
 * What an expression of a spec can be: one closed union, immutable values, compared by structure.
 * It knows no syntax and reports nothing; named axes and their sizes belong to `math/axis.ts`.
 */
import type { Declaration, Entity } from "./declarations.ts";
import type { Axis } from "./math/axis.ts";
import type { Value } from "./math/value.ts";

/**
 * Powers of base units: `{}` is a plain number, `{ tokens: 1, time: -1 }` is tokens per second.
 * `ms s min h` are all `time` (numbers are kept in ms), `B KB MB GB` all `bytes` (kept in B); other units are their own base.
 */
export type Units = Readonly<Record<string, number>>;

/** Both ends included; an absent end is open. In base units. */
export interface Range {
  readonly low?: number;
  readonly high?: number;
}

/** A number without axes. `value` is present where it is known while compiling (base units). */
export interface NumberType {
  readonly kind: "int" | "float";
  readonly units: Units;
  readonly range?: Range;
  readonly value?: number;
}

/** What one place of a tensor holds; a host type stands for `[sample] of Answer` and for the rows of a batch. */
export type Elem = "float" | "int" | "bool" | "token" | "prob" | "ratio" | HostElem;
export interface HostElem {
  readonly host: Type;
}

/**
 * Named axes and an element. A Float, Int or Bool without axes is never written as a tensor (`tensor()` in math/ sees to it);
 * Prob, Ratio and Token without axes are. `text` names the text that values come from, so that tokens of two texts never meet.
 * `rest` is true where the type was written with `..` and stands for any further axes.
 */
export interface TensorType {
  readonly kind: "tensor";
  readonly axes: readonly Axis[];
  readonly elem: Elem;
  readonly text?: string;
  /** The value that mathematics gave, where it says more: of the probability of a text, its tokens and what is next. */
  readonly value?: Value;
}

export interface Field {
  readonly type: Type;
  /** Has a default, so a row may lack it. */
  readonly optional: boolean;
  readonly doc?: string;
  /** `Float in 0..1` on data. */
  readonly range?: Range;
}

export interface RecordType {
  readonly kind: "record";
  /** The name it was declared under, for messages only: records are structural. */
  readonly name?: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Type variables whose fields are added once they are known: `R + { reward: Float }`. */
  readonly plus?: readonly Type[];
  /** Names the text path of a row in an objective (`row`, `pair`), from which its fields' identities come. */
  readonly path?: string;
}

export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly declaration?: Declaration;
  readonly cases: readonly string[];
}

/** A choice of the library whose cases may take parameters: `beam(width: 4)`, `bm25(language: "en")`. */
export interface VariantType {
  readonly kind: "variant";
  readonly name: string;
  readonly cases: ReadonlyMap<string, Signature>;
  /** Which case a value is, where known. */
  readonly chosen?: string;
  /** A value of this type may stand here, too. */
  readonly or?: Type;
  /** The same in words. */
  readonly also?: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  readonly role?: "train" | "live";
  readonly doc?: string;
  /** The unit as written, when one is required: a bare number is `missing_unit`. */
  readonly unit?: string;
  readonly range?: Range;
  /** A Schedule may be given instead of the number: it moves with the steps of a fit. */
  readonly moves?: true;
}

export interface Signature {
  readonly parameters: readonly Parameter[];
  readonly result: Type;
  /** More named arguments of any Float: `plot(round, best: ..)`. */
  readonly open?: boolean;
}

/** A function value; `symbol` says which declaration it is, so that a call can be checked as that kind of thing. */
export interface FnType {
  readonly kind: "fn";
  readonly signature: Signature;
  readonly symbol?: Entity;
  /** Names already fixed by partial application (`dpo(reference: sft)`), with their types. */
  readonly fixed?: ReadonlyMap<string, Type>;
  /** True for an objective, layer or decoding applied in part: to be completed by `fit` or a model. */
  readonly partial?: boolean;
}

export type HostName =
  | "Dialog"
  | "Doc"
  | "Docs"
  | "Context"
  | "Answer"
  | "Source"
  | "Searchable"
  | "Reward"
  | "Terms"
  | "Schedule"
  | "Index"
  | "Trees"
  | "Tokenizer"
  | "Pipeline"
  | "Pipelines"
  | "Objective"
  | "Decoding"
  | "Quantization"
  | "Draft"
  | "Head";
export interface HostType {
  readonly kind: "host";
  readonly name: HostName;
  /** The declaration behind the value, when one is (`quality` is a Reward). */
  readonly symbol?: Entity;
}

export interface RowsType {
  readonly kind: "rows";
  /** `Rows` in a signature takes either and gives back what came in. */
  readonly of: "Dataset" | "Stream" | "Rows";
  readonly row: Type;
}

export type Head = "LanguageModel" | "MaskedModel" | "Scorer" | "Comparer" | "TokenScorer" | "Embedder";

/** A model, with everything that two models must share to meet. Absent facts are unknown (a parameter's), and fit anything. */
export interface ModelType {
  readonly kind: "model";
  /** `Model` in a signature of std stands for any head. */
  readonly head: Head | "Model";
  /** `Scorer<A>`: an enumeration or a type variable. */
  readonly over?: Type;
  /** Declared name of the instance (`policy`): what a recipe versions. */
  readonly name?: string;
  readonly architecture?: string;
  /** Hash of declaration and file: two models may share a text only if it is equal. */
  readonly tokenizer?: string;
  readonly tokenizerName?: string;
  /** Tokens. */
  readonly window?: number;
  readonly width?: number;
  /** Its whole numbers, written or by default: of one architecture only equal ones give tensors of equal shapes. */
  readonly sizes?: ReadonlyMap<string, number>;
  readonly remote?: boolean;
  /** In an objective: trained, or frozen. */
  readonly role?: "train" | "frozen" | "live";
}

/** All tensors of one model; inside one signature it stands for one model type throughout. */
export interface WeightsType {
  readonly kind: "weights";
  readonly model?: ModelType;
}

export interface ListType {
  readonly kind: "list";
  readonly of: Type;
  readonly items?: readonly Type[];
}

export type Type =
  | NumberType
  | { readonly kind: "bool"; readonly value?: boolean }
  | { readonly kind: "text"; readonly value?: string }
  | ListType
  | RecordType
  | EnumType
  | VariantType
  | FnType
  | HostType
  | RowsType
  | ModelType
  | WeightsType
  | TensorType
  /** A parameter declared `axis`: the name of an axis in scope. */
  | { readonly kind: "axis"; readonly axis?: Axis }
  /** Several results of one call: `policy, value = fit(policy, value, ..)`. */
  | { readonly kind: "tuple"; readonly items: readonly Type[] }
  /** `1..5`, both ends included. */
  | { readonly kind: "range"; readonly of: NumberType }
  /** An enumeration given as a value: `pairwise(over: Aspect)`. `of` is absent in a signature, which takes any. */
  | { readonly kind: "enumeration"; readonly of?: EnumType }
  /** A type variable of a signature. */
  | { readonly kind: "var"; readonly name: string }
  /** Nothing of interest: `plot(..)`. */
  | { readonly kind: "nothing" }
  /** Something wrong was said already: fits everything, and nothing is reported about it. */
  | { readonly kind: "unknown" };

export type TypeKind = Type["kind"];

export const unknown: Type = { kind: "unknown" };
export const nothing: Type = { kind: "nothing" };
export const bool: Type = { kind: "bool" };
export const text: Type = { kind: "text" };
export const noUnits: Units = Object.freeze({});

/** A whole number; `value` where it is known while compiling, in base units. */
export const int = (units: Units = noUnits, value?: number): NumberType => ({ kind: "int", units, value });
/** A number with a fraction; it holds Int values too. */
export const float = (units: Units = noUnits, value?: number): NumberType => ({ kind: "float", units, value });
export const list = (of: Type): Type => ({ kind: "list", of });
export const host = (name: HostName, symbol?: Entity): HostType => ({ kind: "host", name, symbol });
export const isNumber = (type: Type): type is NumberType => type.kind === "int" || type.kind === "float";
