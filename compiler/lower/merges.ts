// Which merges of weights the recipes call, and how many weights each list holds: one program of one tensor for each such call.
import type { Callable, Expr, Node } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { MathContext } from "../math/door.ts";
import { mergeProgram } from "./merge.ts";
import type { LoweredProgram } from "./model.ts";

/** Every node inside a node, outermost first. */
function* nodes(node: unknown): Generator<Node> {
  if (Array.isArray(node)) for (const item of node) yield* nodes(item);
  else if (node && typeof node === "object") {
    if ("kind" in node) yield node as Node;
    for (const [key, value] of Object.entries(node)) if (key !== "span" && typeof value === "object") yield* nodes(value);
  }
}

/** The programs of all merges, named `merge.<fn>`, with the lengths of its lists behind it: `merge.slerp.3`. */
export function mergePrograms(checked: Checked, context: MathContext): LoweredProgram[] {
  const found = new Map<string, LoweredProgram>();
  for (const recipe of checked.modules.flatMap((m) => [...m.declarations.values()]).filter((d) => d.word === "train")) {
    for (const node of nodes(recipe.node)) {
      if (node.kind !== "Call" || node.callee.kind !== "Name") continue;
      const entity = checked.resolved(node.callee);
      const type = checked.typeOf(node).kind;
      if (entity?.entity !== "declaration" || entity.node.kind !== "Callable" || entity.node.word !== "fn" || entity.node.extern)
        continue;
      if (type !== "weights" && type !== "model") continue;
      const args = checked.call(node)?.args ?? new Map();
      for (const counts of choices(entity.node, (name) => lengths(checked, recipe.node, args.get(name)?.value))) {
        const name = ["merge", entity.name, ...counts.values()].join(".");
        const program = found.has(name) ? undefined : mergeProgram(context, entity.node, counts);
        if (program) found.set(name, { program: { ...program, name }, feeds: {} });
      }
    }
  }
  return [...found.values()];
}

/** A merge that the checked spec's modules declare, for lists of so many weights; undefined where none has the name, and after a fault. */
export function declaredMerge(checked: Checked, context: MathContext, name: string, runs: number): LoweredProgram | undefined {
  const node = checked.modules.map((m) => m.declarations.get(name)?.node).find((found) => found !== undefined);
  if (node?.kind !== "Callable" || node.word !== "fn" || node.extern) return undefined;
  const [counts] = choices(node, () => [runs]);
  const program = mergeProgram(context, node, counts!);
  return program && { program: { ...program, name: `merge.${name}.${runs}` }, feeds: {} };
}

/** Each way in which the lists of a call may be long, by parameter in the declaration's order. */
function choices(decl: Callable, of: (name: string) => readonly number[]): ReadonlyMap<string, number>[] {
  let all: ReadonlyMap<string, number>[] = [new Map()];
  for (const { name, type } of decl.params ?? []) {
    const listed = type?.kind === "NamedType" && type.name.text === "List";
    const stacked = type?.kind === "TensorType" && type.axes.length === 2;
    if (listed || stacked) all = all.flatMap((counts) => of(name.text).map((n) => new Map([...counts, [name.text, n]])));
  }
  return all;
}

type Open = { readonly recipe: Callable; readonly name: string };

/** The parameter of a sub-recipe that an expression is. */
function parameterOf(recipe: unknown, value: Expr): Open | undefined {
  const node = recipe as Callable;
  const place = value.kind === "Name" ? (node.params ?? []).findIndex((p) => p.name.text === value.text) : -1;
  return place < 0 ? undefined : { recipe: node, name: node.params![place]!.name.text };
}

/** The numbers that a parameter of a sub-recipe is given: its default, and what its callers write. */
function givenTo(checked: Checked, { recipe, name }: Open): readonly number[] {
  const found = new Set<number>();
  const add = (value: Expr | undefined): void => {
    const constant = value && checked.constant(value);
    if (constant?.kind === "number") found.add(constant.value);
  };
  for (const caller of checked.modules.flatMap((m) => [...m.declarations.values()]).filter((d) => d.word === "train"))
    for (const node of nodes(caller.node)) {
      if (node.kind !== "Call" || node.callee.kind !== "Name") continue;
      const entity = checked.resolved(node.callee);
      if (entity?.entity !== "declaration" || entity.node !== recipe) continue;
      add(checked.call(node)?.args.get(name)?.value ?? recipe.params?.find((p) => p.name.text === name)?.default);
    }
  return [...found];
}

/** How long a list of weights is: as written, or as often as the `for` runs that it comes from. */
function lengths(checked: Checked, recipe: unknown, value: Expr | undefined): readonly number[] {
  if (value?.kind === "List") return [value.items.length];
  if (value?.kind === "For") {
    const open = value.over.kind === "Range" ? parameterOf(recipe, value.over.to) : undefined;
    if (open !== undefined && value.over.kind === "Range") {
      const from = checked.constant(value.over.from);
      return from?.kind === "number" ? givenTo(checked, open).map((to) => Math.max(0, to - from.value + 1)) : [];
    }
    const over = checked.constant(value.over);
    if (over?.kind === "range") return [Math.max(0, over.high - over.low + 1)];
    return over?.kind === "list" ? [over.items.length] : lengths(checked, recipe, value.over);
  }
  if (value?.kind !== "Name") return [];
  const bound = [...nodes(recipe)].filter((n) => n.kind === "Bind" && n.names.some((name) => name.text === value.text));
  return [...new Set(bound.flatMap((n) => (n.kind === "Bind" ? lengths(checked, recipe, n.value) : [])))];
}
