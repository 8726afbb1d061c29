import { expect, test } from "vitest";
import { gradients } from "./autodiff.ts";
import { interpret } from "./interp/interpret.ts";
import { mul } from "./ir/elementwise.ts";
import { type Node, namesOf } from "./ir/node.ts";
import { inputOf, output, program, topological } from "./ir/program.ts";
import { sum } from "./ir/reduce.ts";
import { input } from "./ir/source.ts";
import { broken } from "./ir/spec.ts";
import { type Case, caseBinding, cases, narrowCases } from "./ops/cases.ts";
import { drawn } from "./ops/drawn.ts";

/** The largest difference between the gradient of sum(node * weights) and its central differences, relative to their size. */
function deviation(node: Node): number {
  const loss = sum(mul(node, input("weights", "data", "f32", node.axes)), namesOf(node.axes));
  const inputs = topological([loss]).filter((n) => n.op === "input" && n.dtype === "f32" && inputOf(n).name !== "weights");
  const found = gradients(loss, inputs).map((g, i) => ({ g, input: inputs[i]! }));
  const flows = found.filter((f): f is { g: Node; input: Node } => f.g !== undefined);
  const p = program("p", [
    output("loss", "loss", loss),
    ...flows.map((f, i) => output(`g${i}`, "value", f.g, namesOf(f.input.axes))),
  ]);
  expect(broken(p)).toEqual([]);
  const feeds = drawn(p, caseBinding);
  const exact = interpret(p, feeds, caseBinding);
  const value = program("v", [output("loss", "loss", loss)]);
  let worst = 0;
  flows.forEach((f, i) => {
    const { name } = inputOf(f.input);
    for (let k = 0; k < feeds[name]!.length; k += 7) {
      const at = (by: number) =>
        interpret(value, { ...feeds, [name]: feeds[name]!.map((v, j) => (j === k ? v + by : v)) }, caseBinding).loss![0]!;
      const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
      const scale = Math.max(1, ...exact[`g${i}`]!.map(Math.abs));
      worst = Math.max(worst, Math.abs(difference - exact[`g${i}`]![k]!) / scale);
    }
  });
  return worst;
}

// Stop passes none by definition, and what rounds has no slope.
const smooth = ([title, node]: Case): boolean => node.dtype === "f32" && node.op !== "stop" && !title.startsWith("casts from");

test.each([...cases, ...narrowCases].filter(smooth))("the gradient agrees with finite differences: %s", (_, node) => {
  expect(deviation(node)).toBeLessThan(1e-5);
});

test("nothing flows through stop", () => {
  const [, node] = cases.find(([title]) => title === "stop")!;
  const loss = sum(mul(node, node), namesOf(node.axes));
  expect(
    gradients(
      loss,
      topological([loss]).filter((n) => n.op === "input"),
    ),
  ).toEqual([undefined]);
});
