/** An ONNX graph in ONNX's own textual form (onnx.parser), a line for each operator, with the places of the spec that it came from. */
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxPort, OnnxTensor } from "./proto.ts";

/** Names that are no words of that form stand in quotes. */
const named = (text: string): string => (text === "" ? '""' : /^[A-Za-z_][\w.]*$/.test(text) ? text : JSON.stringify(text));
const typed = ({ type, shape }: { type: string; shape: readonly (number | string)[] }): string =>
  shape.length === 0 ? type : `${type}[${shape.map((size) => (typeof size === "number" ? size : named(size))).join(", ")}]`;
const port = (each: OnnxPort): string => `${typed(each)} ${named(each.name)}`;

function attribute(value: OnnxAttribute): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? `${value}.0` : String(value);
  return `[${value.join(", ")}]`;
}

/** The first few values of a constant; more say nothing to a reader. */
function constant(each: OnnxTensor): string {
  const most = 8;
  const values = each.values.slice(0, most).join(", ");
  return `  ${port(each)} = {${values}${each.values.length > most ? ", .." : ""}}`;
}

/** What follows the number and the operator in a node's name: the operation and the spec lines. */
const originOf = ({ name }: OnnxNode): string =>
  name
    .split(" ")
    .slice(3)
    .filter((part) => /:\d+$/.test(part))
    .join(", ");

function operator(node: OnnxNode): string {
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name} = ${attribute(value)}`);
  const domain = node.domain === "" ? "" : `${node.domain}.`;
  const inner = attributes.length > 0 ? ` <${attributes.join(", ")}>` : "";
  const origin = originOf(node);
  const text = `  ${node.outputs.map(named).join(", ")} = ${domain}${node.type}${inner} (${node.inputs.map(named).join(", ")})`;
  return origin === "" ? text : `${text}  # ${origin}`;
}

/** The text of a graph. */
export function onnxText(model: OnnxModel): string {
  const list = (parts: readonly string[], indent: string) =>
    parts.length === 0 ? "" : `\n${parts.map((part) => `${indent}${part}`).join(",\n")}\n`;
  return [
    '<ir_version: 9, opset_import: ["" : 20, "com.microsoft" : 1]>',
    `${named(model.name)} (${list(model.inputs.map(port), "  ")})`,
    `=> (${list(model.outputs.map(port), "  ")})`,
    ...(model.initializers.length > 0 ? ["<", model.initializers.map(constant).join(",\n"), ">"] : []),
    "{",
    ...model.nodes.map(operator),
    "}",
    "",
  ].join("\n");
}
