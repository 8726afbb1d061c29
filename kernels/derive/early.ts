/**
 * Where only some places of a text are read, only those are computed: a gather along the text's axis moves towards the inputs
 * through operations that work place by place, as far as nothing else reads their results. The values stay the same.
 */
import { gather } from "../ir/lookup.ts";
import { type Attrs, type Axis, at, hasAxis, make, type Node, namesOf } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { expand } from "../ir/shape.ts";
import { parallel } from "./sink.ts";

/** Operations that work place by place besides those that a cache sinks through. */
const others = ["logSoftmax", "logSumExp", "mean", "argmax", "reduceMax", "reduceMin", "attention", "scoreLogSumExp"];
const works = new Set([...others, "concat", "slice", "pad"]);

/** What is read along an axis: the gathers of one index. */
interface Reading {
  readonly axis: string;
  readonly index: Node;
  readonly gathers: readonly Node[];
}

function readings(nodes: readonly Node[], axes: readonly string[]): Reading[] {
  const groups = Map.groupBy(
    nodes.filter((n) => n.op === "gather" && axes.includes(n.attrs.axis as string) && n.inputs[0]!.op !== "input"),
    (n) => n.inputs[1]!,
  );
  return [...groups].map(([index, gathers]) => ({ axis: gathers[0]!.attrs.axis as string, index, gathers }));
}

/** The nodes that only the gathers need, and that can be computed at the gathered places alone. */
function inside({ axis, index, gathers }: Reading, nodes: readonly Node[], kept: ReadonlySet<Node>): Set<Node> {
  const users = new Map<Node, Node[]>();
  for (const n of nodes) for (const i of n.inputs) users.set(i, [...(users.get(i) ?? []), n]);
  const names = [axis, ...namesOf(index.axes)];
  const found = new Set<Node>();
  for (const node of nodes.toReversed()) {
    if (!hasAxis(node, axis) || kept.has(node) || node.op === "input") continue;
    const only = (users.get(node) ?? []).every((u) => found.has(u) || (gathers.includes(u) && u.inputs[0] === node));
    const can = node.op === "expand" || node.op === "iota" || names.every((name) => parallel(node, name, works));
    if (only && can) found.add(node);
  }
  return found;
}

function moved(p: Program, reading: Reading): Program {
  const { axis, index, gathers } = reading;
  const nodes = nodesOf(p);
  const region = inside(reading, nodes, new Set(p.outputs.map((o) => o.node)));
  const made = new Map<Node, Node>();
  /** A node at the places read only. */
  const placed = (node: Node, rest: (n: Node) => Node): Node => {
    if (!hasAxis(node, axis)) return rest(node);
    const known = made.get(node);
    if (known) return known;
    const result = at(node.origin, () => {
      if (node.op === "iota") return rest(index);
      if (!region.has(node)) return gather(rest(node), rest(index), axis);
      if (node.op === "expand") return spread(node, placed(node.inputs[0]!, rest), rest(index), axis);
      return make(
        node.op,
        node.inputs.map((i) => placed(i, rest)),
        node.attrs as Attrs,
      );
    });
    made.set(node, result);
    return result;
  };
  const become = new Map<Node, Node>();
  return mapProgram(p, (now, was) => {
    const result = gathers.includes(was) ? placed(was.inputs[0]!, (n) => become.get(n) ?? n) : now;
    become.set(was, result);
    return result;
  });
}

/** An expansion onto the places read: along the axes of the index instead of the axis. */
function spread(node: Node, x: Node, index: Node, axis: string): Node {
  const wanted = (node.attrs.axes as readonly Axis[]).flatMap((a) => (a.name === axis ? index.axes : [a]));
  const seen = new Set(namesOf(x.axes));
  return expand(
    x,
    wanted.filter((a) => !seen.has(a.name) && seen.add(a.name)),
  );
}

/** The program with what is read along `axes` (texts) computed at the places read, as far down as nothing else reads it. */
export function early(p: Program, axes: readonly string[]): Program {
  let result = p;
  for (let i = 0; ; i++) {
    const reading = readings(nodesOf(result), axes)[i];
    if (!reading) return result;
    result = moved(result, reading);
  }
}
