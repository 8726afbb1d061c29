import { expect, test } from "vitest";
import { trainBpe } from "../text/bpe.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { best, chooser } from "./choose.ts";
import { type Decoding, decode, type Writer } from "./decode.ts";
import { footnoteFilter } from "./footnotes.ts";

const logs = (...odds: number[]): Float32Array => Float32Array.from(odds, (p) => Math.log(p));

/** A writer over a table: what follows which token. It remembers what each row wrote, as caches do. */
function table(rows: number, follow: (last: number, row: number, written: readonly number[]) => Float32Array): Writer {
  let source = Array.from({ length: rows }, (_, row) => row);
  let written: number[][] = source.map(() => []);
  return {
    get rows() {
      return source.length;
    },
    async next(tokens) {
      written = written.map((before, row) => [...before, tokens[row]!]);
      return Float32Array.from(tokens.flatMap((token, row) => [...follow(token, source[row]!, written[row]!)]));
    },
    async select(places) {
      source = places.map((place) => source[place]!);
      written = places.map((place) => written[place]!);
    },
    async reorder(places) {
      written = places.map((place) => written[place]!);
    },
    close: () => {},
  };
}
const base: Decoding = { strategy: { kind: "greedy" }, most: 10, seed: 1, begin: 0, end: 3 };

test("greedy takes the likeliest, the smallest id among equals, and never what is not allowed", () => {
  expect(best(logs(0.2, 0.5, 0.3))).toBe(1);
  expect(best(logs(0.4, 0.4, 0.2))).toBe(0);
  expect(best(logs(0.2, 0.5, 0.3), (id) => id !== 1)).toBe(2);
});

test("samples as often as the probabilities say, cut by top-k and top-p, sharpened by temperature", () => {
  const odds = logs(0.5, 0.3, 0.15, 0.05);
  const shares = (strategy: object): number[] => {
    const choose = chooser({ kind: "sample", ...strategy }, 5);
    const counts = [0, 0, 0, 0];
    for (let row = 0; row < 4000; row++) counts[choose(odds, row, 0)]!++;
    return counts.map((count) => Math.round(count / 40));
  };
  const close = (found: number[], expected: number[]): void =>
    found.forEach((share, i) => void expect(Math.abs(share - expected[i]!)).toBeLessThanOrEqual(2));
  close(shares({}), [50, 30, 15, 5]);
  close(shares({ top_k: 2 }), [62, 38, 0, 0]);
  close(shares({ top_p: 0.9 }), [53, 32, 16, 0]);
  close(shares({ temperature: 0.5 }), [68, 25, 6, 1]);
  close(shares({ temperature: 0 }), [100, 0, 0, 0]);
  close(shares({ min_p: 0.2 }), [53, 32, 16, 0]);
});

test("a row ends at its end token while others go on, and what the model thought of each token is kept", async () => {
  const writer = table(2, (last, row) =>
    last + 1 >= 2 + row ? logs(0.1, 0.1, 0.1, 0.7) : logs(...[0, 1, 2, 3].map((id) => (id === last + 1 ? 0.7 : 0.1))),
  );
  const seen: string[] = [];
  const rows = await decode(writer, { ...base, onToken: (row, id) => seen.push(`${row}:${id}`) });
  expect(rows.map((row) => row.tokens)).toEqual([
    [1, 3],
    [1, 2, 3],
  ]);
  expect(rows[0]!.logps.map((logp) => Math.exp(logp).toFixed(2))).toEqual(["0.70", "0.70"]);
  expect(seen).toEqual(["0:1", "1:1", "0:3", "1:2", "1:3"]);
});

test("stops at the most tokens, and says that the row was cut off", async () => {
  const [row] = await decode(
    table(1, () => logs(0.1, 0.9, 0, 0)),
    { ...base, most: 4 },
  );
  expect(row).toMatchObject({ tokens: [1, 1, 1, 1], ended: false });
});

test("a draw belongs to the row, not to its place in a batch", async () => {
  const flat = logs(0.25, 0.25, 0.25, 0.25);
  const sample: Decoding = { ...base, strategy: { kind: "sample" }, most: 12 };
  const [a, b] = await decode(
    table(2, () => flat),
    { ...sample, names: [7, 8] },
  );
  const [alone] = await decode(
    table(1, () => flat),
    { ...sample, names: [8] },
  );
  expect(alone!.tokens).toEqual(b!.tokens);
  expect(a!.tokens).not.toEqual(b!.tokens);
});

/** Token 1 looks best at first, but every way on from it is unlikely; 2 is the way to the likeliest whole answer. */
const trap = (last: number, _row: number, written: readonly number[]): Float32Array => {
  if (written.length === 1) return logs(0.01, 0.5, 0.4, 0.09);
  return last === 1 ? logs(0.3, 0.3, 0.2, 0.2) : logs(0.03, 0.03, 0.04, 0.9);
};

test("beams find the answer that is likeliest as a whole, where greedy takes the first best word", async () => {
  const greedy = await decode(table(1, trap), { ...base, most: 2 });
  const beams: Decoding = { ...base, most: 4, strategy: { kind: "beam", width: 2, length: 0 } };
  const [found] = await decode(table(1, trap), beams);
  expect(greedy[0]!.tokens[0]).toBe(1);
  expect(found).toMatchObject({ tokens: [2, 3], ended: true });
  expect(found!.logps.map((logp) => Math.exp(logp).toFixed(2))).toEqual(["0.40", "0.90"]);
  const [one] = await decode(table(1, trap), { ...beams, strategy: { kind: "beam", width: 1 } });
  expect(one!.tokens[0]).toBe(1);
});

test("beams of several rows do not mix, obey what is allowed, and prefer length as told", async () => {
  const follow = (last: number, row: number, written: readonly number[]): Float32Array =>
    row === 0 ? trap(last, row, written) : logs(0.1, 0.1, 0.5, 0.3);
  const rows = await decode(table(2, follow), { ...base, most: 3, strategy: { kind: "beam", width: 3, length: 0 } });
  expect(rows.map((row) => row.tokens)).toEqual([[2, 3], [3]]);
  const long = await decode(
    table(1, () => logs(0.1, 0.1, 0.5, 0.3)),
    { ...base, most: 3, strategy: { kind: "beam", width: 3, length: 2 } },
  );
  expect(long[0]!.tokens).toEqual([2, 2, 2]);
  const never = await decode(table(1, trap), {
    ...base,
    most: 3,
    strategy: { kind: "beam", width: 2 },
    allow: () => (id) => id !== 2,
  });
  expect(never[0]!.tokens).not.toContain(2);
});

test("a stop ends a row, and tokens that were written become less likely where that is asked for", async () => {
  const [stopped] = await decode(
    table(1, () => logs(0.1, 0.9, 0, 0)),
    { ...base, stops: (_, written) => written.length === 3 },
  );
  expect(stopped).toMatchObject({ tokens: [1, 1, 1], ended: true });
  const [varied] = await decode(
    table(1, () => logs(0.2, 0.4, 0.38, 0.02)),
    { ...base, most: 3, repetition: 2 },
  );
  expect(varied!.tokens).toEqual([1, 2, 0]);
});

test("an aborted signal ends it between two tokens", async () => {
  const control = new AbortController();
  const onToken = (): void => control.abort(new Error("the user left"));
  await expect(
    decode(
      table(1, () => logs(0.1, 0.9, 0, 0)),
      { ...base, onToken, signal: control.signal },
    ),
  ).rejects.toThrow("the user left");
});

const words = "See [1] and [12] or [123], in 1984 and 2026. ";
for (const markers of [9, 0]) {
  test(`footnotes name shown blocks only, with ${markers} marks of one token`, () => {
    const tokenizer = Tokenizer.parse(trainBpe([words.repeat(9)], { vocab: 330, markers, digits: 3 }));
    const filter = footnoteFilter(tokenizer);
    /** Whether an answer can be written over that many blocks. */
    const writable = (text: string, blocks: number): boolean => {
      const allow = filter(blocks);
      const ids = tokenizer.encode(text);
      return ids.every((id, i) => allow(ids.slice(0, i))?.(id) ?? true);
    };
    const tried = ["Lurma [1]", "Lurma [3].", "Lurma [12]", "Lurma [13]", "Lurma [0]", "In 1984 [2][3]", "[1] 12]", "[123]"];
    expect(tried.filter((text) => writable(text, 12))).toEqual([
      "Lurma [1]",
      "Lurma [3].",
      "Lurma [12]",
      "In 1984 [2][3]",
      "[1] 12]",
    ]);
    expect(tried.filter((text) => writable(text, 1))).toEqual(["Lurma [1]", "[1] 12]"]);
    expect(tried.filter((text) => writable(text, 0))).toEqual([]);
    expect(writable("In 1984 or 12 rivers", 0)).toBe(true);
  });
}
