// As killed.test.ts, twenty changes of each kind of source, of more documents.
import { expect, test } from "vitest";
import { killedLaw } from "./testing/killed-laws.ts";

test.each([2, 3, 4, 5])("killed and finished, ten times over (seed %i)", async (seed) => {
  expect(await killedLaw(seed, 10, 400)).toBeGreaterThan(3);
});
