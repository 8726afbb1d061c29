import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lessons, tinyRecipe } from "../tests/recipe.ts";
import { Version } from "./version.ts";
import { warm_start } from "./warm-start.ts";

const facts = { key: "m", where: "main.neuro:3" };
const root = (): string => mkdtempSync(join(tmpdir(), "neuro-warm-"));

/** The version as a model of which only some weights are the same. */
const other = (version: Version, renamed: (path: string) => string): Version =>
  new Version(
    version.model,
    `${version.key} renamed`,
    [],
    () => new Map([...version.tensors].map(([path, tensor]) => [renamed(path), tensor])),
    version.device,
  );

test("takes over what both have by name and shape, once per key, and knows where it came from", async () => {
  const at = root();
  const seen: Version[] = [];
  const body = async (run: Parameters<Parameters<typeof tinyRecipe>[1] & object>[0], policy: unknown): Promise<void> => {
    const fresh = run.start(policy);
    const [learned] = await run.fit([fresh], { by: "cross_entropy", on: lessons, batch: 8, rate: 0.02, steps: 3 }, facts);
    const half = other(learned!, (path) => (path === "table" ? path : `their.${path}`));
    const warm = await run.step("warm_start", warm_start, [fresh, half], facts);
    for (const [path, { data }] of warm.tensors)
      expect(data, path).toEqual((path === "table" ? learned! : fresh).tensors.get(path)!.data);
    seen.push(warm);
  };
  await tinyRecipe(at, body).run();
  await tinyRecipe(at, body).run();
  expect(seen[1]!.hash).toBe(seen[0]!.hash);
  expect(seen[0]!.origins.at(-1)).toMatchObject({ operation: "warm_start" });
});

test("says so when the two models share nothing", async () => {
  await tinyRecipe(root(), async (run, policy) => {
    const fresh = run.start(policy);
    expect(() =>
      warm_start(
        fresh,
        other(fresh, (path) => `their.${path}`),
      ),
    ).toThrow("has no weight in common");
  }).run();
});
