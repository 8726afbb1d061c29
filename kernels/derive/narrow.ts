/**
 * What a step keeps is more than a token may see: places of a cache that another row fills, and other branches of a tree of
 * tokens. Where the model's own mask does not say so already, the presence of its softmaxes is narrowed.
 */
import { and } from "../ir/elementwise.ts";
import { hasAxis, make, type Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { constant, constantValue, input } from "../ir/source.ts";
import { maskOf } from "../ops/attention-mask.ts";
import { decompose } from "../ops/decompose.ts";

const normalised = new Set(["softmax", "logSoftmax", "logSumExp"]);
/** Attentions that were recognised already: their softmax must be seen. */
const fused = new Set(["attention", "scoreLogSumExp"]);
const movers = new Set(["rename", "split", "merge", "expand", "squeeze", "cast", "cached"]);

/** The input that stands for what is visible along a twin until the step says what that is. */
const stand = (twin: string): string => `visible ${twin}`;

/** The twin that an input made by `narrowed` stands for. */
export const standsFor = (name: string): string | undefined => (name.startsWith("visible ") ? name.slice(8) : undefined);

/** Whether no token sees one that comes after it, whatever else it does not see. */
function looksBack(present: Node, twin: string): boolean {
  const mask = maskOf(present, twin);
  return mask.causal !== undefined && mask.prefix === undefined && constantValue(mask.causal.offset) === 0;
}

/** Whether what is not visible counts as nothing in a node: it is a share of what is, or that times something. */
function weighed(node: Node, twin: string): boolean {
  if (node.op === "softmax") return (node.attrs.over as string[]).includes(twin);
  if (node.op === "mul") return node.inputs.some((i) => weighed(i, twin));
  return movers.has(node.op) && weighed(node.inputs[0]!, twin);
}

/** Throws where something is summed along a twin that no softmax weighs: nothing says there what a branch does not see. */
function checked(p: Program, twins: ReadonlySet<string>): void {
  for (const node of nodesOf(p)) {
    if (normalised.has(node.op)) continue;
    for (const twin of (node.attrs.over as string[] | undefined) ?? [])
      if (twins.has(twin) && !node.inputs.some((i) => weighed(i, twin)))
        throw new Error(`${node.op} along ${twin} counts tokens of other branches: ${p.name} cannot be verified as a tree`);
  }
}

/** The program with presences narrowed to what is visible, by inputs of their own: all of them for a tree, else where a mask looks ahead. */
export function narrowed(given: Program, text: string, twins: ReadonlySet<string>, tree: boolean): Program {
  const p = decompose(given, (op) => !fused.has(op.name));
  if (tree) checked(p, twins);
  const size = nodesOf(p).flatMap((n) => n.axes.filter((a) => a.name === text))[0]!.size;
  return mapProgram(p, (node) => {
    if (!normalised.has(node.op)) return node;
    const twin = (node.attrs.over as string[]).find((name) => twins.has(name));
    const [x, present] = node.inputs;
    if (!twin || !hasAxis(x!, text)) return node;
    if (!tree && present && looksBack(present, twin)) return node;
    const visible = input(stand(twin), "data", "bool", [
      { name: text, size },
      { name: twin, size },
    ]);
    return make(node.op, [x!, and(present ?? constant(1, "bool"), visible)], node.attrs);
  });
}
