// Every claim can be tried: its spec checks and builds, and the first two steps of each of its fits run.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { estimate, shown, together } from "./claim.ts";
import { claimsIn, list } from "./page.ts";
import { picture } from "./picture.ts";
import { claimOf, openClaim, runAll } from "./run.ts";

const here = import.meta.dirname;

test.each(claimsIn(here))("%s builds, and its recipes begin", { timeout: 240_000 }, async (name) => {
  const root = mkdtempSync(join(tmpdir(), "neuro-claim-"));
  const folder = join(root, "bench", "claims", name);
  for (const there of ["runtime", "examples"]) symlinkSync(join(here, "../..", there), join(root, there), "junction"); // what a claim's spec reads
  cpSync(join(here, "worlds"), join(root, "bench", "claims", "worlds"), { recursive: true });
  cpSync(join(here, name), folder, { recursive: true, filter: (path) => !/[\\/](build|runs|\.index)$/.test(path) });
  const { recipes, look = recipes } = await claimOf(name);
  const built = await openClaim(folder);
  const told = await runAll(built, { seeds: [1], steps: 2, ...(look && { recipes: look }) });
  await built.system.close();
  expect(told.length).toBeGreaterThan(0);
  for (const run of told) expect(run.ended).toBe("done");
  rmSync(root, { recursive: true });
});

test("the list of claims is what their pages say", () => {
  expect(readFileSync(join(here, "README.md"), "utf8")).toContain(list(here));
});

test("an interval is Student's", () => {
  // Three values 1, 2, 3: the standard error is 1 / sqrt(3), the point for two degrees of freedom 4.303.
  const { low, high } = estimate([1, 2, 3]);
  expect([low, high].map((x) => x.toFixed(3))).toEqual(["-0.484", "4.484"]);
  expect(shown(estimate([1, 2, 3]))).toBe("2 ± 2.5");
  const curves = [[[1, 2], [2, 4]], [[1, 4], [3, 5]]] as const; // biome-ignore format: two curves
  expect(together(curves).map(({ x, y }) => [x, y.mean])).toEqual([[1, 3]]);
});

test("a picture holds its lines, its bars and their names", () => {
  const value = estimate([0.5, 0.7]);
  const svg = picture([
    { title: "a & b", x: "step", y: "reward", series: [{ name: "one", points: [{ x: 0, y: 1 }, { x: 1, y: value }] }] }, // biome-ignore format: short
    { title: "bars", y: "share", bars: [{ name: "two", value }], levels: [{ name: "optimum", at: 1 }] },
  ]);
  expect(svg).toContain("a &amp; b");
  expect(svg.match(/<polyline/g)).toHaveLength(1);
  expect(svg).toContain("optimum");
  expect(svg).not.toContain("NaN");
});
