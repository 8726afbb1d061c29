/** A rule is a name and a rewriting of one node; a table is a name and its rules. Rules keep dtype and axes (in any order). */
import { sameAxes, typeText } from "../ir/elementwise.ts";
import { at, type Node } from "../ir/node.ts";
import type { Program } from "../ir/program.ts";
import { mapProgram, rebuilt } from "../ir/rewrite.ts";

/** One rewriting of one node. */
export interface Rule {
  /** What it does, as `x * 1 -> x`. */
  readonly name: string;
  /** The node in its place, or undefined where the rule does not apply. */
  readonly apply: (node: Node) => Node | undefined;
}

/** Rules that are applied together. */
export interface Table {
  readonly name: string;
  /** Rules by the operation they begin at. */
  readonly rules: Readonly<Record<string, readonly Rule[]>>;
}

/** A table from rules grouped by operation. */
export const table = (name: string, rules: Table["rules"]): Table => ({ name, rules });

/** One rule, by name. */
export const rule = (name: string, apply: Rule["apply"]): Rule => ({ name, apply });

function applied(node: Node, r: Rule): Node | undefined {
  const result = at(node.origin, () => r.apply(node));
  if (!result || result === node) return undefined;
  if (result.dtype !== node.dtype || !sameAxes(result, node))
    throw new Error(`the rule "${r.name}" turned ${typeText(node)} into ${typeText(result)}`);
  return result;
}

/** Applies rules everywhere until none applies. Throws when a rule changes a type, or when they never end. */
export function simplified(p: Program, tables: readonly Table[]): Program {
  const settled = new Map<Node, Node>();
  const settle = (node: Node, depth = 0): Node => {
    const known = settled.get(node);
    if (known) return known;
    if (depth > 200) throw new Error(`rewriting ${node.op} does not end`);
    let result = node;
    search: for (const t of tables)
      for (const r of t.rules[node.op] ?? []) {
        const next = applied(node, r);
        if (!next) continue;
        result = rebuilt([next], (n) => settle(n, depth + 1), next === node ? [] : leaves(next, settled)).get(next)!;
        break search;
      }
    settled.set(node, result);
    settled.set(result, result);
    return result;
  };
  return mapProgram(p, (node) => settle(node));
}

/** The nearest nodes below a root that need no more rewriting. */
function leaves(root: Node, settled: ReadonlyMap<Node, Node>): Node[] {
  const found: Node[] = [];
  const seen = new Set<Node>();
  const walk = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (settled.get(node) === node) found.push(node);
    else for (const i of node.inputs) walk(i);
  };
  walk(root);
  return found;
}
