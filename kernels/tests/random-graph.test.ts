import { test } from "vitest";
import { holds, holdsNarrow } from "./agreement.ts";

test.each(Array.from({ length: 40 }, (_, i) => i + 1))("a random graph is the same everywhere: seed %i", (seed) =>
  holds(seed, 12),
);

test.each(Array.from({ length: 12 }, (_, i) => i + 1))("a random graph that computes in f16 is the same: seed %i", (seed) =>
  holdsNarrow(seed, 12),
);
