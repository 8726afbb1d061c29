// What `explain --program`, `calibrate` and `build` tell of programs: of a spec in a folder, without a build.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyOf } from "../runtime/calibrate/file.ts";
import { openCpu } from "../runtime/device/cpu.ts";

const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
let folder = "";
let cache = "";

const spec = `use std.models { EncoderDecoder }

extern fn lessons() -> Dataset<Instruct> from "./lessons.ts"
dataset sample: Instruct = lessons()
tokenizer words = bpe(vocab: 512, from: sample)
model small: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 32, window: 64 tokens }
`.replace("use std.models { EncoderDecoder }\n", "use std.models { EncoderDecoder }\nuse std.data { Instruct }\n");
const lessons = `import type { Dataset } from "neuro/runtime";\nexport function lessons(): Dataset { throw new Error("not asked for"); }\n`;

function run(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [neuroc, ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NEURO_CACHE: cache, NEURO_THREADS: "1" },
    maxBuffer: 2 ** 26,
  });
  return { code: status, out: stdout, err: stderr };
}

/** A machine of round numbers, as a file where this machine's would be. */
async function measured(): Promise<void> {
  const device = await openCpu({ threads: 1 });
  const { saveCalibration } = await import("../runtime/calibrate/file.ts");
  const before = process.env.NEURO_CACHE;
  process.env.NEURO_CACHE = cache;
  saveCalibration(device, {
    schema: 1,
    device: "cpu",
    about: "a machine of round numbers",
    key: keyOf(device),
    made: "2026-01-01",
    call: { run: 1e-5, input: 1e-6, output: 1e-6, kernel: 1e-6, view: 1e-7, loop: 1e-8 },
    read: [[1, 1e10]],
    copy: [[1, 1e10]],
    products: [{ bits: 32, rows: [1], columns: [1], inner: [1], rates: [1e11] }],
    operators: {},
  });
  if (before === undefined) delete process.env.NEURO_CACHE;
  else process.env.NEURO_CACHE = before;
  await device.close();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "neuroc-explain-"));
  cache = join(folder, "cache");
  writeFileSync(join(folder, "main.neuro"), spec);
  writeFileSync(join(folder, "lessons.ts"), lessons);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a program is explained from its spec, without a build, at the sizes that are asked for", () => {
  const { code, out, err } = run("explain", "--program", "small.step", "--sizes", "batch=2,source=32");
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).toContain("batch = 2");
  expect(out).toMatch(/CPU +\d+ operators/);
  expect(out).toMatch(/WebGPU +\d+ dispatches/);
  expect(out).toContain("neuroc calibrate");
  expect(existsSync(join(folder, "build"))).toBe(false);
}, 60_000);

test("every stage is shown, and one by its name", () => {
  const { out } = run("explain", "--program", "small.encode", "--stages", "--target", "cpu");
  const stages = [...out.matchAll(/^== (.+)$/gm)].map((m) => m[1]);
  expect(stages[0]).toBe("as written");
  expect(stages).toEqual(expect.arrayContaining(["merge", "simplify", "cost", "time"]));
  expect(out).toContain("program small.encode");
  const one = run("explain", "--program", "small.encode", "--stage", "kernels");
  expect(one.out).toMatch(/^0\./m);
  expect(one.out).not.toContain("== ");
}, 60_000);

test("names and sizes that are not there are met with those that are", () => {
  const said = (words: string[], ...texts: string[]) => {
    const { code, err } = run("explain", ...words);
    expect(code).toBe(2);
    for (const text of texts) expect(err).toContain(text);
    expect(err).not.toMatch(/\n\s+at .*:\d+:\d+/);
  };
  said(["--program", "small.stp"], "small.step", "small.forward");
  said(["--program", "small.step", "--sizes", "bach=2"], "did you mean batch?");
  said(["--program", "small.step", "--sizes", "batch"], "name=number");
  said(["--program", "small.step", "--sizes", "batch=0"], "name=number");
  said(["--program", "small.step", "--stage", "simplif"], "did you mean simplify?");
}, 120_000);

test("where the machine was measured, a time is predicted, its parts add up, and the calibration is named", async () => {
  await measured();
  const { out } = run("explain", "--program", "small.step", "--target", "cpu", "--sizes", "batch=1");
  expect(out).toMatch(/predicted .* on a machine of round numbers \(calibrated 2026-01-01\)/);
  const json = JSON.parse(run("explain", "--program", "small.step", "--target", "cpu", "--json").out);
  const [predicted] = json.predicted;
  const parts = predicted.kernels.reduce((n: number, k: { seconds: number }) => n + k.seconds, predicted.call);
  expect(parts).toBeCloseTo(predicted.seconds, 9);
  expect(json.costs.onnx.length).toBe(predicted.kernels.length);
  const build = run("build");
  expect(build.out).toMatch(/small\.step +.*(us|ms)/);
  const plan = readFileSync(join(folder, "build", readdirSync(join(folder, "build"))[0]!, "plan.txt"), "utf8");
  expect(plan).not.toContain("round numbers");
  expect(JSON.parse(run("doctor", "--json").out).find((f: { name: string }) => f.name === "calibration").value).toContain(
    "2026-01-01",
  );
}, 120_000);

test("a damaged calibration is named, with what to do", async () => {
  await measured();
  const [file] = readdirSync(join(cache, "calibration"));
  writeFileSync(join(cache, "calibration", file!), "{}");
  const { code, err } = run("explain", "--program", "small.step", "--target", "cpu");
  expect(code).toBe(1);
  expect(err).toContain("neuroc calibrate");
}, 60_000);

test("the interpreter cannot be calibrated, and that is said", () => {
  const { code, err } = run("calibrate", "--device", "interp");
  expect(code).toBe(2);
  expect(err).toContain("--device cpu");
}, 30_000);
