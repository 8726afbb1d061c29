/** Spreading along an axis is free where an operation broadcasts by name, so it is put off as long as possible. */
import { mul } from "../ir/elementwise.ts";
import { type Axis, hasAxis, make, type Node, namesOf } from "../ir/node.ts";
import { contract, sum } from "../ir/reduce.ts";
import { expand } from "../ir/shape.ts";
import { times } from "../ir/size.ts";
import { sizeOf } from "../ir/source.ts";
import { pointwiseOps } from "./pointwise.ts";
import { rule, table } from "./rule.ts";

const added = (node: Node): readonly Axis[] => node.attrs.axes as readonly Axis[];

const late = rule("f(expand(x), y) -> f(x, y), expanded where still needed", (node) => {
  if (!node.inputs.some((i) => i.op === "expand")) return undefined;
  const result = make(
    node.op,
    node.inputs.map((i) => (i.op === "expand" ? i.inputs[0]! : i)),
    node.attrs,
  );
  return expand(
    result,
    node.axes.filter((a) => !hasAxis(result, a.name)),
  );
});

const expanded = rule("expand(expand(x)) -> expand(x)", (node) => {
  const [x] = node.inputs;
  return x!.op === "expand" ? expand(x!.inputs[0]!, [...added(node), ...added(x!)]) : undefined;
});

const summed = rule("sum(expand(x)) -> x * size", (node) => {
  const [x] = node.inputs;
  if (x!.op !== "expand") return undefined;
  const over = node.attrs.over as readonly string[];
  const gone = added(x!).filter((a) => over.includes(a.name));
  if (gone.length === 0) return undefined;
  const kept = expand(
    x!.inputs[0]!,
    added(x!).filter((a) => !over.includes(a.name)),
  );
  const rest = sum(
    kept,
    over.filter((name) => !gone.some((a) => a.name === name)),
  );
  return mul(rest, sizeOf(times(...gone.map((a) => a.size)), x!.dtype));
});

const contracted = rule("contract(expand(x), y) -> contract(x, sum(y)), expanded where still needed", (node) => {
  const over = node.attrs.over as readonly string[];
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const [x, y] = [node.inputs[i]!, node.inputs[j]!];
    if (x.op !== "expand") continue;
    const alone = over.filter((name) => added(x).some((a) => a.name === name));
    const rest = sum(y, alone);
    const kept = over.filter((name) => !alone.includes(name));
    const inner = x.inputs[0]!;
    const result = i === 0 ? contract(inner, rest, kept) : contract(rest, inner, kept);
    return expand(
      result,
      node.axes.filter((a) => !hasAxis(result, a.name)),
    );
  }
  return undefined;
});

const renamed = rule("rename(expand(x)) -> expand(rename(x))", (node) => {
  const [x] = node.inputs;
  if (x!.op !== "expand") return undefined;
  const [from, to] = [node.attrs.from as string[], node.attrs.to as string[]];
  const name = (n: string) => to[from.indexOf(n)] ?? n;
  const inner = x!.inputs[0]!;
  const own = namesOf(inner.axes).filter((n) => from.includes(n));
  const below = own.length === 0 ? inner : make("rename", [inner], { from: own, to: own.map(name) });
  return expand(
    below,
    added(x!).map((a) => ({ name: name(a.name), size: a.size })),
  );
});

/** Puts spreading off. */
export const spreading = table("spreading", {
  ...Object.fromEntries(pointwiseOps.map((op) => [op, [late]])),
  expand: [expanded],
  sum: [summed],
  contract: [contracted],
  rename: [renamed],
});
