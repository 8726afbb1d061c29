import { expect, test } from "vitest";
import { fuzz } from "./tests/fuzzing.ts";

const sessions = Array.from({ length: 40 }, (_, at) => 1_000 + at);

test.each(sessions)(
  "500 random edits, session %i: what is known is what a fresh check finds, and what is offered can be made",
  (seed) => {
    expect(fuzz(seed, { edits: 500, faults: 12, types: 60, offers: 125 })).toBeUndefined();
  },
);
