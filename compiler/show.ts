/** Types and signatures as a person writes them, for messages and hover. */
import type { Elem, Parameter, Range, Signature, Type } from "./types.ts";
import { showUnits } from "./units.ts";

const elems: Record<Exclude<Elem, object>, string> = {
  float: "Float",
  int: "Int",
  bool: "Bool",
  token: "Token",
  prob: "Prob",
  ratio: "Ratio",
};

/** `Int tokens`, `List<Text>`, `{ prompt: Dialog }`. */
export function show(type: Type): string {
  switch (type.kind) {
    case "int":
    case "float":
      return [type.kind === "int" ? "Int" : "Float", showUnits(type.units)].filter(Boolean).join(" ");
    case "bool":
      return "Bool";
    case "text":
      return "Text";
    case "list":
      return type.items?.length === 0 ? "an empty list" : `List<${show(type.of)}>`;
    case "record":
      return showRecord(type);
    case "variant":
      return showChoice(type);
    case "enum":
    case "host":
    case "var":
      return type.name;
    case "fn":
      return `fn(${type.signature.parameters.map((parameter) => show(parameter.type)).join(", ")}) -> ${show(type.signature.result)}`;
    case "rows":
      return `${type.of}<${show(type.row)}>`;
    case "model":
      return type.over ? `${type.head}<${show(type.over)}>` : type.head;
    case "weights":
      return "Weights";
    case "tensor":
      return showTensor(type);
    default:
      return showOther(type);
  }
}

/** `greedy, sample or beam`; a long list goes by its name. */
function showChoice(type: Extract<Type, { kind: "variant" }>): string {
  if (type.chosen) return type.chosen;
  const words = [...type.cases.keys(), ...(type.also ? [type.also] : [])];
  if (words.length > 6) return type.name;
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function showOther(type: Extract<Type, { kind: "axis" | "tuple" | "range" | "enumeration" | "nothing" | "unknown" }>): string {
  switch (type.kind) {
    case "tuple":
      return type.items.map(show).join(", ");
    case "range":
      return `a range of ${show(type.of)}`;
    case "enumeration":
      return type.of ? `the enumeration ${type.of.name}` : "an enumeration";
    case "axis":
      return "axis";
    case "nothing":
      return "nothing";
    case "unknown":
      return "unknown";
  }
}

function showRecord(type: Extract<Type, { kind: "record" }>): string {
  if (type.name) return type.name;
  const fields = [...type.fields].map(([name, field]) => `${name}: ${show(field.type)}`);
  const own =
    fields.length > 4 ? `{ ${fields.slice(0, 3).join(", ")}, .. }` : fields.length > 0 ? `{ ${fields.join(", ")} }` : "{ }";
  return [...(type.plus ?? []).map(show), own].join(" + ");
}

function showTensor(type: Extract<Type, { kind: "tensor" }>): string {
  const elem = typeof type.elem === "object" ? show(type.elem.host) : elems[type.elem];
  if (type.axes.length === 0) return elem;
  const axes = `[${type.axes.map((axis) => (axis.rest ? ".." : axis.name)).join(", ")}]`;
  return elem === "Float" ? axes : `${axes} of ${elem}`;
}

/** `top: Int = ..`. */
function showParameter(parameter: Parameter): string {
  const role = parameter.role ? `${parameter.role} ` : "";
  const range = parameter.range?.high === undefined ? "" : ` in ${showRange(parameter.range)}`;
  const type = parameter.type.kind === "unknown" ? "" : `: ${show(parameter.type)}`;
  return `${role}${parameter.name}${type}${range}${parameter.optional ? " = .." : ""}`;
}

/** `search(index: Index, queries: List<Text>, top: Int = ..) -> Docs`. */
export function showSignature(name: string, signature: Signature): string {
  const parameters = signature.parameters.map(showParameter);
  if (signature.open) parameters.push("name: Float ..");
  const result =
    signature.result.kind === "nothing" || signature.result.kind === "unknown" ? "" : ` -> ${show(signature.result)}`;
  return `${name}(${parameters.join(", ")})${result}`;
}

/** `0..1`, `1 or more`. */
export function showRange({ low, high }: Range): string {
  if (low === undefined) return `${high} or less`;
  return high === undefined ? `${low} or more` : `${low}..${high}`;
}

/** With an article or as a phrase, so that "this is ${described}" reads well. */
export function describe(type: Type): string {
  const text = show(type);
  if (type.kind === "fn") return describeFunction(type);
  if (type.kind === "record" && !type.name) return `a record ${text}`;
  if (type.kind === "nothing") return "no value";
  if (type.kind === "model" && type.name) return `the model ${type.name} (${text})`;
  return text;
}

/** `the pipeline answer`; a function by what it takes and gives, where that is known. */
function describeFunction({ signature: { parameters, result }, symbol }: Extract<Type, { kind: "fn" }>): string {
  if (symbol?.entity === "declaration" && symbol.word !== "fn") return `the ${symbol.word} ${symbol.name}`;
  if ([result, ...parameters.map(({ type }) => type)].some(({ kind }) => kind === "unknown")) return "a function";
  const takes = parameters.map(({ type }) => show(type)).join(", ");
  return `a function of (${takes}) that gives ${show(result)}`;
}
