/**
 * Programs as WGSL for WebGPU: each fused kernel as a compute shader, and the plan that says in which order they run on which
 * memory. Sizes are values of a uniform block, so that no new length compiles anything again.
 */

import { costOf, wordBits } from "../cost/kernel.ts";
import { packed } from "../cost/node.ts";
import { beside, type Item } from "../fuse/beside.ts";
import { isBuffer } from "../fuse/needs.ts";
import { isPut, placesAt } from "../fuse/put.ts";
import { fuse, type Kernel, type Store } from "../fuse.ts";
import { add, mul } from "../ir/elementwise.ts";
import type { Node } from "../ir/node.ts";
import { inputOf, nodesOf, type Program } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { concat, rename } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { decompose } from "../ops/decompose.ts";
import { partial, partialSquares } from "../ops/sum-of-squares.ts";
import { lowered } from "../ops/table.ts";
import { targeted } from "../rules/passes.ts";
import { type Binding, readable, type Written, writeModule } from "./wgsl/module.ts";
import { gathered, type Piece, squares, type Share as TabledShare } from "./wgsl/multi.ts";
import { bare } from "./wgsl/operands.ts";
import { overwrites } from "./wgsl/overwrite.ts";
import { replaceable } from "./wgsl/put.ts";
import { keepsScores } from "./wgsl/scores.ts";
import { portable, type Target } from "./wgsl/target.ts";
import { widened } from "./wgsl/wide.ts";
import { countOf } from "./wgsl-index.ts";
import type { Memory, Param, Step, Temporary, WgslPlan } from "./wgsl-plan.ts";

export interface WgslKernel {
  /** `<number>.<what>`, unique within the program. */
  readonly name: string;
  readonly code: string;
}

export interface WgslProgram {
  readonly kernels: readonly WgslKernel[];
  readonly plan: WgslPlan;
}

/** The words that say what a kernel computes, from its operations: `contract`, `softmax`-like chains by their loops. */
function whatOf({ stores, loop }: Kernel, nodes: readonly Node[]): string {
  const last = stores.at(-1)!.node;
  const heads = [...new Set([...(loop ? [loop.op] : []), ...(nodes.length > 0 ? [last.op] : ["copy"])])];
  return heads.join("-");
}

/** A sum of squares of tensors in memory, whatever the order in which they lie there, and of numbers that are given, which are no tensors. */
const inParts = (inputs: readonly Node[]): Node => {
  const bare = (x: Node): Node => (["rename", "merge", "split"].includes(x.op) ? bare(x.inputs[0]!) : x);
  const isNumber = (x: Node): boolean => x.op === "input" && !isBuffer(x);
  const [numbers, tensors] = [inputs.filter(isNumber), inputs.filter((x) => !isNumber(x)).map(bare)];
  const squares = numbers.map((x) => mul(x, x));
  return [...(tensors.length > 0 ? [sum(partialSquares(tensors), ["part"])] : []), ...squares].reduce((a, b) => add(a, b));
};

/** Without marks, and a concatenation of many parts as one of few, so that no kernel reads too many buffers. */
function narrowed(node: Node): Node {
  if (node.op === "stop" || node.op === "after") return node.inputs[0]!;
  if (node.op === "cached") return rename(node.inputs[0]!, { [node.attrs.of as string]: node.attrs.axis as string });
  if (node.op === "sumOfSquares") return partial(node.inputs) ? inParts(node.inputs) : lowered(node)!;
  if (node.op === "contract") return bare(node);
  if (node.op !== "concat") return widened(node);
  if (node.inputs.length <= 4) return node;
  const parts: Node[] = [];
  for (let i = 0; i < node.inputs.length; i += 4) parts.push(concat(node.inputs.slice(i, i + 4), node.attrs.axis as string));
  return narrowed(concat(parts, node.attrs.axis as string));
}

/** How many storage buffers a kernel binds at most, which every device allows. */
const mostBuffers = 8;

/** The memory of each thing a kernel binds, once it is known which temporaries live how long. */
type Wanted = { readonly memory: Memory } | { readonly temporary: Node; readonly write: boolean };

/** One step of the plan before memory is given out. */
interface Draft extends Pick<Written, "body" | "params" | "bound" | "dispatch" | "nodes" | "about"> {
  readonly what: string;
  readonly shares?: { readonly each: number; readonly list: readonly TabledShare[] };
}

/** The program in what kernels are made of. */
function primitives(given: Program): Program {
  const target = targeted(given, "wgsl", keepsScores);
  const caches = replaceable(target);
  const kept = (node: Node): boolean =>
    keepsScores(node) || node.op === "sumOfSquares" || (node.op === "put" && caches.has(node.inputs[0]!));
  return mapProgram(
    decompose(target, (_, node) => kept(node)),
    narrowed,
  );
}

/** The shaders of kernels in order: alone, over what they take the place of, or many tensors in one. */
function drafted(
  kernels: readonly Kernel[],
  memory: ReadonlyMap<Node, Store>,
  target: Target,
): { drafts: Draft[]; inPlace: [Store, Store][] } {
  const plain = kernels.map((k) => (k.loop?.op === "partialSquares" ? undefined : writeModule([k], memory, target)));
  const tabled = kernels.map((k, i) => plain[i] ?? squares(k, k.loop!, memory));
  const over = overwrites(kernels, tabled);
  const written = kernels.map((k, i) => (over[i]!.size > 0 ? writeModule([k], memory, target, over[i]) : tabled[i]!));
  const pieces = gathered(kernels, written, over);
  const items = pieces.map((of): Item<Piece> => {
    const bound = "multi" in of ? [...of.multi.bound, ...of.multi.shares.list.flatMap((x) => x.bound)] : written[of.alone]!.bound;
    const nodes = (write: boolean): Set<Node> =>
      new Set(bound.flatMap((b) => (b.write === write && !(write && b.store.node.op === "input") ? [b.store.node] : [])));
    const kind = "multi" in of || over[of.alone]!.size > 0 ? undefined : written[of.alone]!.kind;
    return { of, reads: nodes(false), writes: nodes(true), kind };
  });
  const drafts = beside(items, mostBuffers).map((group): Draft => {
    const [first] = group as [Piece];
    if ("multi" in first) return { ...first.multi, what: whatOf(kernels[first.of[0]!]!, first.multi.nodes) };
    const members = group.map((g) => (g as { alone: number }).alone);
    const what = [...new Set(members.map((i) => whatOf(kernels[i]!, written[i]!.nodes)))].join("-");
    if (members.length === 1) return { ...written[first.alone]!, what };
    const together = writeModule(
      members.map((i) => kernels[i]!),
      memory,
      target,
    );
    return { ...together, what };
  });
  const puts = kernels.flatMap(({ stores }) =>
    stores.flatMap((store): [Store, Store][] => (isPut(store.node) ? [[memory.get(store.node.inputs[0]!)!, store]] : [])),
  );
  return { drafts, inPlace: [...over.flatMap((o) => [...o]), ...puts] };
}

/** A kernel's text, and what it computes wherever it runs. */
interface File {
  readonly number: number;
  readonly body: string;
  readonly nodes: Node[];
  readonly what: string;
}

/** What steps share: blocks of numbers, texts of kernels and temporaries, each found again by what it is. */
class Shared {
  readonly blocks = new Map<string, { readonly place: number; readonly params: readonly Param[] }>();
  readonly files = new Map<string, File>();
  readonly lives = new Map<Node, Temporary>();

  /** The block in which a step's numbers travel; none where it has none. */
  block(params: readonly Param[]): { readonly block?: number } {
    if (params.length === 0) return {};
    const key = JSON.stringify(params);
    const block = this.blocks.get(key) ?? { place: this.blocks.size, params };
    this.blocks.set(key, block);
    return { block: block.place };
  }

  /** The number of a step's kernel; comments tell no kernels apart. */
  kernel({ body, nodes, bound, what }: Draft): number {
    const code = body.replaceAll(/ *\/\/.*/g, "");
    const file = this.files.get(code) ?? { number: this.files.size, body, nodes: [], what };
    // A copy computes nothing: it is what it hands on.
    file.nodes.push(...(nodes.length > 0 ? nodes : bound.map((b) => b.store.node)));
    this.files.set(code, file);
    return file.number;
  }

  /** What a step binds; its temporaries live until then at least, and `beside` the arena where a table says where others lie. */
  wanted({ store: { node, output }, write }: Binding, step: number, beside = false): Wanted {
    if (output !== undefined) return { memory: { output, write } };
    if (node.op === "input") return { memory: { input: inputOf(node).name, write } };
    const life = this.lives.get(node);
    const apart: 0 | 1 = beside || life?.arena === 1 ? 1 : 0;
    this.lives.set(node, { bytes: wordsOf(node), first: life?.first ?? step, last: step, arena: apart });
    return { temporary: node, write };
  }
}

/** One step, its memory not given out yet. `olds` are the tensors that stores are written over. */
function stepOf(draft: Draft, step: number, shared: Shared, olds: ReadonlyMap<Store, Node>) {
  const { params, bound, dispatch, nodes, about, shares } = draft;
  const kernel = shared.kernel(draft);
  const wanted = bound.map((b) => shared.wanted(b, step, shares !== undefined));
  const list = shares?.list.map((share) => ({ ...share, wanted: share.bound.map((b) => shared.wanted(b, step)) }));
  const all = [...bound, ...(shares?.list.flatMap((x) => x.bound) ?? [])];
  const stores = (write: boolean) => all.flatMap((b) => (b.write === write ? [b.store.node] : []));
  // What is written over was read first.
  const old = all.flatMap((b) => (b.write ? (olds.get(b.store) ?? []) : []));
  const cost = costOf({ nodes, reads: [...stores(false), ...old], stores: stores(true).map(written) });
  const told = { ...shared.block(params), cost, about: [...new Set(about)].join("; "), dispatch };
  return { kernel, ...told, wanted, shares: shares && { each: shares.each, list: list! } };
}

/** The kernels of a program and their plan for devices that can do what the target says. The same program gives the same text. */
export function renderWgsl(given: Program, target: Target = portable): WgslProgram {
  const { kernels, memory } = fuse(primitives(given), mostBuffers);
  const { drafts, inPlace } = drafted(kernels, memory, target);
  const olds = new Map(inPlace.flatMap(([old, fresh]) => (isPut(fresh.node) ? [] : [[fresh, old.node] as const])));
  const shared = new Shared();
  const steps = drafts.map((draft, step) => stepOf(draft, step, shared, olds));
  const placeOf = new Map([...shared.lives.keys()].map((node, i) => [node, i]));
  const memoryOf = (x: Wanted): Memory => ("memory" in x ? x.memory : { temporary: placeOf.get(x.temporary)!, write: x.write });
  const plan: WgslPlan = {
    schema: 1,
    blocks: [...shared.blocks.values()].map(({ params }) => params),
    temporaries: [...shared.lives.values()],
    inPlace: Object.fromEntries(inPlace.map(([old, fresh]) => [fresh.output!, inputOf(old.node).name])),
    steps: steps.map(({ kernel, block, cost, about, dispatch, wanted, shares }): Step => {
      const list = shares?.list.map((s) => ({ count: s.count, formula: s.formula, bindings: s.wanted.map(memoryOf) }));
      return {
        kernel,
        ...(block === undefined ? {} : { block }),
        bindings: wanted.map(memoryOf),
        dispatch,
        cost,
        about,
        ...(shares ? { shares: { each: shares.each, list: list! } } : {}),
      };
    }),
  };
  const files = [...shared.files.values()].map(({ number, body, nodes, what }) => ({
    name: `${number}.${what}`,
    code: header(given, nodes, what) + body,
  }));
  return { kernels: files, plan };
}

/** The bytes that a node takes on the device, where a truth value is a word. */
const wordsOf = ({ axes, dtype }: Node): Size => packed(countOf(axes), wordBits(dtype));

/** What storing a node writes: of a replacement in place, the part that is replaced. */
const written = (node: Node): Pick<Node, "axes" | "dtype"> => ({ axes: placesAt(node), dtype: node.dtype });

/** What stands above a kernel: what it computes, node by node, and the spec lines that it came from. */
function header(program: Program, nodes: readonly Node[], what: string): string {
  const text = new Set(
    nodes.filter((n) => n.op !== "const" && n.op !== "input").map((n) => `//   ${n.op} ${n.dtype}${readable(n.axes)}`),
  );
  const origin = originOf(program, nodes);
  return `// ${program.name}: ${what}${origin.length > 0 ? `\n// from ${origin.join(", ")}` : ""}\n${[...text].join("\n")}\n\n`;
}

/**
 * The spec lines of nodes; of those that no line wrote, such as an optimizer's update, the lines of the nearest they come from; of what is
 * handed through as it came, the lines that read it.
 */
function originOf(program: Program, nodes: readonly Node[]): string[] {
  const seen = new Set<Node>();
  for (let layer: readonly Node[] = nodes; layer.length > 0; ) {
    const lines = new Set(layer.flatMap((n) => n.origin));
    if (lines.size > 0) return [...lines].sort();
    for (const n of layer) seen.add(n);
    layer = [...new Set(layer.flatMap((n) => n.inputs))].filter((n) => !seen.has(n));
  }
  const readers = nodesOf(program).filter((n) => n.inputs.some((i) => seen.has(i)));
  return [...new Set(readers.flatMap((n) => n.origin))].sort();
}
