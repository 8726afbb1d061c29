// The example builds to the files that are committed beside it: a change of the compiler shows here as a change that a person can read.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diskHost } from "../../cli/host.ts";
import { version } from "../../cli/version.ts";
import { buildSystem } from "../../compiler/build.ts";
import { check } from "../../compiler/index.ts";

const here = import.meta.dirname;
const build = () => buildSystem(check(diskHost(here), "main.neuro"), { name: "neuro", version });
const first = build();
const sha = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex").slice(0, 16);

test("the example checks without a diagnostic", () => {
  expect(check(diskHost(here), "main.neuro").diagnostics).toEqual([]);
});

test("its build is the committed one, and the same twice", async () => {
  const { artifacts, diagnostics } = await first;
  expect(diagnostics).toEqual([]);
  await expect(artifacts.get("index.ts")).toMatchFileSnapshot(join(here, "expected/neuro/index.ts"));
  await expect(artifacts.get("plan.txt")).toMatchFileSnapshot(join(here, "expected/neuro/plan.txt"));
  const again = (await build()).artifacts;
  expect([...again].map(([path, content]) => `${path} ${sha(content)}`)).toEqual(
    [...artifacts].map(([path, content]) => `${path} ${sha(content)}`),
  );
}, 240_000);

test("every kernel names the spec lines it came from", async () => {
  const { artifacts } = await first;
  const kernels = [...artifacts].filter(([path]) => path.endsWith(".wgsl"));
  expect(kernels.length).toBeGreaterThan(100);
  const silent = kernels.filter(([, code]) => !/^\/\/.*\b[\w/-]+\.neuro:\d+/m.test(String(code)));
  expect(silent.map(([path]) => path)).toEqual([]);
});
