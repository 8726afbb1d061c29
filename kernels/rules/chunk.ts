/**
 * Chunking: what is as large as scores is computed slice by slice, each slice after the one before, so that no more than one is
 * ever there: along a vocabulary always, along heads where a program has a budget that the scores of attention would take up.
 * For engines without fused kernels. Values stay the same.
 *
 * The waiting is needed: onnxruntime runs nodes depth first from the last output, whatever order a graph lists them in, so that
 * without it the scores of many slices are alive at once. Measured over 2,048 rows and 32,768 words (268 MB of logits; the
 * gradient of the table alone is 34 MB): 1,090 MB whole, 413 MB in slices, 175 MB in slices that wait, each in the same time.
 */
import { add } from "../ir/elementwise.ts";
import { type Axis, at, axisOf, hasAxis, make, type Node } from "../ir/node.ts";
import { type Memory, nodesOf, type Program } from "../ir/program.ts";
import { mapProgram, withInputs } from "../ir/rewrite.ts";
import { concat, slice, stack } from "../ir/shape.ts";
import { evaluate, symbolsOf, times } from "../ir/size.ts";
import { after } from "../ops/after.ts";
import { logSumExp } from "../ops/logsumexp.ts";
import { type ScoreAttrs, scoreAxes } from "../ops/score-logsumexp.ts";
import { isPointwise } from "./pointwise.ts";
import { type Readers, readersOf } from "./recognise.ts";

/** An axis of constant size and the slices in which it is gone through; the axes of scores, which what is large has too. */
interface Slices {
  readonly axis: Axis;
  readonly parts: readonly { readonly start: number; readonly size: number }[];
  readonly scores: readonly Axis[];
}

/** At most so many places of a vocabulary at once: 8 KiB of a row, a few MiB of a batch, as much as a cache may hold. */
const width = 2048;

function slicesOf(axis: Axis, most: number, scores: readonly Axis[]): Slices {
  const total = axis.size as number;
  const parts: Slices["parts"][number][] = [];
  for (let start = 0; start < total; start += most) parts.push({ start, size: Math.min(most, total - start) });
  return { axis, parts, scores };
}

const part = (x: Node, { axis, parts }: Slices, i: number): Node =>
  hasAxis(x, axis.name) ? slice(x, axis.name, parts[i]!.start, parts[i]!.size) : x;

/** A node as what its slices give, each made after the one before: sums of a vocabulary added up, heads side by side. */
function sliced(node: Node, slices: Slices): Node {
  const made: Node[] = [];
  for (let i = 0; i < slices.parts.length; i++) {
    const [q, ...rest] = node.inputs.map((x) => part(x, slices, i)) as [Node, ...Node[]];
    const before = made.at(-1);
    made.push(make(node.op, [before ? after(q, before) : q, ...rest], node.attrs));
  }
  if (slices.axis.name !== (node.attrs as ScoreAttrs).along) return concat(made, slices.axis.name);
  const name = `${slices.axis.name}.part`;
  return logSumExp(stack(made, name), [name]);
}

/** Nodes as large as scores that hang together, and who reads them from outside. */
interface Region {
  readonly nodes: readonly Node[];
  readonly exits: readonly Node[];
}

const isLarge = (node: Node, { scores }: Slices): boolean => scores.every((a) => axisOf(node, a.name)?.size === a.size);

const overOf = (node: Node): readonly string[] => node.attrs.over as readonly string[];

/** Whether a node may be computed slice by slice: place by place, or a product that keeps the axis. */
const slicesWell = (node: Node, { axis }: Slices): boolean =>
  isPointwise(node.op) || (node.op === "contract" && !overOf(node).includes(axis.name));

/** Whether a reader takes slices: it sums over the axis, or keeps it and is small. */
const takesSlices = (node: Node | string, { axis }: Slices): node is Node =>
  typeof node !== "string" &&
  (node.op === "sum" || node.op === "contract") &&
  (overOf(node).includes(axis.name) || hasAxis(node, axis.name));

/** The large nodes that hang together with one, and their readers; undefined where they cannot be sliced. */
function regionOf(start: Node, slices: Slices, readers: Readers): Region | undefined {
  const nodes = new Set<Node>([start]);
  const exits = new Set<Node>();
  for (const node of nodes) {
    if (!slicesWell(node, slices)) return undefined;
    for (const i of node.inputs) if (isLarge(i, slices)) nodes.add(i);
    for (const r of readers(node)) {
      if (typeof r !== "string" && isLarge(r, slices)) nodes.add(r);
      else if (takesSlices(r, slices)) exits.add(r);
      else return undefined;
    }
  }
  return { nodes: [...nodes], exits: [...exits] };
}

/** Whether a region needs what its own exits give: then it has no one pass. */
function circles({ nodes, exits }: Region, order: readonly Node[]): boolean {
  const below = new Set<Node>(exits);
  for (const node of order) if (node.inputs.some((i) => below.has(i))) below.add(node);
  return nodes.some((n) => below.has(n));
}

/** What a region's exits become: sums of the slices' sums, or the slices' results side by side. */
function exitsOf(region: Region, slices: Slices, order: readonly Node[], become: (node: Node) => Node): Map<Node, Node> {
  const inside = new Set(region.nodes);
  const nodes = order.filter((n) => inside.has(n));
  const isRoot = (n: Node): boolean => !n.inputs.some((i) => inside.has(i));
  const waits = nodes.flatMap((n) => (isRoot(n) ? [] : n.inputs.filter((i) => !inside.has(i)))).map(become);
  const sums = new Map<Node, Node>();
  const rows = new Map<Node, Node[]>(region.exits.map((e) => [e, []]));
  let before: readonly Node[] = [...new Set(waits)].filter((n) => n.op !== "const" && n.op !== "input");
  for (let i = 0; i < slices.parts.length; i++) {
    const here = new Map<Node, Node>();
    const operand = (x: Node): Node => here.get(x) ?? part(become(x), slices, i);
    for (const node of nodes) {
      const waiting = isRoot(node) && before.length > 0 ? node.inputs[0] : undefined;
      const inputs = node.inputs.map((x) => (x === waiting ? after(operand(x), ...before) : operand(x)));
      here.set(
        node,
        at(node.origin, () => make(node.op, inputs, node.attrs)),
      );
    }
    before = region.exits.map((exit) => {
      const own = at(exit.origin, () => make(exit.op, exit.inputs.map(operand), exit.attrs));
      if (!overOf(exit).includes(slices.axis.name)) {
        rows.get(exit)!.push(own);
        return own;
      }
      const sum = sums.get(exit);
      sums.set(exit, sum ? add(sum, own) : own);
      return sums.get(exit)!;
    });
  }
  return new Map(region.exits.map((e) => [e, sums.get(e) ?? concat(rows.get(e)!, slices.axis.name)]));
}

/** The axes of a node's scores. */
const scoresOf = (node: Node): readonly Axis[] =>
  scoreAxes(node.op, node.inputs, node.attrs as ScoreAttrs, node.op === "attention" ? 3 : 2);

/** The share of a budget that the scores of one attention may take: several are alive at once, with their gradients. */
const share = 8;

/** How the scores of a node are sliced, if they are: along a long vocabulary; along heads where they would take up the budget. */
function worth(node: Node, memory: Memory | undefined): Slices | undefined {
  if (node.op !== "scoreLogSumExp" && node.op !== "attention") return undefined;
  const scores = scoresOf(node);
  const along = scores.find((a) => a.name === (node.attrs as ScoreAttrs).along)!;
  if (node.op === "scoreLogSumExp" && typeof along.size === "number" && along.size >= 4 * width)
    return slicesOf(along, width, scores);
  const [q, k] = node.inputs as [Node, Node];
  const heads = q.axes.find(
    (a) => typeof a.size === "number" && a.size > 1 && hasAxis(k, a.name) && scores.some((x) => x.name === a.name),
  );
  if (!memory || !heads) return undefined;
  const symbols = scores.flatMap((a) => symbolsOf(a.size)).map((s) => [s, memory.sizes[s] ?? 64] as const);
  const bytes = 4 * evaluate(times(...scores.map((a) => a.size)), Object.fromEntries(symbols));
  const parts = Math.min(heads.size as number, Math.ceil((bytes * share) / memory.bytes));
  return parts > 1 ? slicesOf(heads, Math.ceil((heads.size as number) / parts), scores) : undefined;
}

/** The regions of a program that hang below the slices found in it, by their exits. */
function regionsOf(order: readonly Node[], found: Iterable<Slices>, readers: Readers): Map<Node, Chunk> {
  const regions = new Map<Node, Chunk>();
  for (const slices of found) {
    const seen = new Set<Node>();
    for (const node of order) {
      if (seen.has(node) || !isLarge(node, slices)) continue;
      const region = regionOf(node, slices, readers);
      for (const n of region?.nodes ?? [node]) seen.add(n);
      if (region && !circles(region, order)) for (const exit of region.exits) regions.set(exit, { region, slices });
    }
  }
  return regions;
}

interface Chunk {
  readonly region: Region;
  readonly slices: Slices;
}

/** A program whose scores over long axes, and what their gradient is made of, are computed in slices. */
export function chunked(p: Program): Program {
  const order = nodesOf(p);
  const sums = new Map<Node, Slices>();
  for (const node of order) {
    const slices = worth(node, p.memory);
    if (slices) sums.set(node, slices);
  }
  if (sums.size === 0) return p;
  const axes = new Map([...sums.values()].map((s) => [JSON.stringify([s.axis, s.scores]), s]));
  const regions = regionsOf(order, axes.values(), readersOf(p));
  const inside = new Set([...regions.values()].flatMap(({ region }) => region.nodes));
  const become = new Map<Node, Node>();
  const made = (node: Node): Node => {
    if (!become.has(node)) {
      const chunk = regions.get(node);
      if (chunk) for (const [exit, sum] of exitsOf(chunk.region, chunk.slices, order, made)) become.set(exit, sum);
      else {
        const now = withInputs(node, node.inputs.map(made));
        const slices = sums.get(node);
        become.set(node, slices ? at(node.origin, () => sliced(now, slices)) : now);
      }
    }
    return become.get(node)!;
  };
  for (const node of order) if (!inside.has(node)) made(node);
  return mapProgram(p, (node, was) => (inside.has(was) ? node : become.get(was)!));
}
