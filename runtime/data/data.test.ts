import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ahead, arrange, type Batch, batches, type Walk } from "./batches.ts";
import { type Dataset, jsonl, openDataset, type RowSource } from "./dataset.ts";
import { answerOf, fieldOf, type Row } from "./row.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-data-"));
const open = (make: () => RowSource): Dataset => openDataset("lessons", make, root);
const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(source);
const file = (content: string | Uint8Array, name = "rows.jsonl"): Dataset => {
  writeFileSync(join(root, name), content);
  return open(() => jsonl(name));
};
const refusal = async (dataset: Dataset): Promise<string> => {
  try {
    await collect(dataset);
  } catch (error) {
    return (error as Error).message.replace(/^.*rows/, "rows");
  }
  return "accepted";
};

test("reads TRL's columns: texts, conversations, completions, preferences and documents", async () => {
  const lines = [
    { prompt: "Capital?", completion: "Lurma", documents: [{ title: "Z", text: "Lurma." }] },
    {
      messages: [
        { role: "user", content: "Capital?" },
        { role: "assistant", content: "Lurma" },
      ],
    },
    {
      prompt: [{ role: "user", content: "Capital?" }],
      chosen: [{ role: "assistant", content: "Lurma" }],
      rejected: "Broaz",
      margin: 2,
    },
  ];
  const rows = await collect(file(`\uFEFF${lines.map((line) => JSON.stringify(line)).join("\r\n")}\n\n`));
  const prompt = [{ role: "user", content: "Capital?" }];
  expect(rows).toEqual([
    { prompt, documents: [{ title: "Z", text: "Lurma." }], answer: { text: "Lurma" } },
    { prompt, documents: [], answer: { text: "Lurma" } },
    { prompt, documents: [], chosen: { text: "Lurma" }, rejected: { text: "Broaz" }, margin: 2 },
  ]);
});

test("reads gzip, and lines without an end", async () => {
  expect(await collect(file(gzipSync('{"prompt":"a"}\n{"prompt":"b"}'), "rows.jsonl.gz"))).toHaveLength(2);
});

test("reads a file that is larger than the memory it has", () => {
  const row = `${JSON.stringify({ prompt: "x".repeat(4000), answer: "y" })}\n`;
  writeFileSync(join(root, "large.jsonl"), row.repeat(16_000));
  const count = `
    const { jsonl, openDataset } = await import(${JSON.stringify(new URL("./dataset.ts", import.meta.url).href)});
    let rows = 0;
    for await (const _ of openDataset("large", () => jsonl("large.jsonl"), ${JSON.stringify(root)})) rows++;
    console.log(rows);`;
  const words = ["--max-old-space-size=32", "--max-semi-space-size=1", "--input-type=module", "-e", count];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  rmSync(join(root, "large.jsonl"));
  expect([stdout, stderr.slice(-300)]).toEqual(["16000\n", expect.not.stringContaining("heap")]);
});

test("names file, line and field of what is wrong", async () => {
  const cases: [string | Uint8Array, string][] = [
    ['{"prompt":"a"}\n\n{"prompt"', "rows.jsonl:3 is not JSON"],
    ["[1]", "rows.jsonl:1 is a list, not a row with named fields."],
    ['{"prompt": 3}', "rows.jsonl:1 has the number 3 as `prompt`, neither a text nor a list of messages."],
    ['{"messages": [{"role": "robot", "content": "x"}]}', "rows.jsonl:1 has a message 1 in `messages` without a role"],
    ['{"prompt": "a", "documents": [{"title": "x"}]}', "rows.jsonl:1 has a document 1 without a `text`."],
    ['{"prompt": "a", "answer": {"text": "x", "tokens": [-1]}}', "rows.jsonl:1 has `answer` with tokens that are not token ids."],
    [Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), "rows.jsonl is not UTF-8 text"],
  ];
  for (const [content, message] of cases) expect(await refusal(file(content))).toContain(message);
  expect(await refusal(open(() => jsonl("none.jsonl")))).toContain("There is no file");
  expect(await refusal(open(() => [{ prompt: "a" }, 5]))).toBe("lessons, row 2 is the number 5, not a row with named fields.");
});

test("says which field an objective misses, and what the row has", async () => {
  const [row] = await collect(file('{"prompt":"a"}'));
  expect(() => answerOf(row!, "answer")).toThrow(
    /rows.jsonl:1 has no `answer` \(or `completion`\); it has `prompt`, `documents`\./,
  );
  expect(() => fieldOf(row!, "chosen")).toThrow(/has no `chosen`/);
});

const made = (count: number): Dataset =>
  open(() => Array.from({ length: count }, (_, i) => ({ prompt: "x".repeat((i * 37) % 101), n: i })));
const numbers = (all: readonly Batch[]): number[][] => all.map((batch) => batch.rows.map((row: Row) => row.n as number));

test("every pass holds every row once, in another order, the same order for the same seed", async () => {
  const walk: Walk = { batch: 7, seed: 1, stretch: 50, epochs: 2 };
  const all = await collect(batches(made(123), walk));
  const passes = [0, 1].map((epoch) => numbers(all.filter((batch) => batch.epoch === epoch)).flat());
  for (const pass of passes) expect([...pass].sort((a, b) => a - b)).toEqual(Array.from({ length: 123 }, (_, i) => i));
  expect(passes[0]).not.toEqual(passes[1]);
  expect(numbers(all)).toEqual(numbers(await collect(batches(made(123), walk))));
  expect(numbers(all)).not.toEqual(numbers(await collect(batches(made(123), { ...walk, seed: 2 }))));
  expect(all.map((batch) => batch.rows.length).filter((length) => length !== 7)).toEqual([4, 4]);
});

test("goes on from any batch as if it had never stopped", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 9 }), fc.nat(40), async (rows, batch, from) => {
      const walk: Walk = { batch, seed: [3, "x"], stretch: 20, epochs: 3 };
      const all = await collect(batches(made(rows), walk));
      expect(await collect(batches(made(rows), walk, from))).toEqual(all.slice(from));
    }),
    { numRuns: 40 },
  );
});

test("rows of a batch are of similar length", async () => {
  const rows = await collect(made(512));
  const cut = arrange(rows, 0, 0, { batch: 16, seed: 1, stretch: 512 });
  const spread = cut.map(
    (batch) =>
      Math.max(...batch.map((row) => row.prompt[0]!.content.length)) -
      Math.min(...batch.map((row) => row.prompt[0]!.content.length)),
  );
  expect(spread.reduce((a, b) => a + b, 0) / spread.length).toBeLessThan(15);
});

test("a dataset without rows ends instead of passing over nothing for ever", async () => {
  expect(await collect(batches(made(0), { batch: 4, seed: 1, stretch: 8 }))).toEqual([]);
});

test("making ahead keeps order, and an error comes where it belongs", async () => {
  const seen: number[] = [];
  const source = async function* (): AsyncGenerator<number> {
    yield* [1, 2];
    throw new Error("third");
  };
  await expect(
    (async () => {
      for await (const each of ahead(source())) seen.push(each);
    })(),
  ).rejects.toThrow("third");
  expect(seen).toEqual([1, 2]);
});
