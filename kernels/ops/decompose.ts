/** What a renderer has no form for is written with what it has. */
import type { Node } from "../ir/node.ts";
import type { Program } from "../ir/program.ts";
import { mapProgram, rebuilt } from "../ir/rewrite.ts";
import type { Op } from "./op.ts";
import { lowered, opOf } from "./table.ts";

/** Replaces every composed operation for which `keep` is false by its lowering, all the way down. */
export function decompose(p: Program, keep: (op: Op, node: Node) => boolean): Program {
  const down = (node: Node): Node => {
    const op = opOf(node.op);
    if (!op.lower || keep(op, node)) return node;
    const root = lowered(node)!;
    return rebuilt([root], down, node.inputs).get(root)!;
  };
  return mapProgram(p, down);
}
