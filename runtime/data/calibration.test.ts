import fc from "fast-check";
import { expect, test } from "vitest";
import { stream } from "../random.ts";
import { agreeing, calibration_error, disagreement, log_loss, overrated } from "./calibration.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });

test("log loss: even odds cost ln 2, and no prediction costs less than the label itself", () => {
  expect(log_loss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.LN2, 12);
  expect(log_loss([1, 0], [1, 0])).toBeCloseTo(0, 12);
  fc.assert(
    fc.property(share, share, (q, p) => void expect(log_loss([q], [p])).toBeGreaterThanOrEqual(log_loss([p], [p]) - 1e-12)),
  );
});

test("the side is right, wrong or even", () => {
  expect(agreeing([0.9, 0.2, 0.5, 0.7], [1, 0.8, 1, 0.5])).toBeCloseTo((1 + 0 + 0.5 + 0.5) / 4, 12);
});

test("a judge that means its odds is calibrated, and one that is too sure is off by how much it is too sure", () => {
  const random = stream(2, "odds");
  const odds = Array.from({ length: 20_000 }, () => random.uniform());
  const labels = odds.map((p) => (random.uniform() < p ? 1 : 0));
  expect(calibration_error(odds, labels)).toBeLessThan(0.02);
  const sure = odds.map((p) => (p > 0.5 ? 1 : 0));
  expect(calibration_error(sure, labels)).toBeCloseTo(0.25, 1);
  expect(calibration_error([0.9, 0.9, 0.9, 0.9], [1, 1, 0, 0], { bins: 1 })).toBeCloseTo(0.4, 12);
  expect(overrated([0.9, 0.9, 0.9, 0.9], [1, 1, 0, 0])).toBeCloseTo(0.4, 12);
  expect(() => overrated([1], [])).toThrow("There are 1 predictions and 0 labels.");
});

test("judges that agree have nothing to learn from a label, however unsure they are; those that are sure of both sides the most", () => {
  expect(disagreement([0.5, 0.5, 0.5])).toBeCloseTo(0, 12);
  expect(disagreement([0, 1])).toBeCloseTo(Math.LN2, 12);
  expect(disagreement([])).toBe(0);
  fc.assert(
    fc.property(
      fc.array(share, { minLength: 1 }),
      (members) => void expect(disagreement(members)).toBeLessThanOrEqual(Math.LN2 + 1e-12),
    ),
  );
});
