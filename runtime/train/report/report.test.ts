// Event files as TensorBoard reads them, and a run's report from what it wrote down.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chart, thinned, ticks } from "./chart.ts";
import { gather } from "./gathered.ts";
import { writeReport } from "./index.ts";
import { crc32c, EventFile } from "./tensorboard.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "neuro-report-"));
const lines = (...all: object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join("");

test("the checksum is CRC-32C: the check value of its definition, and RFC 3720's zeros", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

test("an event file is a version, a start, and one event for each step, each framed by its length and checksums", () => {
  const file = new EventFile(folder(), 3);
  file.add(4, { loss: 0.5, broken: Number.NaN });
  file.close();
  const bytes = readFileSync(file.path);
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = bytes.subarray(at + 12, at + 12 + length);
    const crc = crc32c(data);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
    records.push(data);
    at += length + 16;
  }
  expect(records).toHaveLength(3);
  expect(records[0]!.toString("latin1")).toContain("brain.Event:2");
  // step 4; summary { value { tag "loss", simple_value 0.5 } }: what is not finite is left out
  expect(records[2]!.subarray(9).toString("hex")).toBe("10042a0d0a0b0a046c6f7373150000003f");
});

const written = (): string => {
  const at = folder();
  const rows = (reward: number, text: string) => [
    {
      prompt: [{ role: "user", content: "Who <b>?" }],
      answer: { text, tokens: [1, 2] },
      old: [-1, -3],
      reward,
      terms: { form: reward / 2 },
    },
  ];
  mkdirSync(join(at, "steps", "a"), { recursive: true });
  mkdirSync(join(at, "steps", "b"), { recursive: true });
  writeFileSync(join(at, "steps", "a", "result.json"), JSON.stringify({ step: "top", label: "top", value: rows(1, "first") }));
  writeFileSync(join(at, "steps", "b", "result.json"), JSON.stringify({ step: "top", label: "top", value: rows(3, "second") }));
  writeFileSync(
    join(at, "journal.jsonl"),
    lines(
      { run: "improve", id: "1", seed: 7, began: "2026-01-01T00:00:00.000Z" },
      { done: "top", key: "a", where: "main.neuro:4" },
      {
        plot: [
          { round: 1, best: 0.4 },
          { round: 1, greedy: 0.2 },
        ],
      },
      { run: "improve", id: "1", seed: 7, began: "2026-01-02T00:00:00.000Z" },
      { plot: [{ round: 1, best: 0.5 }] },
      { plot: [{ round: 2, best: 0.6 }] },
      { done: "top", key: "b", where: "main.neuro:4" },
      { report: [{ exact: 0.9 }] },
      { ended: "done" },
    ),
  );
  writeFileSync(
    join(at, "metrics.jsonl"),
    lines(
      { fit: "policy by dpo", key: "k", step: 1, loss: 0.7, tokens: 9 },
      { fit: "policy by dpo", key: "k", step: 2, loss: 0.6, tokens: 18 },
    ),
  );
  return at;
};

test("a run is gathered: curves, plots of a run that went on, rewards by term, answers before and after", () => {
  const run = gather(written());
  expect(run).toMatchObject({ name: "improve", id: "1", seed: 7, ended: "done", reports: [{ exact: 0.9 }] });
  expect(run.fits).toEqual([{ label: "policy by dpo", curves: [{ name: "loss", points: [[1, 0.7], [2, 0.6]] }] }]); // biome-ignore format: one line a fit
  expect(run.plots.find(({ name }) => name === "best")?.points).toEqual([[1, 0.5], [2, 0.6]]); // biome-ignore format: points
  expect(run.rows.map(({ means }) => means)).toEqual([
    { reward: 1, form: 0.5, length: 2, entropy: 2 },
    { reward: 3, form: 1.5, length: 2, entropy: 2 },
  ]);
  expect(run.pairs).toEqual([{ prompt: "Who <b>?", before: "first", after: "second", rewards: [1, 3] }]);
});

test("the page holds everything itself, and what a run wrote is text in it, never markup", () => {
  const at = written();
  const page = readFileSync(writeReport(at), "utf8");
  expect(readdirSync(at)).toContain("report.html");
  expect(page).not.toMatch(/<(script|link|img)|https?:/);
  expect(page).toContain("Who &lt;b&gt;?");
  expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(5);
});

test("a run without anything yet has a page too", () => {
  const at = folder();
  expect(readFileSync(writeReport(at), "utf8")).toContain("not ended");
});

test("axes have round numbers, long curves are thinned by means, and a curve without points is no picture", () => {
  expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-3, 1200)).toEqual([0, 500, 1000]);
  expect(ticks(2, 2)).toEqual([2]);
  const points = Array.from({ length: 10 }, (_, i) => [i, i] as const);
  expect(thinned(points, 5)).toEqual([[0.5, 0.5], [2.5, 2.5], [4.5, 4.5], [6.5, 6.5], [8.5, 8.5]]); // biome-ignore format: points
  expect(chart("empty", [{ name: "x", points: [[1, Number.NaN]] }], "step")).toBeUndefined();
  expect(chart("one", [{ name: "x", points: [[1, 2]] }], "step")).not.toContain("NaN");
});
