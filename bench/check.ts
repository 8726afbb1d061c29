/**
 * How long `neuroc check` works on a large spec: `node bench/check.ts [lines]` writes a spec of about 5,000 lines out of every kind of declaration, checks
 * it a few times and prints the median of each phase. The first check is that of a process that has just started.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { parse } from "../grammar/index.ts";

const target = readFileSync(join(import.meta.dirname, "../compiler/tests/neuro.neuro"), "utf8");

/** The target example over and over, each time under names of its own, with one head of imports. */
export function largeSpec(lines: number): string {
  const [head, body] = split(target);
  const names = [
    ...body.matchAll(
      /^(?:type|source|index|dataset|tokenizer|model|pipeline|fn|decoding|quantization|reward|objective|train|eval|serve) ([\p{L}\p{N}_]+)/gmu,
    ),
  ].map((match) => match[1]!);
  // `answer` is a field of rows too: only the pipeline of that name is renamed.
  const renamed = [...new Set(names)].filter((name) => name !== "answer");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_."/-])(${renamed.join("|")}|(?<=pipeline |of: )answer)(?![\\p{L}\\p{N}_])`, "gu");
  const parts = [head];
  for (let copy = 1, count = head.split("\n").length; count < lines; copy++) {
    const part = body.replace(pattern, (name) => `${name}_${copy}`);
    parts.push(part);
    count += part.split("\n").length;
  }
  return parts.join("\n");
}

function split(text: string): [head: string, body: string] {
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => line.startsWith("use "));
  return [lines.slice(0, last + 1).join("\n"), lines.slice(last + 1).join("\n")];
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

function measure(): void {
  const lines = Number(process.argv[2] ?? 5_000);
  const text = largeSpec(lines);
  const host = hostOf({ "main.neuro": text });
  const parses: number[] = [];
  const checks: number[] = [];
  let found = 0;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    parse(text, "main.neuro");
    parses.push(performance.now() - start);
    const middle = performance.now();
    found = check(host, "main.neuro").diagnostics.length;
    checks.push(performance.now() - middle);
  }
  console.log(`spec: ${text.split("\n").length} lines, ${text.length} characters, ${found} diagnostics`);
  console.log(`parse: first ${parses[0]!.toFixed(0)} ms, median ${median(parses).toFixed(0)} ms`);
  console.log(`check (parse included): first ${checks[0]!.toFixed(0)} ms, median ${median(checks).toFixed(0)} ms`);
}

/** `neuroc check` and `neuroc build` of the example as a person meets them: a new process each, and nothing built before. */
function coldStart(): void {
  const folder = mkdtempSync(join(tmpdir(), "neuro-cold-"));
  cpSync(join(import.meta.dirname, "../examples/neuro"), folder, {
    recursive: true,
    filter: (path) => !/[\\/](build|runs|\.index|pages)$/.test(path),
  });
  const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
  const times: Record<string, number[]> = { check: [], build: [] };
  for (let round = 0; round < 5; round++) {
    rmSync(join(folder, "build"), { recursive: true, force: true });
    for (const verb of ["check", "build"]) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [neuroc, verb], { cwd: folder, encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      times[verb]!.push(performance.now() - start);
    }
  }
  rmSync(folder, { recursive: true });
  for (const [verb, each] of Object.entries(times))
    console.log(`neuroc ${verb} of the example from a cold start: median ${median(each).toFixed(0)} ms of ${each.length}`);
}

if (process.argv[1] === import.meta.filename) {
  measure();
  coldStart();
}
