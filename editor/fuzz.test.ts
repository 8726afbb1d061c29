import { expect, test } from "vitest";
import { fuzz } from "./tests/fuzzing.ts";

test.each([1, 2, 3])(
  "random edits %i of real specs: what is known is what a fresh check finds, and what is offered can be made",
  (seed) => {
    expect(fuzz(seed, { edits: 24, faults: 1, types: 3, offers: 12 })).toBeUndefined();
  },
);
