/** What is differentiated in f16 is, nearly, what is differentiated in f32. */
import { expect, test } from "vitest";
import {
  broken,
  cast,
  gradients,
  inputOf,
  interpret,
  mul,
  type Node,
  namesOf,
  output,
  type Program,
  program,
  sum,
  topological,
} from "../index.ts";
import { input } from "../ir/source.ts";
import { caseBinding, cases, halfCases } from "../ops/cases.ts";
import { drawn } from "../ops/drawn.ts";

type Values = Record<string, Float64Array>;

/** The sum of a node, weighed, and its gradient for each of its floats; all in f32. */
function slopes(node: Node): Program {
  const loss = sum(mul(cast(node, "f32"), input("weights", "data", "f32", node.axes)), namesOf(node.axes));
  const wanted = topological([loss]).filter((n) => n.op === "input" && n.dtype.startsWith("f"));
  const found = gradients(loss, wanted).flatMap((g, i) =>
    g ? [output(`of ${inputOf(wanted[i]!).name}`, "value", cast(g, "f32"), namesOf(wanted[i]!.axes))] : [],
  );
  return program("p", [output("loss", "loss", loss), ...found]);
}

// Steps: a value on the other side of one differs by all of it.
const steps = ["mod of floats", "mod of floats by negative ones"];

test.each(halfCases.filter(([title]) => !steps.includes(title)))("%s", (title, node) => {
  const [half, full] = [slopes(node), slopes(cases.find(([t]) => t === title)![1])];
  expect(broken(half)).toEqual([]);
  const feeds = drawn(half, caseBinding);
  const [found, expected] = [half, full].map((p) => interpret(p, feeds, caseBinding)) as [Values, Values];
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(1, ...values.map(Math.abs));
    const off = values.reduce(
      (worst, v, i) => Math.max(worst, v === found[name]![i] ? 0 : Math.abs(v - found[name]![i]!) / scale),
      0,
    );
    expect(off, name).toBeLessThan(2e-2);
  }
});
