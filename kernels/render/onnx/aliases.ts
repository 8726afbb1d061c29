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

  #before: Uint32Array[] = [];

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

  /** For each node the nodes that run before it, whatever order is chosen: a bit for each of them. */
  private get before(): readonly Uint32Array[] {
    if (this.#before.length > 0) return this.#before;
    const words = Math.ceil(this.nodes.length / 32);
    for (const { inputs } of this.nodes) {
      const own = new Uint32Array(words);
      for (const maker of new Set(inputs.map((name) => this.makers.get(name)))) {
        if (maker === undefined) continue;
        const its = this.#before[maker]!;
        for (let i = 0; i < words; i++) own[i]! |= its[i]!;
        own[maker >>> 5]! |= 1 << (maker & 31);
      }
      this.#before.push(own);
    }
    return this.#before;
  }

  /** Whether `result` may be written where `input` lies. */
  overwrites(input: string, result: string): boolean {
    const writer = this.makers.get(result);
    if (writer === undefined || views.has(this.nodes[writer]!.type)) return false;
    const readers = this.read(input);
    if (readers.includes(writer) && !inOrder.has(this.nodes[writer]!.type)) return false;
    const before = this.before[writer]!;
    return readers.every((r) => r === writer || (before[r >>> 5]! & (1 << (r & 31))) !== 0);
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
