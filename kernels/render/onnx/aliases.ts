/**
 * Which results may be written over an input's own memory: the next values of weights, moments and caches. onnxruntime does not
 * know that they share it, so it must follow from the graph: whatever reads the old value has run before the new one is written.
 */
import type { OnnxModel, OnnxNode } from "./proto.ts";

/** Operators whose result is the memory of their first operand seen otherwise. */
const views = new Set(["Reshape", "Identity", "Squeeze", "Unsqueeze", "Flatten"]);

/** Operators that read a place of an operand before they write that place of their result, and no other place after. */
const inOrder = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Min",
  "Max",
  "Sqrt",
  "Neg",
  "ScatterND",
  "ScatterElements",
  "TensorScatter",
  "GroupQueryAttention",
]);

class Graph {
  private readonly nodes: readonly OnnxNode[];
  private readonly makers = new Map<string, number>();
  private readonly readers = new Map<string, number[]>();

  constructor(nodes: readonly OnnxNode[]) {
    this.nodes = nodes;
    nodes.forEach((node, i) => {
      for (const o of node.outputs) this.makers.set(o, i);
      for (const name of new Set(node.inputs)) {
        const list = this.readers.get(name);
        if (list) list.push(i);
        else this.readers.set(name, [i]);
      }
    });
  }

  /** Nodes that read a value's memory, by its name or by that of a view of it. */
  private read(name: string): number[] {
    return (this.readers.get(name) ?? []).flatMap((i) => {
      const node = this.nodes[i]!;
      return views.has(node.type) && node.inputs[0] === name ? [i, ...this.read(node.outputs[0]!)] : [i];
    });
  }

  /** Nodes that run before one, whatever order is chosen. */
  private before(writer: number): Uint8Array {
    const seen = new Uint8Array(this.nodes.length);
    const stack = [writer];
    while (stack.length > 0)
      for (const name of this.nodes[stack.pop()!]!.inputs) {
        const maker = this.makers.get(name);
        if (maker === undefined || seen[maker]) continue;
        seen[maker] = 1;
        stack.push(maker);
      }
    return seen;
  }

  /** Whether `result` may be written where `input` lies. */
  overwrites(input: string, result: string): boolean {
    const writer = this.makers.get(result);
    if (writer === undefined || views.has(this.nodes[writer]!.type)) return false;
    const readers = this.read(input);
    if (readers.includes(writer) && !inOrder.has(this.nodes[writer]!.type)) return false;
    const before = this.before(writer);
    return readers.every((r) => r === writer || before[r] === 1);
  }
}

/** Of pairs of an input and the result that is its next value, those in which the result may be written over the input. */
export function overwritten<T extends { readonly input: string; readonly result: string }>(
  nodes: OnnxModel["nodes"],
  pairs: readonly T[],
): T[] {
  const graph = new Graph(nodes);
  return pairs.filter(({ input, result }) => graph.overwrites(input, result));
}
