/**
 * A program's plan: where each result lies and until when, how many bytes move and how many operations run. It is
 * made before the program runs, for given sizes; one node is taken as one kernel.
 */
import { arena } from "./arena.ts";
import { typeText } from "./ir/elementwise.ts";
import type { Node } from "./ir/node.ts";
import { inputOf, type Program } from "./ir/program.ts";
import type { Binding } from "./ir/size.ts";
import { contractionAxes } from "./ops/reductions.ts";
import { isPointwise } from "./rules/pointwise.ts";
import { boundFor, bytesOf, count, livesOf, scheduled } from "./schedule.ts";

/** One computation of a plan and what it costs. */
export interface Kernel {
  readonly node: Node;
  /** Where its result begins in the arena, in bytes; views lie where their source does. */
  readonly at: number;
  readonly bytes: number;
  readonly flops: number;
}

/** What a program will take, before it runs. */
export interface Plan {
  readonly binding: Binding;
  /** Kernels in order; views are not among them. */
  readonly kernels: readonly Kernel[];
  /** The bytes in which all results find room. */
  readonly arena: number;
  /** The largest sum of bytes alive at once: no plan needs less. */
  readonly peak: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bytes: number;
  readonly flops: number;
}

/** Operations at one result place of a composed elementwise or of a normalisation, about. */
const perPlace: Readonly<Record<string, number>> = {
  softmax: 5,
  logSoftmax: 5,
  logSumExp: 5,
  rmsNorm: 4,
  layerNorm: 7,
  gelu: 6,
  silu: 5,
  logAddExp: 6,
};

function flopsOf(node: Node, binding: Binding): number {
  const places = count(node.axes, binding);
  if (node.op === "contract") return 2 * places * count(contractionAxes(node).over, binding);
  if (node.op === "philox") return 100 * places;
  if (perPlace[node.op]) return perPlace[node.op]! * places;
  if (isPointwise(node.op)) return places;
  return ["sum", "reduceMax", "reduceMin", "argmax", "cumsum", "scatterAdd"].includes(node.op)
    ? count(node.inputs[0]!.axes, binding)
    : 0;
}

/** Bytes that a node reads; a gather reads what it takes, not all it might. */
const movedBytes = (node: Node, binding: Binding): number =>
  node.op === "gather"
    ? bytesOf(node, binding) + bytesOf(node.inputs[1]!, binding)
    : node.inputs.reduce((n, x) => n + bytesOf(x, binding), 0);

/** Plans a program for given sizes. Symbols that are not given count as 64. */
export function plan(p: Program, given: Binding = {}): Plan {
  const binding = boundFor(p, given);
  const order = scheduled(p, given);
  const lives = livesOf(p, order, binding);
  const room = arena(lives, binding);
  const kernels = lives.map(({ node, bytes }, i) => ({
    node,
    at: room.offsets[i]!,
    bytes: bytes + movedBytes(node, binding),
    flops: flopsOf(node, binding),
  }));
  const total = (nodes: readonly Node[]) => nodes.reduce((n, x) => n + bytesOf(x, binding), 0);
  return {
    binding,
    kernels,
    arena: room.bytes,
    peak: room.peak,
    inputs: total(p.inputs),
    outputs: total(p.outputs.map((o) => o.node)),
    bytes: kernels.reduce((n, k) => n + k.bytes, 0),
    flops: kernels.reduce((n, k) => n + k.flops, 0),
  };
}

const amount = (n: number, unit: string): string => {
  const step = n >= 1e9 ? [1e9, "G"] : n >= 1e6 ? [1e6, "M"] : n >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${(n / (step[0] as number)).toPrecision(3)} ${step[1]}${unit}`;
};

/** What a kernel is, where it comes from, and what it costs. */
const line = ({ node, at, bytes, flops }: Kernel): string => {
  const cost = `${amount(flops, "FLOP").padStart(12)}${amount(bytes, "B").padStart(10)}  at ${amount(at, "B").padStart(8)}`;
  return `  ${cost}  ${node.op} -> ${typeText(node)}${node.origin.length > 0 ? `  // ${node.origin.join(", ")}` : ""}`;
};

/** The plan as a person reads it: the whole, then the kernels that cost most. */
export function describePlan(p: Program, given: Binding = {}, most = 12): string {
  const q = plan(p, given);
  const sizes = Object.entries(q.binding).map(([s, n]) => `${s} = ${n}`);
  const weights = p.inputs.filter((i) => inputOf(i).role === "weight");
  const heavy = [...q.kernels].sort((a, b) => b.flops / 50 + b.bytes - (a.flops / 50 + a.bytes)).slice(0, most);
  return [
    `program ${p.name}${sizes.length > 0 ? ` (${sizes.join(", ")})` : ""}`,
    `  ${q.kernels.length} kernels, ${amount(q.flops, "FLOP")}, ${amount(q.bytes, "B")} moved`,
    `  inputs ${amount(q.inputs, "B")}, of them ${weights.length} weights; outputs ${amount(q.outputs, "B")}`,
    `  results find room in ${amount(q.arena, "B")}; at most ${amount(q.peak, "B")} are alive at once`,
    "  what costs most:",
    ...heavy.map((k) => `  ${line(k)}`),
    "",
  ].join("\n");
}
