// The contributing page shows whole files: what it shows is what they are.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const page = readFileSync(new URL("CONTRIBUTING.md", root), "utf8");
const shown = [...page.matchAll(/`([\w./-]+\.ts)`, whole:\n\n```ts\n([\s\S]*?)```/g)].map(([, path, text]) => ({
  path: path!,
  text: text!,
}));

test("the page shows a composed operation and a primitive", () => {
  expect(shown.map(({ path }) => path)).toEqual(["kernels/ops/softcap.ts", "kernels/ops/finite.ts"]);
});

test.each(shown)("what the page shows of $path is that file", ({ path, text }) => {
  expect(text).toBe(readFileSync(new URL(path, root), "utf8"));
});

test("every file that the page names exists", () => {
  const named = [...page.matchAll(/`((?:kernels|ops)\/[\w./-]+\.(?:ts|py))`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) readFileSync(new URL(path.startsWith("ops/") ? `kernels/${path}` : path, root));
});
