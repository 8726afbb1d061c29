// Rotary positions as std writes them, and their gradient, in onnxruntime's one operation.
import { expect, test } from "vitest";
import { gradients } from "../../autodiff.ts";
import { interpret } from "../../interp/interpret.ts";
import { add, cast, cos, mul, sin, sub } from "../../ir/elementwise.ts";
import { axis, type Node, namesOf } from "../../ir/node.ts";
import { type Program as Made, output, program } from "../../ir/program.ts";
import { sum } from "../../ir/reduce.ts";
import { merge, pick, split, stack } from "../../ir/shape.ts";
import { input, iota, tensor } from "../../ir/source.ts";
import { drawn } from "../../ops/drawn.ts";
import { optimized } from "../../rules/passes.ts";
import { onnxModel } from "../onnx.ts";
import { runOnnx } from "../onnx-session.ts";

const sizes = { b: 2, t: 5 };
const axes = [axis("b", "b"), axis("t", "t"), axis("h", 3), axis("k", 8)];

/** x turned, its pairs in two halves or side by side. */
function turned(x: Node, order: readonly ["p", "f"] | readonly ["f", "p"]): Node {
  const sizeOf = { p: 2, f: 4 };
  const pair = split(
    x,
    "k",
    order.map((name) => axis(name, sizeOf[name])),
  );
  const angle = mul(cast(iota(axis("t", "t")), "f32"), tensor([1, 0.3, 0.1, 0.03], [axis("f", 4)]));
  const [c, s] = [cos(angle), sin(angle)];
  const [first, second] = [pick(pair, "p", 0), pick(pair, "p", 1)];
  const a = sub(mul(first, c), mul(second, s));
  const b = add(mul(second, c), mul(first, s));
  return merge(stack([a, b], "p"), order, "k");
}

function both(order: readonly ["p", "f"] | readonly ["f", "p"]): Made {
  const x = input("x", "data", "f32", axes);
  const y = turned(x, order);
  const [g] = gradients(sum(mul(y, input("w", "data", "f32", axes)), namesOf(axes)), [x]);
  return optimized(program("p", [output("y", "value", y, namesOf(axes)), output("g", "value", g!, namesOf(axes))]));
}

for (const order of [
  ["p", "f"],
  ["f", "p"],
] as const)
  test(`turning and turning back are one operation each, pairs in the order ${order.join(" ")}`, async () => {
    const p = both(order);
    const types = onnxModel(p).nodes.map(({ type }) => type);
    expect(types.filter((type) => type === "RotaryEmbedding")).toHaveLength(2);
    expect(types.filter((type) => type === "Slice" || type === "Pad")).toEqual([]);
    const feeds = drawn(p, sizes);
    const [wanted, found] = [interpret(p, feeds, sizes), await runOnnx(p, feeds, sizes)];
    for (const name of ["y", "g"]) found[name]!.forEach((v, i) => void expect(v).toBeCloseTo(wanted[name]![i]!, 5));
  });
