/** The types that the language has from the start, by name: what a type position may say, and what can be read of a host value. */
import { checking, filling, fusion, ordering, rephrasing, scoring, unsupported } from "./kinds/library.ts";
import { bool, type Head, type HostName, host, int, list, noUnits, type Type, text, unknown } from "./types.ts";

const float: Type = { kind: "float", units: noUnits };

/** Types that take no arguments. */
export const plainTypes: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["Int", int()],
  ["Float", float],
  ["Bool", bool],
  ["Text", text],
  ["Weights", { kind: "weights" }],
  ["Prob", { kind: "tensor", axes: [], elem: "prob" }],
  ["Ratio", { kind: "tensor", axes: [], elem: "ratio" }],
  ["Token", { kind: "tensor", axes: [], elem: "token" }],
  ["Enumeration", { kind: "enumeration" }],
  ["axis", { kind: "axis" }],
  ["Fusion", fusion],
  ["Scoring", scoring],
  ["Filling", filling],
  ["Ordering", ordering],
  ["Rephrasing", rephrasing],
  ["Checking", checking],
  ["Unsupported", unsupported],
]);

/** Types with one argument. */
export const argumentTypes = ["List", "Dataset", "Stream", "Rows"];

export const heads: readonly (Head | "Model")[] = [
  "LanguageModel",
  "MaskedModel",
  "Scorer",
  "Comparer",
  "TokenScorer",
  "Embedder",
  "Model",
];

/** What a spec may read of a host value; a value without a row here has no fields. */
export const hostFields: Partial<Record<HostName, ReadonlyMap<string, Type>>> = {
  Doc: new Map<string, Type>([
    ["id", text],
    ["title", text],
    ["url", text],
    ["text", text],
    ["score", float],
    ["language", text],
  ]),
  Answer: new Map<string, Type>([
    ["text", text],
    ["known", bool],
    ["missing", list(text)],
  ]),
  Context: new Map<string, Type>([["tokens", int({ tokens: 1 })]]),
  Index: new Map<string, Type>([
    ["text", host("Index")],
    ["vectors", host("Index")],
  ]),
  Source: new Map<string, Type>([["documents", host("Docs")]]),
};

const hostNames: readonly HostName[] = [
  "Dialog",
  "Doc",
  "Docs",
  "Context",
  "Answer",
  "Reward",
  "Terms",
  "Schedule",
  "Source",
  "Searchable",
  "Index",
  "Trees",
  "Tokenizer",
  "Pipeline",
  "Objective",
  "Decoding",
  "Quantization",
  "Draft",
  "Head",
];

/** A host type by its name. */
export const hostType = (name: string): Type | undefined =>
  (hostNames as readonly string[]).includes(name) ? host(name as HostName) : undefined;

/** The type of one element of a host value that is a list. */
export const hostElement = (name: HostName): Type | undefined => (name === "Docs" ? host("Doc") : undefined);

/** Every name that a type position may say without a declaration. */
export const typeNames: readonly string[] = [...plainTypes.keys(), ...argumentTypes, ...heads, ...hostNames];

/** The type of a field of a host value. `Terms` has whatever the reward recorded. */
export function hostField(name: HostName, field: string): Type | undefined {
  if (name === "Terms") return float;
  return hostFields[name]?.get(field) ?? (name === "Docs" ? listOf(hostFields.Doc?.get(field)) : undefined);
}

const listOf = (type: Type | undefined): Type | undefined => (type && type !== unknown ? list(type) : undefined);
