import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyOf, saveCalibration } from "../runtime/calibrate/file.ts";
import { openCpu } from "../runtime/device/cpu.ts";

const page = readFileSync(new URL("cost.md", import.meta.url), "utf8");
const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");

/** Commands of the page with the lines they print. */
const consoles = [...page.matchAll(/^```console\n\$ neuroc (.*)\n([\s\S]*?)^```$/gm)].map(([, words, lines]) => ({
  words: words!.split(" "),
  lines: lines!.trimEnd().split("\n"),
}));

let folder = "";
const before = process.env.NEURO_CACHE;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neuro-cost-"));
  writeFileSync(join(folder, "main.neuro"), /^```neuro\n([\s\S]*?)^```$/m.exec(page)![1]!);
  writeFileSync(
    join(folder, "lessons.ts"),
    'import type { Dataset } from "neuro/runtime";\nexport function lessons(): Dataset {\n  throw new Error("not asked for");\n}\n',
  );
  process.env.NEURO_CACHE = join(folder, "cache");
  const device = await openCpu({ threads: 1 });
  saveCalibration(device, {
    schema: 1,
    device: "cpu",
    about: device.about,
    key: keyOf(device),
    made: "2026-01-01",
    call: { run: 1e-5, input: 1e-6, output: 1e-6, kernel: 1e-6, view: 1e-7, loop: 1e-8 },
    read: [[1, 1e10]],
    copy: [[1, 1e10]],
    products: [{ bits: 32, rows: [1], columns: [1], inner: [1], rates: [1e11] }],
    operators: {},
  });
  await device.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env.NEURO_CACHE;
  else process.env.NEURO_CACHE = before;
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** A line of the page as a pattern: `…` is anything, and blanks are any number of blanks. */
const pattern = (line: string): RegExp =>
  new RegExp(
    `^${line
      .split("…")
      .map((part) => escaped(part).replace(/ +/g, " +"))
      .join(".*")}$`,
    "m",
  );

test("what the page's commands print is on the page", () => {
  expect(consoles.length).toBeGreaterThan(3);
  // Calibrating takes long; what it prints is tried by its own tests.
  for (const { words, lines } of consoles.filter(({ words }) => words[0] !== "calibrate")) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [neuroc, ...words], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", NEURO_THREADS: "1" },
      maxBuffer: 2 ** 26,
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const line of lines.filter((l) => l !== "…")) expect(stdout).toMatch(pattern(line));
  }
}, 120_000);

test("every file that the page links to exists", () => {
  for (const [, link] of page.matchAll(/\]\(([^)#]+)\)/g))
    expect(() => readFileSync(new URL(link!, new URL("cost.md", import.meta.url)))).not.toThrow();
});
