import { expect, test } from "vitest";
import { originsOf, parsedPlace } from "./lines.ts";
import { packed, unpacked } from "./share.ts";

const kernels = `// ── 0.add ──
// policy.step: add
// from main.neuro:3, std/models.neuro:12
//   add f32[b]

fn main() {
}

// ── 1.mul ──
// policy.step: mul

fn main() {}
`;

test("every line of a kernel came from what its head names, blank lines within it too", () => {
  const origins = originsOf("wgsl", kernels);
  const lines = kernels.split("\n");
  for (let at = 0; at < lines.indexOf("// ── 1.mul ──"); at++)
    expect(origins[at]).toEqual(["main.neuro:3", "std/models.neuro:12"]);
  for (let at = lines.indexOf("// ── 1.mul ──"); at < lines.length; at++) expect(origins[at]).toEqual([]);
});

test("a line of TypeScript that names its own place came from there, and the others from their block's", () => {
  const text = `/** main.neuro:7 */
export const answer = system.pipeline("answer", "main.neuro:7", async (run) => {
  const found = run.stage("search", "main.neuro:8", async (at) => search());
});

const other = 1;`;
  const [block, stage] = [["main.neuro:7"], ["main.neuro:8"]];
  expect(originsOf("typescript", text)).toEqual([block, block, stage, block, [], []]);
});

test("a line of a graph or a plan came from what it names", () => {
  expect(originsOf("onnx", 'a = Add (b, c)  # main.neuro:3, std/t5.neuro:40\n"d" = Mul (a, a)')).toEqual([
    ["main.neuro:3", "std/t5.neuro:40"],
    [],
  ]);
  expect(parsedPlace("std/t5.neuro:40")).toEqual({ path: "std/t5.neuro", line: 40 });
});

test("a spec goes into an address and comes back, and a broken address is none", async () => {
  const spec = `/// Кошки, β and ${"a long line ".repeat(40)}\nfn f(x: Float) = x\n`;
  const hash = await packed(spec);
  expect(hash).toMatch(/^#spec=[\w-]+$/);
  expect(hash.length).toBeLessThan(spec.length);
  expect(await unpacked(hash)).toBe(spec);
  expect(await unpacked("#spec=AAAA")).toBeUndefined();
  expect(await unpacked("#elsewhere")).toBeUndefined();
  expect(await unpacked(`#text=${encodeURIComponent(spec)}`)).toBe(spec);
  expect(await unpacked("#text=%")).toBeUndefined();
});
