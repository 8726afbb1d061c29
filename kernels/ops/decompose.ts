/** What a renderer has no form for is written with what it has. */
import type { Node } from "../ir/node.ts";
import type { Program } from "../ir/program.ts";
import { mapProgram, rebuilt } from "../ir/rewrite.ts";
import type { Op } from "./op.ts";
import { lowered, opOf } from "./table.ts";

/** Which composed operations stay as they are. */
export type Keep = (op: Op, node: Node) => boolean;

/** A composed node written in what is kept and in primitives; its inputs stay what they are. */
export function decomposedNode(node: Node, keep: Keep): Node {
  const root = lowered(node);
  if (!root) return node;
  const down = (n: Node): Node => (keep(opOf(n.op), n) ? n : decomposedNode(n, keep));
  return rebuilt([root], down, node.inputs).get(root)!;
}

/** Replaces every composed operation for which `keep` is false by its lowering, all the way down. */
export const decompose = (p: Program, keep: Keep): Program =>
  mapProgram(p, (node) => (keep(opOf(node.op), node) ? node : decomposedNode(node, keep)));
