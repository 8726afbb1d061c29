// Every objective of std against PyTorch: loss, metrics and gradients on random batches, as fixtures/objectives.py wrote them.
import { expect, test } from "vitest";
import { parse } from "../../grammar/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { batches, feedsOf, programsOf, weightOf, withGradients } from "./objective-testing.ts";
import { stdlib } from "./testing.ts";

test("PyTorch has every objective of std", () => {
  const { tree } = parse(stdlib("objectives"), "objectives.neuro");
  const declared = tree.decls.flatMap((d) => (d.kind === "Callable" && d.word === "objective" ? [d.name.text] : []));
  const there = new Set(Object.values(batches[0]!.objectives).map(({ objective }) => objective));
  expect(declared.filter((name) => !there.has(name))).toEqual([]);
});

for (const [name, { objective, models, numbers }] of Object.entries(batches[0]!.objectives)) {
  test(`${name}: the loss, its metrics and the gradient of every trained weight are PyTorch's`, () => {
    const { program, feeds: told } = programsOf(objective, models, numbers).loss;
    const whole = withGradients(program, "loss");
    for (const batch of batches) {
      const wanted = batch.objectives[name]!;
      const { feeds, sizes } = feedsOf(whole, told, wanted, batch);
      const out = interpret(whole, feeds, sizes);
      for (const [metric, value] of Object.entries({ ...wanted.metrics, loss: wanted.loss }))
        expect([metric, out[metric]![0]]).toEqual([metric, expect.closeTo(value, 8)]);
      const reached = Object.keys(out).filter((path) => path.startsWith("d "));
      expect(reached.map((path) => weightOf(path.slice(2), models).join("/")).sort()).toEqual(
        Object.keys(wanted.gradients).sort(),
      );
      for (const path of reached) {
        const values = wanted.gradients[weightOf(path.slice(2), models).join("/")]!;
        values.forEach((x, i) => void expect(out[path]![i]).toBeCloseTo(x, 8));
      }
    }
  });
}
