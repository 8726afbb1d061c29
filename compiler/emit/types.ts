/** Types of the language as TypeScript writes them. What has no host form (tensors, axes) is a handle. */
import type { RecordType, TensorType, Type } from "../types.ts";
import type { Emitter } from "./emitter.ts";

/** The TypeScript type of a value of `type`. */
export function typeText(type: Type, emit: Emitter): string {
  switch (type.kind) {
    case "int":
    case "float":
      return "number";
    case "bool":
      return "boolean";
    case "text":
      return "string";
    case "list":
      return `readonly ${wrapped(typeText(type.of, emit))}[]`;
    case "record":
      return recordText(type, emit);
    case "enum":
      return type.cases.map((name) => JSON.stringify(name)).join(" | ");
    case "fn":
      return fnText(
        type.signature.parameters.map((p) => [p.name, typeText(p.type, emit)] as const),
        typeText(type.signature.result, emit),
      );
    case "host":
      return hostText(type.name, emit);
    case "rows":
      return `AsyncIterable<${typeText(type.row, emit)}>`;
    case "model":
      return emit.runtimeType("Model");
    case "weights":
      return emit.runtimeType("Weights");
    case "tensor":
      return tensorText(type);
    case "nothing":
      return "void";
    default:
      return "unknown";
  }
}

/** A number for each case of an enumeration; tensors with other axes have no form outside of programs. */
function tensorText({ axes, elem }: TensorType): string {
  const [axis] = axes;
  if (axes.length !== 1 || elem !== "float") return "unknown";
  const cases = axis!.cases?.map((name) => JSON.stringify(name)).join(" | ");
  return `Readonly<Record<${cases ?? "string"}, number>>`;
}

function hostText(name: string, emit: Emitter): string {
  const own = ["Dialog", "Doc", "Docs", "Context", "Answer"];
  if (own.includes(name)) return emit.runtimeType(name);
  if (name === "Terms") return "Readonly<Record<string, number>>";
  if (name === "Reward" || name === "Trees") return emit.runtimeType(name);
  return "unknown";
}

function recordText(type: RecordType, emit: Emitter): string {
  const fields = [...type.fields].map(
    ([name, field]) => `${propertyName(name)}${field.optional ? "?" : ""}: ${typeText(field.type, emit)}`,
  );
  return fields.length === 0 ? "object" : `{ ${fields.join("; ")} }`;
}

function fnText(parameters: readonly (readonly [string, string])[], result: string): string {
  return `(${parameters.map(([name, type]) => `${emitName(name)}: ${type}`).join(", ")}) => ${result} | Promise<${result}>`;
}

const emitName = (name: string) => (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : "value");
const wrapped = (text: string) => (/[|&= ]/.test(text) && !text.startsWith("{") ? `(${text})` : text);

/** A property of an object literal or type: bare where TypeScript allows it. */
export function propertyName(name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name);
}
