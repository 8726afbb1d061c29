import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { interpret } from "../interp/interpret.ts";
import { add, mul } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { axis, type Node, namesOf } from "../ir/node.ts";
import { nodesOf, output, type Program, program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { drawn } from "../ops/drawn.ts";
import { logSoftmax } from "../ops/logsoftmax.ts";
import { mean } from "../ops/mean.ts";
import { plan } from "../plan.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { chunked } from "./chunk.ts";
import { beforeGradients, optimized, targeted, through } from "./passes.ts";

const [b, t] = [axis("b", "b"), axis("t", "t")];

/** The cross entropy of labels and its gradients, optimized. */
function crossEntropy(words: number, width: number, twice = false): Program {
  const [v, d] = [axis("v", words), axis("d", width)];
  const [table, tilt] = [input("table", "weight", "f32", [v, d]), input("tilt", "weight", "f32", [v])];
  const label = input(`below${words}`, "data", "i32", [b, t]);
  const present = input("present", "data", "bool", [b, t]);
  const scored = (name: string): Node => {
    const logits = add(mul(contract(input(name, "data", "f32", [b, t, d]), table, ["d"]), 0.5), tilt);
    return gather(logSoftmax(logits, ["v"]), label, "v");
  };
  const sum = twice ? add(scored("y"), mul(scored("z"), -0.5)) : scored("y");
  const loss = program("loss", [output("loss", "loss", mul(mean(sum, ["b", "t"], present), -1))]);
  const simple = through(loss, beforeGradients);
  const wanted = simple.inputs.filter((i) => i.dtype === "f32");
  const found = gradients(simple.outputs[0]!.node, wanted);
  return optimized(
    program("gradient", [
      ...simple.outputs,
      ...found.map((g, i) => output(`g.${wanted[i]!.attrs.name}`, "value", g!, namesOf(wanted[i]!.axes))),
    ]),
  );
}

const large = (p: Program): Node[] =>
  nodesOf(p).filter((n) => n.axes.length === 3 && n.axes.some((a) => a.name === "v" && (a.size as number) > 2048));

test.each([
  ["one", false],
  ["two of the same table", true],
])("cross entropy over a long vocabulary in slices is the same: %s", async (_, twice) => {
  const whole = crossEntropy(16_384 + 100, 4, twice);
  const slices = chunked(whole);
  expect(broken(slices)).toEqual([]);
  expect(large(whole).length).toBeGreaterThan(0);
  expect(large(targeted(whole, "onnx"))).toEqual([]);
  const sizes = { b: 2, t: 3 };
  const feeds = drawn(whole, sizes);
  const [expected, found, device] = [
    interpret(whole, feeds, sizes),
    interpret(slices, feeds, sizes),
    await runOnnx(whole, feeds, sizes),
  ];
  for (const { name } of whole.outputs)
    expected[name]!.forEach((x, i) => {
      expect(found[name]![i]).toBeCloseTo(x, 9);
      expect(device[name]![i]).toBeCloseTo(x, 4);
    });
});

test("the plan of a cross entropy over 32,768 words peaks far below its logits", () => {
  const sizes = { b: 16, t: 128 };
  const whole = crossEntropy(32_768, 256);
  const logits = 16 * 128 * 32_768 * 4;
  const outputs = 4 * (32_768 * 257 + 16 * 128 * 256);
  expect(plan(targeted(whole, "onnx"), sizes).peak).toBeLessThan(logits / 4 + 2 * outputs);
});
