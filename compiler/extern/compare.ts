/**
 * A signature of the language beside the TypeScript behind it: parameters without default in order, those with one in a last object, a context last for a
 * stage. Names of parameters are free, and a function may leave out what it does not need at the end. Aliases are taken on trust.
 */
import type { Signature, Type } from "../types.ts";
import type { Exported } from "./exports.ts";
import type { TsType } from "./ts-type.ts";

/** What differs, in words, or undefined. */
export function difference(signature: Signature, isStage: boolean, found: Exported): string | undefined {
  if (!found.parameters) return undefined;
  const plain = signature.parameters.filter((parameter) => !parameter.optional);
  const withDefault = signature.parameters.filter((parameter) => parameter.optional);
  const given = found.parameters;
  for (const [at, parameter] of plain.entries()) {
    const other = given[at];
    if (!other) return `the parameter ${parameter.name} is missing`;
    if (!takes(other.type, parameter.type)) return `\`${other.name}: ${tsText(other.type)}\` is not ${tsOf(parameter.type)}`;
  }
  let next = plain.length;
  if (withDefault.length > 0) {
    const options = given[next];
    if (options && !(isStage && isContext(options.type))) {
      next++;
      for (const parameter of withDefault) {
        const problem = optionDiffers(options.type, parameter.name, parameter.type);
        if (problem) return problem;
      }
      const odd =
        options.type.kind === "object"
          ? [...options.type.fields].find(([name, field]) => !field.optional && !withDefault.some((p) => p.name === name))
          : undefined;
      if (odd) return `the option \`${odd[0]}\` is no parameter`;
    }
  }
  if (isStage && given[next]) next++;
  const extra = given.slice(next).find((parameter) => !parameter.optional);
  if (extra) return `the parameter \`${extra.name}\` is given by nobody`;
  return found.result && !resultAgrees(found.result, signature.result)
    ? `it gives \`${tsText(found.result)}\`, not ${tsOf(signature.result)}`
    : undefined;
}

const isContext = (type: TsType): boolean => type.kind === "name" && /Context$/.test(type.name) && type.name !== "Context";

function optionDiffers(options: TsType, name: string, type: Type): string | undefined {
  if (options.kind === "other" || (options.kind === "name" && !primitives.has(options.name))) return undefined;
  if (options.kind !== "object") return `what has a default comes in a last object, not in \`${tsText(options)}\``;
  const field = options.fields.get(name);
  // A function may leave out an option that it does not read.
  if (!field || takes(field.type, type)) return undefined;
  return `the option \`${name}: ${tsText(field.type)}\` is not ${tsOf(type)}`;
}

const primitives = new Set(["number", "string", "boolean", "void", "undefined", "null", "never", "bigint", "symbol", "object"]);
/** Types of the runtime that mean one thing each. */
const runtimeNames = new Set(["Dialog", "Doc", "Docs", "Context", "Answer"]);

function resultAgrees(found: TsType, type: Type): boolean {
  if (type.kind === "nothing") return true;
  if (found.kind === "name" && found.name === "Promise") return found.args[0] === undefined || agrees(found.args[0], type);
  if (found.kind === "union") return found.options.every((option) => resultAgrees(option, type));
  return agrees(found, type);
}

/** A parameter may take more than it is given. */
const takes = (found: TsType, type: Type): boolean =>
  found.kind === "union" && type.kind !== "enum" ? found.options.some((option) => agrees(option, type)) : agrees(found, type);

/** Whether a TypeScript type may stand for a type of the language. */
function agrees(found: TsType, type: Type): boolean {
  if (found.kind === "other" || (found.kind === "name" && (found.name === "unknown" || found.name === "any"))) return true;
  if (found.kind === "name" && !primitives.has(found.name) && !isKnownName(found))
    return !isPrimitive(type) || found.args.length === 0;
  switch (type.kind) {
    case "int":
    case "float":
      return isName(found, "number");
    case "text":
      return isName(found, "string");
    case "bool":
      return isName(found, "boolean");
    case "enum":
      return isUnionOf(found, type.cases);
    case "list":
      return elementAgrees(found, type.of);
    case "host":
      return hostAgrees(found, type.name);
    case "rows":
      return (
        found.kind === "name" &&
        /^(AsyncIterable|AsyncGenerator|AsyncIterableIterator|Iterable)$/.test(found.name) &&
        (!found.args[0] || agrees(found.args[0], type.row))
      );
    case "fn":
      return found.kind === "function" && fnAgrees(found, type);
    case "record":
      return found.kind === "object" && recordAgrees(found, type);
    default:
      return true;
  }
}

const isPrimitive = (type: Type): boolean => ["int", "float", "text", "bool"].includes(type.kind);
const isName = (found: TsType, name: string): boolean => found.kind === "name" && found.name === name;
const isKnownName = (found: Extract<TsType, { kind: "name" }>): boolean =>
  runtimeNames.has(found.name) ||
  /^(ReadonlyArray|Array|AsyncIterable|AsyncGenerator|AsyncIterableIterator|Iterable|Promise|Record|Map|Set)$/.test(found.name);

function isUnionOf(found: TsType, cases: readonly string[]): boolean {
  const options = found.kind === "union" ? found.options : [found];
  const values = options.flatMap((option) => (option.kind === "literal" ? [option.value] : []));
  return (
    values.length === options.length && new Set(values).size === cases.length && cases.every((name) => values.includes(name))
  );
}

function elementAgrees(found: TsType, of: Type): boolean {
  if (found.kind === "array") return agrees(found.of, of);
  if (isName(found, "Docs")) return of.kind === "host" && of.name === "Doc";
  return found.kind === "name" && /^(ReadonlyArray|Array)$/.test(found.name) && (!found.args[0] || agrees(found.args[0], of));
}

function hostAgrees(found: TsType, name: string): boolean {
  if (!runtimeNames.has(name)) return !(found.kind === "name" && primitives.has(found.name));
  if (name === "Docs" && found.kind === "array") return isName(found.of, "Doc");
  return isName(found, name) || found.kind === "object";
}

function fnAgrees(found: Extract<TsType, { kind: "function" }>, type: Extract<Type, { kind: "fn" }>): boolean {
  const { parameters, result } = type.signature;
  if (found.parameters.filter((parameter) => !parameter.optional).length > parameters.length) return false;
  return (
    found.parameters.every((parameter, at) => !parameters[at] || agrees(parameter.type, parameters[at].type)) &&
    resultAgrees(found.result, result)
  );
}

function recordAgrees(found: Extract<TsType, { kind: "object" }>, type: Extract<Type, { kind: "record" }>): boolean {
  return [...found.fields].every(([name, field]) => {
    const own = type.fields.get(name);
    if (own) return agrees(field.type, own.type);
    return field.optional || type.plus !== undefined;
  });
}

/** A type of the language as TypeScript writes it. */
export function tsOf(type: Type): string {
  switch (type.kind) {
    case "int":
    case "float":
      return "number";
    case "text":
      return "string";
    case "bool":
      return "boolean";
    case "enum":
      return type.cases.map((name) => `"${name}"`).join(" | ");
    case "list":
      return `readonly ${parenthesise(tsOf(type.of))}[]`;
    case "rows":
      return `AsyncIterable<${tsOf(type.row)}>`;
    case "record":
      return type.plus
        ? "object"
        : `{ ${[...type.fields].map(([name, field]) => `${name}${field.optional ? "?" : ""}: ${tsOf(field.type)}`).join("; ")} }`;
    case "fn":
      return `(${type.signature.parameters.map((parameter, at) => `${/^a\d+$/.test(parameter.name) ? parameterName(parameter.type, at) : parameter.name}: ${tsOf(parameter.type)}`).join(", ")}) => ${tsOf(type.signature.result)} | Promise<${tsOf(type.signature.result)}>`;
    case "host":
      return type.name === "Terms" ? "Record<string, number>" : type.name;
    case "model":
      return "Model";
    case "weights":
      return "Weights";
    case "nothing":
      return "void";
    case "tensor":
      return "Tensor";
    default:
      return "unknown";
  }
}

const parenthesise = (text: string): string => (/[|=]/.test(text) && !text.startsWith("{") ? `(${text})` : text);
const parameterName = (type: Type, at: number): string => (type.kind === "host" ? type.name.toLowerCase() : `value${at + 1}`);

/** The signature that TypeScript should have. */
export function derived(name: string, signature: Signature, isStage: boolean): string {
  const plain = signature.parameters
    .filter((parameter) => !parameter.optional)
    .map((parameter) => `${parameter.name}: ${tsOf(parameter.type)}`);
  const options = signature.parameters
    .filter((parameter) => parameter.optional)
    .map((parameter) => `${parameter.name}: ${tsOf(parameter.type)}`);
  if (options.length > 0) plain.push(`options: { ${options.join("; ")} }`);
  if (isStage) plain.push("context: StageContext");
  const result = tsOf(signature.result);
  return `export function ${name}(${plain.join(", ")}): ${result} | Promise<${result}>`;
}

function tsText(type: TsType): string {
  switch (type.kind) {
    case "name":
      return type.args.length > 0 ? `${type.name}<${type.args.map(tsText).join(", ")}>` : type.name;
    case "literal":
      return `"${type.value}"`;
    case "array":
      return `${parenthesise(tsText(type.of))}[]`;
    case "union":
      return type.options.map(tsText).join(" | ");
    case "function":
      return `(${type.parameters.map((parameter) => `${parameter.name}: ${tsText(parameter.type)}`).join(", ")}) => ${tsText(type.result)}`;
    case "object":
      return `{ ${[...type.fields].map(([name, field]) => `${name}${field.optional ? "?" : ""}: ${tsText(field.type)}`).join("; ")} }`;
    case "other":
      return "..";
  }
}
