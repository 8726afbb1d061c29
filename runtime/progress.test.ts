import { expect, test, vi } from "vitest";
import { duration, openProgress, rate } from "./progress.ts";

test("says durations as a person does", () => {
  expect([3.21, 42, 185, 4350].map(duration)).toEqual(["3.2 s", "42 s", "3 min 5 s", "1 h 12 min"]);
  expect([0.5, 123.4, 45_678].map(rate)).toEqual(["0.50", "123", "45,678"]);
});

test("writes plain lines without control characters where there is no terminal", () => {
  vi.useFakeTimers();
  let text = "";
  const task = openProgress({ write: (part) => (text += part) }).task("fit", 100, "steps");
  for (let done = 0; done <= 100; done += 10) {
    task.update(done, `loss ${(5 - done / 50).toFixed(2)}`);
    vi.advanceTimersByTime(1_000);
  }
  task.end("loss 3.00");
  vi.useRealTimers();
  expect(text).toBe(
    "fit: 50/100 steps, 10 steps/s, 5.0 s left, loss 4.00\nfit: 100/100 steps, 10 steps/s, 0.0 s left, loss 3.00\n" +
      "fit: 100 steps in 11 s, loss 3.00\n",
  );
});
