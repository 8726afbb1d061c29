/**
 * Whether a value of one type may stand where another is asked for, and what the type variables of a signature thereby become.
 * Int widens to Float and nothing else converts; records are structural; `unknown` fits everything. Units and ranges are compared elsewhere.
 */
import type { Field, FnType, ListType, ModelType, RecordType, RowsType, Type } from "./types.ts";

/** What the variables of one signature stand for in one call. */
export interface Bindings {
  readonly types: Map<string, Type>;
  /** The one model that `Weights` means in this call. */
  weights?: Type;
  /** Two models that were both given for it. */
  conflict?: readonly [ModelType, ModelType];
}

export const noBindings = (): Bindings => ({ types: new Map() });

/** Whether `actual` fits `expected`; fills `bindings` on the way. */
export function fits(actual: Type, expected: Type, bindings: Bindings = noBindings()): boolean {
  if (actual === expected || actual.kind === "unknown" || expected.kind === "unknown") return true;
  if (expected.kind === "var") return fitsVariable(actual, expected.name, bindings);
  if (actual.kind === "var") return true;
  switch (expected.kind) {
    case "float":
      return actual.kind === "float" || actual.kind === "int";
    case "list":
      return fitsList(actual, expected, bindings);
    case "record":
      return actual.kind === "record" && fitsRecord(actual, expected, bindings);
    case "enum":
      return actual.kind === "enum" && actual.name === expected.name && actual.cases.join() === expected.cases.join();
    case "variant":
      return actual.kind === "variant"
        ? actual.name === expected.name
        : expected.or !== undefined && fits(actual, expected.or, bindings);
    case "host":
      return fitsHost(actual, expected.name);
    case "rows":
      // A list of records is rows that are there already.
      if (actual.kind === "list")
        return expected.of !== "Stream" && isRecord(actual.of) && fits(actual.of, expected.row, bindings);
      return (
        actual.kind === "rows" &&
        (expected.of === "Rows" || actual.of === "Rows" || actual.of === expected.of) &&
        fits(actual.row, expected.row, bindings)
      );
    case "model":
      return actual.kind === "weights" || (actual.kind === "model" && fitsModel(actual, expected, bindings));
    case "weights":
      return fitsWeights(actual, bindings);
    case "fn":
      return actual.kind === "fn" ? fitsFn(actual, expected, bindings) : isRanker(actual, expected);
    case "tensor":
      return actual.kind === "tensor" || actual.kind === "float" || actual.kind === "int" || actual.kind === "list";
    case "enumeration":
      return actual.kind === "enumeration";
    default:
      return actual.kind === expected.kind;
  }
}

function fitsVariable(actual: Type, name: string, bindings: Bindings): boolean {
  const bound = bindings.types.get(name);
  if (bound === undefined) {
    bindings.types.set(name, actual);
    return true;
  }
  return fits(actual, bound, bindings) || fits(bound, actual, bindings);
}

function fitsList(actual: Type, expected: ListType, bindings: Bindings): boolean {
  if (actual.kind === "host" && actual.name === "Docs") return fits({ kind: "host", name: "Doc" }, expected.of, bindings);
  if (actual.kind === "range") return fits(actual.of, expected.of, bindings);
  if (actual.kind !== "list") return false;
  return actual.items ? actual.items.every((item) => fits(item, expected.of, bindings)) : fits(actual.of, expected.of, bindings);
}

function fitsRecord(actual: RecordType, expected: RecordType, bindings: Bindings): boolean {
  for (const part of expected.plus ?? [])
    if (part.kind === "var" && !bindings.types.has(part.name)) bindings.types.set(part.name, actual);
  return (
    missingFields(actual, expected).length === 0 &&
    [...expected.fields].every(([name, field]) => fieldFits(actual, name, field, bindings))
  );
}

function fieldFits(actual: RecordType, name: string, field: Field, bindings: Bindings): boolean {
  const given = actual.fields.get(name);
  return given === undefined || fits(given.type, field.type, bindings);
}

/** The fields that a reader of `expected` would miss; none where more fields are still to be known. */
export function missingFields(actual: RecordType, expected: RecordType): string[] {
  if (actual.plus) return [];
  return [...expected.fields].filter(([name, field]) => !field.optional && !actual.fields.has(name)).map(([name]) => name);
}

function fitsHost(actual: Type, name: string): boolean {
  if (actual.kind === "host" && actual.name === name) return true;
  switch (name) {
    case "Docs":
      return actual.kind === "list" && (actual.items ?? [actual.of]).every((item) => fits(item, { kind: "host", name: "Doc" }));
    case "Source":
      return actual.kind === "rows" || (actual.kind === "host" && actual.name === "Searchable");
    case "Index":
      return actual.kind === "host" && actual.name === "Searchable";
    case "Draft":
      return actual.kind === "model" && (actual.head === "LanguageModel" || actual.head === "Model");
    case "Decoding":
      return actual.kind === "record" && actual.fields.size === 0;
    case "Reward":
      return actual.kind === "fn" && (isA(actual, "reward") || fits(actual.signature.result, { kind: "float", units: {} }));
    case "Pipeline":
      return isA(actual, "pipeline");
    case "Pipelines":
      return isA(actual, "pipeline") || (actual.kind === "list" && (actual.items ?? []).every((item) => isA(item, "pipeline")));
    case "Objective":
      return isA(actual, "objective");
    case "Head":
      return isA(actual, "layer");
    default:
      return false;
  }
}

/** Whether a value is a declaration of this kind. */
export const isA = (type: Type, word: string): boolean =>
  type.kind === "fn" && type.symbol?.entity === "declaration" && type.symbol.word === word;

function fitsModel(actual: ModelType, expected: ModelType, bindings: Bindings): boolean {
  if (expected.head !== "Model" && actual.head !== "Model" && actual.head !== expected.head) return false;
  if (!expected.over) return true;
  if (!actual.over) return expected.over.kind === "var";
  return fits(actual.over, expected.over, bindings);
}

function fitsWeights(actual: Type, bindings: Bindings): boolean {
  if (actual.kind !== "model" && actual.kind !== "weights") return false;
  const bound = bindings.weights;
  if (bound === undefined || (bound.kind === "weights" && actual.kind === "model")) bindings.weights = actual;
  else if (bound.kind === "model" && actual.kind === "model" && !sameWeights(bound, actual))
    bindings.conflict ??= [bound, actual];
  return true;
}

/** Whether two models have the same tensors, as far as is known. */
export function sameWeights(a: ModelType, b: ModelType): boolean {
  if (a.name !== undefined && a.name === b.name) return true;
  if (a.head !== "Model" && b.head !== "Model" && a.head !== b.head) return false;
  const differ = (x: string | undefined, y: string | undefined) => x !== undefined && y !== undefined && x !== y;
  if (differ(a.architecture, b.architecture) || differ(a.tokenizer, b.tokenizer)) return false;
  return [...(a.sizes ?? [])].every(([name, size]) => (b.sizes?.get(name) ?? size) === size);
}

function fitsFn(actual: FnType, expected: FnType, bindings: Bindings): boolean {
  const free = actual.signature.parameters.filter((parameter) => !actual.fixed?.has(parameter.name));
  const asked = expected.signature.parameters;
  if (asked.length > free.length || free.slice(asked.length).some((parameter) => !parameter.optional)) return false;
  return (
    asked.every((parameter, at) => fits(parameter.type, free[at]!.type, bindings)) &&
    fits(actual.signature.result, expected.signature.result, bindings)
  );
}

/** Trees stand where what ranks is asked for: `fn(Dialog, Doc) -> Float`. */
function isRanker(actual: Type, { signature: { parameters, result } }: FnType): boolean {
  const [prompt, doc] = parameters.map(({ type }) => type);
  const ranks = parameters.length === 2 && isHost(prompt, "Dialog") && isHost(doc, "Doc") && result.kind === "float";
  return ranks && isHost(actual, "Trees");
}

const isRecord = ({ kind }: Type): boolean => kind === "record" || kind === "unknown";
const isHost = (type: Type | undefined, name: string): boolean => type?.kind === "host" && type.name === name;

/** `type` with the variables replaced by what they stand for; a variable that nothing bound stays. */
export function substitute(type: Type, bindings: Bindings): Type {
  switch (type.kind) {
    case "var":
      return bindings.types.get(type.name) ?? type;
    case "weights":
      return bindings.weights ?? type;
    case "list":
      return { kind: "list", of: substitute(type.of, bindings) };
    case "rows":
      return { ...type, row: substitute(type.row, bindings) };
    case "record":
      return substituteRecord(type, bindings);
    case "model":
      return type.over ? { ...type, over: substitute(type.over, bindings) } : type;
    case "fn": {
      const { signature } = type;
      const parameters = signature.parameters.map((parameter) => ({ ...parameter, type: substitute(parameter.type, bindings) }));
      return { ...type, signature: { ...signature, parameters, result: substitute(signature.result, bindings) } };
    }
    default:
      return type;
  }
}

function substituteRecord(type: RecordType, bindings: Bindings): Type {
  const own = new Map([...type.fields].map(([name, field]) => [name, { ...field, type: substitute(field.type, bindings) }]));
  if (!type.plus) return { ...type, fields: own };
  return joinRecords([...type.plus.map((part) => substitute(part, bindings)), { kind: "record", fields: own }]);
}

/** `A + { c: T }`: later fields win; variables stay apart until they are known. */
export function joinRecords(parts: readonly Type[]): Type {
  const fields = new Map<string, Field>();
  const plus: Type[] = [];
  for (const part of parts) {
    if (part.kind === "unknown") return part;
    if (part.kind !== "record") {
      plus.push(part);
      continue;
    }
    for (const [name, field] of part.fields) fields.set(name, field);
    plus.push(...(part.plus ?? []));
  }
  return { kind: "record", fields, ...(plus.length > 0 ? { plus } : {}) };
}

/** Rows of both: the fields that every row has. */
export function commonRows(a: RowsType, b: RowsType): RowsType {
  const of = a.of === b.of ? a.of : a.of === "Dataset" && b.of === "Dataset" ? "Dataset" : "Stream";
  if (a.row.kind !== "record" || b.row.kind !== "record")
    return { kind: "rows", of, row: a.row.kind === "record" ? b.row : a.row };
  const other = b.row;
  if (a.row.plus || other.plus) return { kind: "rows", of, row: { kind: "unknown" } };
  const fields = new Map([...a.row.fields].filter(([name, field]) => field.optional || other.fields.has(name)));
  return { kind: "rows", of, row: { kind: "record", name: a.row.name, fields } };
}
