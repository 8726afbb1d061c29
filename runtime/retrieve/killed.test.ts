// An index whose process is killed, at drawn moments, and documents, settings and weights that change meanwhile.
import { expect, test } from "vitest";
import { killedLaw } from "./testing/killed-laws.ts";

test("an index that was killed while it was made, and was then finished, is the one that is made in one go", async () => {
  expect(await killedLaw(1, 4, 150)).toBeGreaterThan(0);
});
