/**
 * Recognition: formulas of a whole program that are known operations, where nothing else reads what lies between. A rule sees
 * who reads a node, so it never makes twice what is stored anyway. Knows no formulas.
 */
import { sameAxes, typeText } from "../ir/elementwise.ts";
import { at, type Node } from "../ir/node.ts";
import { nodesOf, type Program } from "../ir/program.ts";
import { mapProgram, withInputs } from "../ir/rewrite.ts";

/** Who reads a node: nodes of the program, and its outputs by name. */
export type Readers = (node: Node) => readonly (Node | string)[];

/** One formula: the node in place of one at which it ends, or undefined. */
export interface Recognition {
  readonly name: string;
  readonly apply: (node: Node, readers: Readers) => Node | undefined;
}

/** Formulas that are looked for together, by the operation at which they end. */
export interface Formulas {
  readonly name: string;
  readonly rules: Readonly<Record<string, readonly Recognition[]>>;
}

/** Who reads each node of a program. */
export function readersOf(p: Program): Readers {
  const readers = new Map<Node, (Node | string)[]>();
  const read = (node: Node, by: Node | string): void => {
    const list = readers.get(node);
    if (list) list.push(by);
    else readers.set(node, [by]);
  };
  for (const node of nodesOf(p)) for (const input of new Set(node.inputs)) read(input, node);
  for (const o of p.outputs) read(o.node, o.name);
  return (node) => readers.get(node) ?? [];
}

/** Replaces what formulas recognise; each is looked for in the program as it is given. */
export function recognised(p: Program, tables: readonly Formulas[]): Program {
  const readers = readersOf(p);
  const instead = new Map<Node, Node>();
  for (const node of nodesOf(p))
    for (const r of tables.flatMap((t) => t.rules[node.op] ?? [])) {
      const result = at(node.origin, () => r.apply(node, readers));
      if (!result) continue;
      if (result.dtype !== node.dtype || !sameAxes(result, node))
        throw new Error(`"${r.name}" turned ${typeText(node)} into ${typeText(result)}`);
      instead.set(node, result);
      break;
    }
  if (instead.size === 0) return p;
  const become = new Map<Node, Node>();
  const made = (node: Node): Node => {
    let result = become.get(node);
    if (!result) {
      const other = instead.get(node);
      result = other ? made(other) : withInputs(node, node.inputs.map(made));
      become.set(node, result);
    }
    return result;
  };
  // In order, so that a deep program needs no deep stack.
  for (const node of nodesOf(p)) made(node);
  return mapProgram(p, (_, was) => made(was));
}
