import { expect, test } from "vitest";
import { fuse } from "./fuse.ts";
import { add, div, exp, maximum, mul, sqrt, sub } from "./ir/elementwise.ts";
import { gather } from "./ir/lookup.ts";
import { axis, type Node } from "./ir/node.ts";
import { output, program } from "./ir/program.ts";
import { contract, reduceMax, sum } from "./ir/reduce.ts";
import { merge, rename } from "./ir/shape.ts";
import { input } from "./ir/source.ts";

const [b, t, d, o] = [axis("b", "b"), axis("t", "t"), axis("d", 16), axis("o", 32)];
const x = input("x", "data", "f32", [b, t, d]);
const w = input("w", "weight", "f32", [d, o]);

/** The kernels of outputs, each as the operations that it stores. */
const kernels = (...nodes: Node[]): string[] =>
  fuse(
    program(
      "p",
      nodes.map((n, i) => output(`out${i}`, "value", n)),
    ),
  ).kernels.map((k) => k.stores.map((s) => s.node.op).join(" "));

test("a chain of elementwise operations is one kernel", () => {
  expect(kernels(exp(mul(add(x, 1), sqrt(maximum(x, 0)))))).toEqual(["exp"]);
});

test("what follows a product is computed with it, through changes of names", () => {
  const y = rename(contract(x, w, ["d"]), { o: "d" });
  expect(kernels(maximum(add(y, input("bias", "weight", "f32", [axis("d", 32)])), 0))).toEqual(["maximum"]);
});

test("softmax is three kernels: the largest, the sum, the shares", () => {
  const e = exp(sub(x, reduceMax(x, ["d"])));
  expect(kernels(div(e, sum(e, ["d"])))).toEqual(["reduceMax", "sum", "div"]);
});

test("a dear operand of a product is stored, a cheap one is read as it is", () => {
  expect(kernels(contract(exp(sqrt(x)), w, ["d"]))).toEqual(["exp", "contract"]);
  expect(kernels(contract(mul(x, 2), w, ["d"]))).toEqual(["contract"]);
  expect(kernels(contract(gather(x, input("i", "data", "i32", [axis("n", 3)]), "t"), w, ["d"]))).toEqual(["contract"]);
});

test("an optimizer's update is one kernel that writes weight and moments", () => {
  const [g, m, v] = ["g", "m", "v"].map((name) => input(name, "state", "f32", [d, o])) as [Node, Node, Node];
  const [m2, v2] = [add(mul(m, 0.9), mul(g, 0.1)), add(mul(v, 0.99), mul(mul(g, g), 0.01))];
  expect(kernels(sub(w, div(m2, add(sqrt(v2), 1e-8))), m2, v2)).toHaveLength(1);
});

test("a result that is read under other names is read where it was made", () => {
  const m = add(mul(rename(x, { t: "s", d: "e" }), 2), 1);
  const y = exp(mul(rename(m, { s: "t", e: "d" }), x));
  expect(kernels(y, m)).toHaveLength(1);
  expect(kernels(exp(mul(rename(m, { s: "d", e: "t" }), rename(x, { t: "d", d: "t" }))), m)).toHaveLength(1);
});

test("a result needed at other places is not joined to the kernel that needs it", () => {
  const y = exp(x);
  expect(kernels(y, add(y, rename(merge(y, ["t", "d"], "u"), { u: "v" })))).toEqual(["exp", "add"]);
});

test("kernels are in order, and bind no more buffers than allowed", () => {
  const parts = Array.from({ length: 40 }, (_, i) => sum(mul(input(`w${i}`, "weight", "f32", [d]), x), ["b", "t", "d"]));
  const total = parts.reduce((a, p) => add(a, p));
  const { kernels: made, memory } = fuse(program("p", [output("total", "value", total)]));
  const written = new Set<Node>([...memory.keys()].filter((n) => n.op === "input"));
  for (const k of made) {
    const reads = new Set<Node>();
    const visit = (n: Node): void => {
      for (const i of n.inputs)
        if (memory.has(i) && !k.stores.some((s) => s.node === i)) reads.add(i);
        else visit(i);
    };
    for (const s of k.stores) visit(s.node);
    expect(reads.size + k.stores.length).toBeLessThanOrEqual(8);
    for (const r of reads) expect(written.has(r)).toBe(true);
    for (const s of k.stores) written.add(s.node);
  }
});
