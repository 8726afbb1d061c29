// neuroc profile as typed: the kernels of the example's decoding step, and what is wrong with names and sizes.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const spec = join(root, "examples/neuro/main.neuro");

function profile(...words: string[]): { code: number | null; out: string; err: string } {
  const all = [join(root, "bin/neuroc.mjs"), "profile", spec, "--set", "policy.width=32", ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NEURO_CACHE: join(root, "node_modules/.none") },
  });
  return { code: status, out: stdout, err: stderr };
}

test.each([
  ["cpu", "policy.step", { batch: 1, capacity: 8, past: 4, source: 8 }],
  ["webgpu", "policy.encode", { batch: 1, source: 4 }],
])(
  "the kernels of a program are told with their time and the lines they came from: %s",
  (device, program, sizes) => {
    const asked = Object.entries(sizes).map(([name, size]) => `${name}=${size}`);
    const { code, out } = profile("--program", program, "--device", device, "--sizes", asked.join(), "--json");
    expect(code).toBe(0);
    const found = JSON.parse(out);
    expect(found.sizes).toEqual(sizes);
    expect(found.seconds).toBeGreaterThan(0);
    const kernels: { kernel: string; seconds: number; bytes: number; origin?: string[] }[] = found.kernels;
    expect(kernels.length).toBeGreaterThan(10);
    expect(kernels.map((k) => k.seconds)).toEqual(kernels.map((k) => k.seconds).sort((a, b) => b - a));
    expect(kernels.some((k) => k.origin?.some((line) => line.startsWith("std/models.neuro:")))).toBe(true);
  },
  60_000,
);

test("a table shows the longest kernels, and says what a calibration would add", () => {
  const { code, out } = profile("--program", "policy.step", "--device", "cpu", "--sizes", "batch=1", "--rows", "3");
  expect(code).toBe(0);
  expect(out).toMatch(/^policy\.step \(batch = 1, capacity = 64, past = 32, source = 64\) on onnxruntime/);
  expect(out).toMatch(/kernel +runs +time +share/);
  expect(out).toMatch(/and \d+ more; --rows 0 shows all/);
  expect(out).toContain("neuroc calibrate measures this machine");
}, 60_000);

test("unknown programs and sizes are met with those that there are", () => {
  expect(profile("--program", "policy.stap")).toMatchObject({
    code: 2,
    err: expect.stringContaining("did you mean policy.step?"),
  });
  const sizes = profile("--program", "policy.step", "--device", "interp", "--sizes", "bach=2");
  expect(sizes).toMatchObject({ code: 2, err: expect.stringContaining("policy.step has no size called bach") });
  expect(profile("--program", "policy.step", "--device", "interp", "--sizes", "batch=0").err).toContain("batch=0 is not a size");
}, 60_000);
