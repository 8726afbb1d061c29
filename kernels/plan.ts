/**
 * A program's plan: where each result lies and until when, how many bytes move and how many operations run. It is
 * made before the program runs, for given sizes; one node is taken as one kernel.
 */
import { arena } from "./arena.ts";
import { flopsOf, movedBytes } from "./cost/node.ts";
import type { Node } from "./ir/node.ts";
import type { Program } from "./ir/program.ts";
import { type Binding, evaluate } from "./ir/size.ts";
import { boundFor, bytesOf, livesOf, scheduled } from "./schedule.ts";

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

/** The bytes in which all results find room, and the largest sum of bytes alive at once, for given sizes. */
export function roomOf(p: Program, given: Binding = {}): { readonly arena: number; readonly peak: number } {
  const binding = boundFor(p, given);
  const { bytes, peak } = arena(livesOf(p, scheduled(p, given), binding), binding);
  return { arena: bytes, peak };
}

/** Plans a program for given sizes. Symbols that are not given count as 64. */
export function plan(p: Program, given: Binding = {}): Plan {
  const binding = boundFor(p, given);
  const order = scheduled(p, given);
  const lives = livesOf(p, order, binding);
  const room = arena(lives, binding);
  const kernels = lives.map(({ node }, i) => ({
    node,
    at: room.offsets[i]!,
    bytes: evaluate(movedBytes(node), binding),
    flops: evaluate(flopsOf(node), binding),
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
