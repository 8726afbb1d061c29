// Every objective of std against PyTorch: loss, metrics and gradients on random batches, as fixtures/objectives.py wrote them.
import { expect, test } from "vitest";
import { parse } from "../../grammar/index.ts";
import { gradients } from "../../kernels/autodiff.ts";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { batches, feedsOf, programsOf, weightOf } from "./objective-testing.ts";
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
    const inputs = program.inputs.filter((n) => k.inputOf(n).role === "weight");
    const found = gradients(program.outputs[0]!.node, inputs);
    const outputs = inputs.flatMap((w, i) => {
      const key = weightOf(k.inputOf(w).name, models).join("/");
      return found[i] ? [k.output(key, "value", found[i], k.namesOf(w.axes))] : [];
    });
    const whole = k.program("gradients", [...program.outputs, ...outputs]);
    for (const batch of batches) {
      const wanted = batch.objectives[name]!;
      const { feeds, sizes } = feedsOf(whole, told, wanted, batch);
      const out = interpret(whole, feeds, sizes);
      for (const [metric, value] of Object.entries({ ...wanted.metrics, loss: wanted.loss }))
        expect({ [metric]: Math.abs(out[metric]![0]! - value) < 1e-8 || [out[metric]![0], value] }).toEqual({ [metric]: true });
      expect(outputs.map((o) => o.name).sort()).toEqual(Object.keys(wanted.gradients).sort());
      for (const [path, values] of Object.entries(wanted.gradients))
        values.forEach((x, i) => void expect(out[path]![i]).toBeCloseTo(x, 8));
    }
  });
}
