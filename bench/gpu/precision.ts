/** Programs whose matrices are stored in fewer bits: halves, or four bits with a scale for every 32 along the longest axis that a product sums. */
import { axis, cast, input, inputOf, type Node, type Program } from "../../kernels/index.ts";
import { make } from "../../kernels/ir/node.ts";
import { nodesOf } from "../../kernels/ir/program.ts";
import { mapProgram } from "../../kernels/ir/rewrite.ts";

export type Precision = "f32" | "f16" | "i4";

const group = 32;

/** The axis along which scales hold: one that products with the weight sum, whose size is a multiple of a group. */
function groupedAxis(p: Program, weight: Node): string | undefined {
  const summed = nodesOf(p).flatMap((n) => (n.op === "contract" && n.inputs.includes(weight) ? (n.attrs.over as string[]) : []));
  return weight.axes.find((a) => summed.includes(a.name) && typeof a.size === "number" && a.size % group === 0)?.name;
}

/** The program with every weight of two or more axes stored so. */
export function stored(p: Program, precision: Precision): Program {
  if (precision === "f32") return p;
  return mapProgram(p, (node) => {
    if (node.op !== "input" || node.axes.length < 2 || inputOf(node).role !== "weight") return node;
    const { name } = inputOf(node);
    const along = precision === "i4" ? groupedAxis(p, node) : undefined;
    const even = Number(node.axes.at(-1)!.size) % 2 === 0;
    if (along === undefined || !even) return cast(input(name, "weight", "f16", node.axes), "f32");
    const scales = node.axes.map((a) => (a.name === along ? axis(a.name, Number(a.size) / group) : a));
    const inputs = [input(name, "weight", "i4", node.axes), input(`${name}.scale`, "weight", "f16", scales)];
    return make("dequantize", inputs, { axis: along, group, code: "linear" });
  });
}
