import { test } from "vitest";
import { holds } from "./agreement.ts";

test.each(Array.from({ length: 40 }, (_, i) => i + 1))("a random graph is the same everywhere: seed %i", (seed) =>
  holds(seed, 12),
);
