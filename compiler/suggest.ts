/**
 * What might stand where something was left out: a declaration of the kind that is asked for, or the plainest value of its type. It is offered, never
 * assumed.
 */
import type { Declaration, DeclarationWord, Module } from "./declarations.ts";
import { fits } from "./fits.ts";
import type { Program } from "./program.ts";
import type { HostName, Parameter, Type } from "./types.ts";
import { units } from "./units.ts";

/** The kinds of declaration whose values are of a host type. */
const words: Partial<Record<HostName, readonly DeclarationWord[]>> = {
  Tokenizer: ["tokenizer"],
  Source: ["source", "dataset"],
  Searchable: ["source", "dataset"],
  Index: ["index"],
  Trees: ["trees"],
  Pipeline: ["pipeline"],
  Pipelines: ["pipeline"],
  Objective: ["objective"],
  Decoding: ["decoding"],
  Quantization: ["quantization"],
  Reward: ["reward"],
};

/** The kinds of declaration whose values can be of a type. */
export function declaring(type: Type): readonly DeclarationWord[] {
  switch (type.kind) {
    case "host":
      return words[type.name] ?? [];
    case "model":
    case "weights":
      return ["model"];
    case "rows":
      return ["dataset"];
    case "enumeration":
      return ["type"];
    default:
      return [];
  }
}

/** The declarations in a module's sight that may stand for a type, its own first. */
export function candidates(type: Type, module: Module): Declaration[] {
  const wanted = declaring(type);
  if (wanted.length === 0) return [];
  const own = [...module.declarations.values()];
  const imported = [...module.imports.values()].map(({ declaration }) => declaration);
  return [...own, ...imported].filter(
    ({ word, node }) => wanted.includes(word) && (node.kind !== "TypeDecl" || node.body.kind === "Cases"),
  );
}

/** A value of a type as it is written; undefined where none is plainer than the others. */
function plainest({ type, range, unit }: Parameter): string | undefined {
  switch (type.kind) {
    case "int":
    case "float": {
      const least = range?.low ?? (range?.high !== undefined && range.high < 1 ? range.high : 1);
      const scaled = least / ((unit ? units.get(unit)?.factor : undefined) ?? 1);
      return unit ? `${scaled} ${unit}` : String(scaled);
    }
    case "bool":
      return "false";
    case "text":
      return '""';
    case "list":
      return "[]";
    case "enum":
      return type.cases[0];
    case "variant": {
      const [name] = [...type.cases].find(([, { parameters }]) => parameters.every(({ optional }) => optional)) ?? [];
      return name;
    }
    default:
      return undefined;
  }
}

/** What may stand for a parameter; undefined where nothing in sight fits. */
export const suggested = (parameter: Parameter, module: Module): string | undefined =>
  candidates(parameter.type, module)[0]?.name ?? plainest(parameter);

/** What may be written for all that was left out, `name: value`; empty unless something is known for each. */
export function givenFor(missing: readonly Parameter[], module: Module): { readonly given?: readonly string[] } {
  const given = missing.map((parameter) => {
    const value = suggested(parameter, module);
    return value === undefined ? undefined : `${parameter.name}: ${value}`;
  });
  return given.every((each) => each !== undefined) ? { given } : {};
}

/**
 * The call that makes a value of one type of another's (`infocontext(found, given: ..)` of documents, where a context is asked for): by a function or
 * stage of a library's module in use, for what a hint says must hold however other declarations change; undefined unless it is the only one.
 */
export function conversion(source: string, found: Type, expected: Type, module: Module, program: Program): string | undefined {
  if (expected.kind !== "host") return undefined;
  const library = new Set([...module.imports.values()].map(({ declaration }) => declaration.module).filter(({ std }) => std));
  const known = [...library].flatMap(({ declarations }) => [...declarations.values()]);
  const calls = known.flatMap((declaration) => {
    if (declaration.word !== "fn" && declaration.word !== "stage") return [];
    const type = program.declarations.type(declaration);
    if (type.kind !== "fn") return [];
    const [first, ...rest] = type.signature.parameters;
    const { result } = type.signature;
    if (!first || result.kind !== "host" || !fits(result, expected) || !fits(found, first.type)) return [];
    const others = rest.filter(({ optional }) => !optional).map(({ name }) => `, ${name}: ..`);
    return [`${declaration.name}(${source}${others.join("")})`];
  });
  return calls.length === 1 ? calls[0] : undefined;
}
