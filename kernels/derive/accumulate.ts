/**
 * A loss over a batch in parts of it: what the trained weights do not decide (counts, means of rewards, whitening) is computed over
 * the whole batch first, and the rest is made a sum over the parts. Losses and gradients of the parts add up to those of the batch.
 */
import { add, cast, mul } from "../ir/elementwise.ts";
import { type Axis, at, type Node, namesOf } from "../ir/node.ts";
import { inputOf, nodesOf, type Output, output, type Program, program, topological } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { rebuilt, withInputs } from "../ir/rewrite.ts";
import { divide, type Size, symbolsOf } from "../ir/size.ts";
import { input, iota, sizeOf } from "../ir/source.ts";
import { decompose } from "../ops/decompose.ts";

/** What is split, and how the programs are named. */
export interface Splitting {
  readonly names: { readonly whole: string; readonly part: string };
  /** The symbol that counts the rows of a batch. */
  readonly rows: string;
  /** Which weights are trained, by path. */
  readonly trained: (path: string) => boolean;
}

/**
 * `whole` gives `whole.n` over the batch; absent when nothing is needed. `part` takes these, the rows of a part, the scalars `first`
 * (the part's first row in the batch, i32) and `part` (its share of the rows), and gives outputs that add up to the batch's.
 */
export interface Parts {
  readonly whole: Program | undefined;
  readonly part: Program;
}

const linear = new Set(["neg", "rename", "split", "merge", "squeeze", "expand", "slice", "sum", "cast"]);
const products = new Set(["mul", "div", "contract"]);

class Reading {
  readonly splitting: Splitting;
  /** Nodes that trained weights decide. */
  private readonly moved = new Set<Node>();
  /** Nodes that depend on more than one row. */
  private readonly global = new Set<Node>();
  /** Nodes whose values over the parts add up to the batch's. */
  private readonly sums = new Set<Node>();
  /** Whether all that the loss sees of the batch is sums. */
  additive = true;

  constructor(p: Program, splitting: Splitting) {
    this.splitting = splitting;
    for (const node of nodesOf(p)) this.note(node);
  }

  private batched = (size: Size): boolean => symbolsOf(size).includes(this.splitting.rows);

  hasRows(node: Node): boolean {
    return node.axes.some((a) => this.batched(a.size));
  }

  /** Whether an operation looks at several rows at once. */
  private mixes(node: Node): boolean {
    if (node.op === "size") return this.batched(node.attrs.size as Size);
    const lost = (names: readonly string[]) =>
      node.inputs.some((i) => i.axes.some((a) => names.includes(a.name) && this.batched(a.size)));
    const { over = [], axis, from = [] } = node.attrs as { over?: string[]; axis?: string; from?: string[] };
    if (node.op === "split" || node.op === "merge" || node.op === "rename") return false;
    return lost(over) || (axis !== undefined && lost([axis])) || (node.op === "scatterAdd" && lost(from));
  }

  private note(node: Node): void {
    const trained = node.op === "input" && inputOf(node).role === "weight" && this.splitting.trained(inputOf(node).name);
    const moved = trained || (node.op !== "stop" && node.inputs.some((i) => this.moved.has(i)));
    if (moved) this.moved.add(node);
    if (this.mixes(node) || node.inputs.some((i) => this.global.has(i))) this.global.add(node);
    if (!moved) return;
    const summed = node.inputs.filter((i) => this.sums.has(i));
    if (this.mixes(node)) {
      if (summed.length > 0 || (node.op !== "sum" && node.op !== "contract")) this.additive = false;
      else this.sums.add(node);
      return;
    }
    if (summed.length === 0) return;
    const others = node.inputs.filter((i) => this.moved.has(i) && !this.sums.has(i));
    const alone = summed.length === 1 && others.length === 0;
    const divides = node.op === "div" && this.moved.has(node.inputs[1]!);
    const works =
      linear.has(node.op) ||
      node.op === "add" ||
      node.op === "sub" ||
      (products.has(node.op) && alone && !divides) ||
      (node.op === "select" && !this.moved.has(node.inputs[0]!));
    if (this.hasRows(node) || !works || others.some((i) => this.hasRows(i))) this.additive = false;
    else this.sums.add(node);
  }

  isSum = (node: Node): boolean => this.sums.has(node);

  /** Numbers of the whole batch that no trained weight decides. */
  isWhole = (node: Node): boolean => this.global.has(node) && !this.moved.has(node) && !this.hasRows(node);
}

/** Positions of rows within the batch, where a part begins at its row `first`. */
function offset(node: Node, rows: string): Node {
  const [along] = node.axes as [Axis];
  const each = divide(along.size, rows) ?? 1;
  const first = input("first", "scalar", "i32", []);
  return add(iota(along), each === 1 ? first : mul(first, sizeOf(each, "i32")));
}

/**
 * A loss (with metrics) in parts; undefined where it is no sum over rows (contrast within a batch). Metrics that are no sums either
 * come as the parts' mean.
 */
export function inParts(given: Program, splitting: Splitting): Parts | undefined {
  const batched = (size: Size) => symbolsOf(size).includes(splitting.rows);
  const p = decompose(given, (_, node) => {
    const over = (node.attrs.over ?? []) as readonly string[];
    return !node.inputs.some((i) => i.axes.some((a) => over.includes(a.name) && batched(a.size)));
  });
  const loss = p.outputs.find((o) => o.role === "loss");
  // Metrics may be anything: only what the loss needs must add up.
  const reading = new Reading(program("loss", loss ? [loss] : []), splitting);
  const metrics = new Reading(p, splitting);
  if (!loss || !reading.additive || !reading.isSum(loss.node)) return undefined;
  const share = input("part", "scalar", "f32", []);
  const found = new Map<Node, Node>();
  const stand = (node: Node): Node => {
    const name = `whole.${found.size + 1}`;
    const made = found.get(node) ?? input(name, "data", node.dtype, node.axes);
    found.set(node, made);
    return made;
  };
  const frontier = new Set(nodesOf(p).flatMap((n) => (metrics.isWhole(n) ? [] : n.inputs.filter(metrics.isWhole))));
  const change = (now: Node, was: Node): Node => {
    if (frontier.has(was)) return stand(was);
    if (was.op === "iota" && was.axes.some((a) => batched(a.size))) return offset(was, splitting.rows);
    if ((was.op !== "add" && was.op !== "sub") || !metrics.isSum(was)) return now;
    // What is no sum stands in every part: each takes its share.
    const inputs = now.inputs.map((i, k) => (metrics.isSum(was.inputs[k]!) ? i : mul(i, share)));
    return withInputs(now, inputs);
  };
  const roots = p.outputs.map((o) => o.node);
  const become = rebuilt(roots, change);
  const outputs = p.outputs.map((o): Output => {
    if (metrics.isWhole(o.node)) return { ...o, node: mul(cast(stand(o.node), "f32"), share) };
    const node = become.get(o.node)!;
    return { ...o, node: metrics.isSum(o.node) ? node : mul(cast(node, "f32"), share) };
  });
  const kept = [...found].filter(([, made]) => topological(outputs.map((o) => o.node)).includes(made));
  if (kept.some(([node]) => node.axes.some((a) => typeof a.size !== "number"))) return undefined;
  const whole = kept.map(([node, made]) => output(inputOf(made).name, "value", node, namesOf(made.axes)));
  // Counts of rows alone read no input, and something must tell how many rows there are.
  const tells = topological(whole.map((o) => o.node)).some((n) => n.op === "input" && n.axes.some((a) => batched(a.size)));
  const [rows] = p.inputs.filter((n) => inputOf(n).role === "data" && n.axes.some((a) => batched(a.size)));
  if (whole.length > 0 && !tells && rows) {
    const told = at(whole[0]!.node.origin, () => sum(cast(rows, "f32"), namesOf(rows.axes)));
    whole.push(output("whole.0", "value", told));
  }
  return {
    whole: whole.length > 0 ? program(splitting.names.whole, whole, p.inputs) : undefined,
    part: program(splitting.names.part, outputs, p.inputs),
  };
}
