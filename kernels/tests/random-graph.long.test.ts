import { test } from "vitest";
import { holds, holdsNarrow } from "./agreement.ts";

test.each(Array.from({ length: 20 }, (_, i) => i))("2,000 random graphs are the same everywhere: part %i", async (part) => {
  for (let i = 0; i < 100; i++) await holds(1000 + part * 100 + i, 20);
});

test.each(Array.from({ length: 4 }, (_, i) => i))("400 random graphs that compute in f16: part %i", async (part) => {
  for (let i = 0; i < 100; i++) await holdsNarrow(4000 + part * 100 + i, 16);
});
