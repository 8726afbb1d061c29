import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { and, eq, le, mul } from "../ir/elementwise.ts";
import { axis } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { rename } from "../ir/shape.ts";
import { input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { softmax } from "../ops/softmax.ts";
import { decodingStep } from "./step.ts";

test("texts packed in one row go on one after another: where tokens stand, and in which text, is kept with them", () => {
  const [b, t] = [axis("b", "b"), axis("t", "t")];
  const [x, position, segment] = [
    input("x", "data", "f32", [b, t]),
    input("position", "data", "i32", [b, t]),
    input("segment", "data", "i32", [b, t]),
  ];
  const kept = (n: typeof x) => rename(n, { t: "u" });
  const sees = and(eq(kept(segment), segment), le(kept(position), position));
  const whole = program("p", [output("y", "value", contract(softmax(mul(x, kept(x)), ["u"], sees), kept(x), ["u"]), ["b", "t"])]);
  const values = {
    x: [0.3, -0.7, 0.2, 0.9, -0.4, 0.6, 0.1, 0.5, -0.2, -0.6],
    position: [0, 1, 2, 0, 1, 0, 1, 0, 1, 2],
    segment: [0, 0, 0, 1, 1, 0, 0, 1, 1, 1],
  };
  const expected = interpret(whole, values, { b: 2, t: 5 }).y!;
  const step = decodingStep(whole, { name: "step", axis: "t" });
  expect(broken(step, { final: true })).toEqual([]);
  let state: Record<string, ArrayLike<number>> = Object.fromEntries(
    step.outputs.filter((o) => o.role === "state").map((o) => [o.name, new Float64Array(2 * 6)]),
  );
  expect(Object.keys(state).length).toBe(3);
  for (let i = 0; i < 5; i++) {
    const given = Object.fromEntries(Object.entries(values).map(([name, xs]) => [name, [xs[i]!, xs[5 + i]!]]));
    state = interpret(step, { ...state, ...given }, { b: 2, past: i, capacity: 6 });
    for (const row of [0, 1]) expect(state.y![row]).toBeCloseTo(expected[5 * row + i]!, 12);
  }
});
