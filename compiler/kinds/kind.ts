/** A kind of setting: its closed list of fields, each with a type and a sentence for hover. One record per kind in this folder. */
import {
  bool,
  float,
  host,
  int,
  type Parameter,
  type Range,
  type Signature,
  type Type,
  text,
  unknown,
  type VariantType,
} from "../types.ts";

export interface Kind {
  /** The word that opens it. */
  readonly word: string;
  /** What it is for. */
  readonly doc: string;
  readonly fields: readonly Parameter[];
}

type Facts = Partial<Pick<Parameter, "unit" | "range">>;

/** A field that must be given. */
export const required = (name: string, type: Type, doc: string, facts: Facts = {}): Parameter => ({
  name,
  type,
  doc,
  optional: false,
  ...facts,
});
/** A field that may be left out. */
export const optional = (name: string, type: Type, doc: string, facts: Facts = {}): Parameter => ({
  name,
  type,
  doc,
  optional: true,
  ...facts,
});

/** A parameter of a function that a spec hands on. */
export const given = (name: string, type: Type): Parameter => ({ name, type, optional: false });

/** A choice by name: each case with its parameters. */
export function choice(name: string, cases: Readonly<{ [name: string]: readonly Parameter[] }>): VariantType {
  const signatures = Object.entries(cases).map(([word, parameters]): [string, Signature] => [
    word,
    { parameters, result: unknown },
  ]);
  return { kind: "variant", name, cases: new Map(signatures) };
}

export const share: Range = { low: 0, high: 1 };
export const tokens = { type: int({ tokens: 1 }), unit: "tokens" };
export const seconds = { type: float({ time: 1 }), unit: "s" };
export const rows = (row: Type = unknown): Type => ({ kind: "rows", of: "Rows", row });
export const words = { bool, float: float(), int: int(), text, list: (of: Type): Type => ({ kind: "list", of }), host };
