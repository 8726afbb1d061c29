/** Types as they are written become types: names are looked up, units checked against the closed list, generic records filled in. */
import type * as ast from "../grammar/index.ts";
import type { Declaration, Module } from "./declarations.ts";
import { missingArgument } from "./diagnostics/missing_argument.ts";
import { unknownType } from "./diagnostics/unknown_type.ts";
import { unknownUnit } from "./diagnostics/unknown_unit.ts";
import { joinRecords } from "./fits.ts";
import { argumentTypes, heads, hostType, plainTypes, typeNames } from "./hosts.ts";
import { axis as makeAxis } from "./math/axis.ts";
import type { Program } from "./program.ts";
import { stdModuleOf } from "./std-names.ts";
import type { Elem, Field, Head, Range, Type } from "./types.ts";
import { unknown } from "./types.ts";
import { units, unitsOf } from "./units.ts";

/** Where a type is written, and what its variables stand for. */
export interface TypePlace {
  readonly program: Program;
  readonly module: Module;
  readonly variables?: ReadonlyMap<string, Type>;
  /** Type declarations that are being read: a circle ends here, and is reported elsewhere. */
  readonly open?: ReadonlySet<Declaration>;
}

const elems = new Map<string, Elem>([
  ["Float", "float"],
  ["Int", "int"],
  ["Bool", "bool"],
  ["Token", "token"],
  ["Prob", "prob"],
  ["Ratio", "ratio"],
]);

/** The type that a piece of syntax means; `unknown` after something in it was reported. */
export function readType(node: ast.Type, place: TypePlace): Type {
  switch (node.kind) {
    case "NamedType":
      return namedType(node, place);
    case "RecordType":
      return { kind: "record", fields: new Map(node.fields.map((field) => [field.name.text, readField(field, place)])) };
    case "FnType": {
      const parameters = node.params.map((param, at) => ({ name: `a${at + 1}`, type: readType(param, place), optional: false }));
      return { kind: "fn", signature: { parameters, result: readType(node.result, place) } };
    }
    case "SumType":
      return joinRecords(node.parts.map((part) => readType(part, place)));
    case "TensorType":
      return tensorType(node, place);
    case "Missing":
      return unknown;
  }
}

function readField(field: ast.Param, place: TypePlace): Field {
  const range = field.range && literalRange(field.range);
  return {
    type: field.type ? readType(field.type, place) : unknown,
    optional: field.default !== undefined,
    ...(field.docs ? { doc: field.docs.text } : {}),
    ...(range ? { range } : {}),
  };
}

function tensorType(node: ast.TensorType, place: TypePlace): Type {
  const axes = node.axes.map((each) => (each.kind === "Ellipsis" ? makeAxis("..", { rest: true }) : makeAxis(each.name.text)));
  const elem = node.of ? (elems.get(node.of.text) ?? { host: namedElement(node.of, place) }) : "float";
  return { kind: "tensor", axes, elem };
}

const namedElement = (name: ast.Name, place: TypePlace): Type =>
  namedType({ kind: "NamedType", name, args: [], span: name.span }, place);

function namedType(node: ast.NamedType, place: TypePlace): Type {
  const name = node.name.text;
  const args = node.args.map((arg) => readType(arg, place));
  const variable = place.variables?.get(name);
  if (variable) return variable;
  const plain = plainTypes.get(name);
  if (plain) return plain.kind === "int" || plain.kind === "float" ? { ...plain, units: unitOf(node) ?? plain.units } : plain;
  if (argumentTypes.includes(name)) return argumentType(node, name, args[0], place);
  if ((heads as readonly string[]).includes(name))
    return { kind: "model", head: name as Head | "Model", ...(args[0] ? { over: args[0] } : {}) };
  const host = hostType(name);
  if (host) return host;
  const declaration = place.program.find(name, place.module);
  if (declaration?.node.kind === "TypeDecl") return declaredType(declaration, args, place);
  if (/^\p{Lu}$/u.test(name)) return { kind: "var", name };
  const known = [...typeNames, ...[...place.program.namesIn(place.module)].filter((each) => /^\p{Lu}/u.test(each))];
  const std = stdModuleOf(name, place.program.host);
  place.program.report(unknownType, node.name.span, { name, known, ...(std ? { std } : {}) });
  return unknown;

  function unitOf({ unit }: ast.NamedType) {
    if (!unit) return undefined;
    const found = unitsOf(unit.text);
    if (!found) place.program.report(unknownUnit, unit.span, { name: unit.text, known: [...units.keys()] });
    return found;
  }
}

function argumentType(node: ast.NamedType, name: string, arg: Type | undefined, place: TypePlace): Type {
  if (!arg) {
    place.program.report(missingArgument, node.span, { names: ["T"], callee: `The type ${name}`, signature: `${name}<T>` });
    return unknown;
  }
  return name === "List" ? { kind: "list", of: arg } : { kind: "rows", of: name as "Dataset" | "Stream" | "Rows", row: arg };
}

/** The type that a `type` declaration names, its parameters being `args`; those that are not given stay variables. */
export function declaredType(declaration: Declaration, args: readonly Type[], place: TypePlace): Type {
  const known = place.program.namedTypes.get(declaration);
  if (known) return known;
  const type = place.program.within(declaration, () => instantiate(declaration, args, place));
  const isPlain = declaration.node.kind === "TypeDecl" && declaration.node.params.length === 0;
  if (isPlain && !place.open?.has(declaration)) place.program.namedTypes.set(declaration, type);
  return type;
}

function instantiate(declaration: Declaration, args: readonly Type[], place: TypePlace): Type {
  const node = declaration.node;
  if (node.kind !== "TypeDecl" || place.open?.has(declaration)) return unknown;
  if (node.body.kind === "Cases")
    return { kind: "enum", name: node.name.text, declaration, cases: node.body.cases.map((name) => name.text) };
  const variables = new Map(node.params.map((param, at) => [param.text, args[at] ?? { kind: "var" as const, name: param.text }]));
  const open = new Set([...(place.open ?? []), declaration]);
  const type = readType(node.body, { program: place.program, module: declaration.module, variables, open });
  return type.kind === "record" ? { ...type, name: node.name.text } : type;
}

/** `0..0.5` in a type: both ends are numbers there. */
export function literalRange(node: ast.Expr): Range | undefined {
  if (node.kind !== "Range") return undefined;
  const [low, high] = [literalNumber(node.from), literalNumber(node.to)];
  return low === undefined || high === undefined ? undefined : { low, high };
}

function literalNumber(node: ast.Expr): number | undefined {
  if (node.kind === "Unary" && node.op === "-") {
    const value = literalNumber(node.operand);
    return value === undefined ? undefined : -value;
  }
  return node.kind === "Number" ? node.value * ((node.unit && units.get(node.unit.text)?.factor) ?? 1) : undefined;
}
