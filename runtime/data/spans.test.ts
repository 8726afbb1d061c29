import fc from "fast-check";
import { expect, test } from "vitest";
import { stream } from "../random.ts";
import { corrupt, corruptedLengths, noiseSpans, rawLength, roundHalfEven, segments } from "./spans.ts";

test("halves are rounded to the even number, as Python does", () => {
  expect([0.5, 1.5, 2.5, 3.5, 2.4, 2.6, 4.5].map(roundHalfEven)).toEqual([0, 2, 2, 4, 2, 3, 4]);
});

test("raw lengths and targets for inputs of 512 tokens are those of T5's random_spans_helper", () => {
  const golden = [
    [0.15, 3, 568, 114],
    [0.15, 8, 588, 100],
    [0.5, 3, 766, 512],
    [0.5, 8, 908, 512],
    [0.15, 64, 600, 92],
    [0.5, 64, 1006, 512],
  ] as const;
  for (const [rate, span, raw, targets] of golden) {
    const length = rawLength({ rate, span }, (a, b) => a <= 512 && b <= 512);
    expect([length, corruptedLengths(length, { rate, span }).targets]).toEqual([raw, targets]);
  }
});

const noise = fc.record({ rate: fc.double({ min: 0.01, max: 0.95, noNaN: true }), span: fc.constantFrom(0, 1, 2.5, 3, 8, 64) });

test("substituting the target's spans for the sentinels gives the text again; counts and sentinels are as defined", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), noise, fc.nat(), (length, { rate, span }, seed) => {
      const tokens = Array.from({ length }, (_, i) => i);
      const sentinels = Array.from({ length: 200 }, (_, i) => 32_099 - i);
      const spans = noiseSpans(length, { rate, span }, stream(seed, "spans"), 200);
      const hidden = Math.min(Math.max(roundHalfEven(length * rate), 1), length - 1);
      expect(spans.reduce((sum, [start, end]) => sum + end - start, 0)).toBe(hidden);
      const wanted = span > 0 ? Math.max(1, roundHalfEven(hidden / span)) : 1;
      expect(spans).toHaveLength(Math.min(wanted, length - hidden, 200));
      expect(spans[0]![0]).toBeGreaterThan(0);
      expect(spans.at(-1)![1]).toBe(length);
      // Runs are apart: no two spans touch.
      spans.forEach(([start, end], i) => {
        expect(end).toBeGreaterThan(start);
        if (i > 0) expect(start).toBeGreaterThan(spans[i - 1]![1]);
      });
      const { inputs, targets } = corrupt(tokens, spans, sentinels);
      expect(inputs.length + targets.length).toBe(length + 2 * spans.length);
      const used = inputs.filter((id) => id > 1000);
      expect(used).toEqual(sentinels.slice(0, spans.length));
      expect(targets.filter((id) => id > 1000)).toEqual(used);
      expect(targets[0]).toBe(sentinels[0]);
      expect(inputs.flatMap((id) => (id > 1000 ? spanOf(targets, id) : [id]))).toEqual(tokens);
    }),
  );
});

/** What follows a sentinel in a target, up to the next. */
function spanOf(targets: readonly number[], sentinel: number): number[] {
  const from = targets.indexOf(sentinel) + 1;
  const length = targets.slice(from).findIndex((id) => id > 1000);
  return targets.slice(from, length < 0 ? undefined : from + length);
}

test("every way to cut a number into positive parts is equally likely", () => {
  const random = stream(7, "cuts");
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const cut = segments(5, 3, random).join(" ");
    counts.set(cut, (counts.get(cut) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
});

test("degenerate texts: one token and a rate of nothing hide nothing, two tokens hide the second", () => {
  const random = stream(1, "x");
  expect(noiseSpans(1, { rate: 0.5, span: 3 }, random)).toEqual([]);
  expect(noiseSpans(9, { rate: 0, span: 3 }, random)).toEqual([]);
  expect(noiseSpans(2, { rate: 0.15, span: 3 }, random)).toEqual([[1, 2]]);
  expect(corrupt([4, 5], [], [99])).toEqual({ inputs: [4, 5], targets: [] });
});

test("too few sentinels make spans longer, not fewer tokens hidden", () => {
  const spans = noiseSpans(1000, { rate: 0.5, span: 3 }, stream(1, "x"), 100);
  expect(spans).toHaveLength(100);
  expect(spans.reduce((sum, [start, end]) => sum + end - start, 0)).toBe(500);
});
