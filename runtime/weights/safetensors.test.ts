import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NeuroError } from "../error.ts";
import { loadWeights } from "./load.ts";
import { parseSafetensors, readSafetensors, safetensorsParts, writeSafetensors } from "./safetensors.ts";
import { asStored, hashWeights, type WeightTensor } from "./tensors.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "neuro-weights-"));
const tensor = (shape: number[], ...numbers: number[]): WeightTensor => ({ shape, data: Float32Array.from(numbers) });
const toy = (): Map<string, WeightTensor> =>
  new Map([
    ["b.w", tensor([2, 3], 1, 2, 3, 4, 5, 6.5)],
    ["a", tensor([], -0)],
  ]);

/** A file from a header and a body, as a stranger would write it. */
function file(header: unknown, body: Uint8Array = new Uint8Array(8)): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

function refusal(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    parseSafetensors(bytes, "w.safetensors");
  } catch (error) {
    if (error instanceof NeuroError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

test("reads back every bit that it wrote, and equal weights give equal bytes", () => {
  const path = join(folder(), "w.safetensors");
  writeSafetensors(path, toy(), { tokenizer: "abc" });
  const first = readFileSync(path);
  const back = readSafetensors(path);
  expect(back.metadata).toEqual({ tokenizer: "abc" });
  expect([...back.tensors.keys()]).toEqual(["a", "b.w"]);
  expect(Object.is(back.tensors.get("a")!.data[0], -0)).toBe(true);
  expect(hashWeights(back.tensors)).toBe(hashWeights(toy()));
  writeSafetensors(path, new Map([...back.tensors].reverse()), { tokenizer: "abc" });
  expect(readFileSync(path).equals(first)).toBe(true);
});

test("stores halves so that a second round trip changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -65_000, max: 65_000, noNaN: true }), { minLength: 1, maxLength: 20 }), (numbers) => {
      const weights = new Map([["w", tensor([numbers.length], ...numbers)]]);
      const write = (from: typeof weights): Uint8Array<ArrayBuffer> =>
        Uint8Array.from(Buffer.concat(safetensorsParts(from, {}, "f16")));
      const back = parseSafetensors(write(weights), "w").tensors;
      expect(hashWeights(back)).toBe(hashWeights(asStored(weights, "f16")));
      expect(write(back)).toEqual(write(weights));
    }),
  );
  expect(() => asStored(new Map([["w", tensor([1], 1e6)]]), "f16")).toThrow(/w holds 1000000, which is more than/);
});

test("reads bfloat16 as the upper half of float32", () => {
  const bytes = file({ w: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, Uint8Array.of(0x80, 0x3f, 0x49, 0xc0));
  expect([...parseSafetensors(bytes, "w").tensors.get("w")!.data]).toEqual([1, -3.140625]);
});

test("refuses every truncation of a good file in a sentence", () => {
  const whole = Uint8Array.from(Buffer.concat(safetensorsParts(toy(), {})));
  for (let length = 0; length < whole.length; length++) {
    expect(refusal(whole.slice(0, length))).toMatch(
      /^weights_(truncated|foreign|header): w.safetensors cannot be used as weights: .*\.$/,
    );
  }
});

test("says what is wrong with a file that is not safetensors", () => {
  const text = (start: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(start.padEnd(200, " ")));
  const cases = [
    text("GGUF\u0003\u0000\u0000\u0000"),
    text("PK\u0003\u0004"),
    text("version https://git-lfs.github.com"),
    text('{"a": 1}'),
    text("<html>"),
  ];
  expect(cases.map((bytes) => refusal(bytes).split("safetensors file")[1])).toEqual([
    ", it is GGUF.",
    ", it is a zip archive (perhaps a PyTorch checkpoint).",
    ", it is a Git LFS pointer: the file itself was not downloaded.",
    ", it is JSON.",
    ", it is a web page.",
  ]);
});

test("says which tensor a header lies about", () => {
  const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = "F32"): object => ({
    dtype,
    shape,
    data_offsets: [start, end],
  });
  const wrong: [unknown, RegExp][] = [
    ["{ garbage", /weights_header: .*its header is not JSON/],
    [[1], /its header is not a JSON object/],
    [{ w: { dtype: "F32" } }, /describes w without a dtype, a shape and two offsets/],
    [{ w: entry(0, 8, [-1]) }, /describes w without/],
    [{ w: entry(0, 8, [1], "I64") }, /weights_dtype: .*w holds I64, and only F32, F16, BF16, F8_E4M3, F8_E5M2, F64 are read/],
    [{ w: entry(0, 8, [3]) }, /w \[3\] of F32 needs 12 bytes and its offsets give 8/],
    [{ v: entry(0, 8), w: entry(4, 8) }, /the bytes of w overlap those of v/],
    [{ w: entry(4, 8) }, /4 bytes before w belong to no tensor/],
    [{ w: entry(0, 4) }, /4 bytes after the last tensor belong to nothing/],
    [{ w: entry(0, 12) }, /weights_truncated: .*w should end at byte 12 of the data and the file ends at 8/],
    [{ __metadata__: { a: 1 }, w: entry(0, 8) }, /__metadata__ is not a list of names and texts/],
  ];
  for (const [header, message] of wrong) expect(refusal(file(header))).toMatch(message);
});

test("random bytes are refused, never a crash", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => refusal(Uint8Array.from(bytes)).startsWith("weights_")));
  fc.assert(fc.property(fc.json(), (json) => /^weights_|^accepted/.test(refusal(file(json)))));
});

test("reads a sharded index and names a shard that is not there or does not hold its tensor", () => {
  const at = folder();
  writeSafetensors(join(at, "1.safetensors"), new Map([["a", tensor([1], 1)]]));
  writeSafetensors(join(at, "2.safetensors"), new Map([["b", tensor([1], 2)]]));
  const index = join(at, "model.safetensors.index.json");
  const say = (map: object): void => writeFileSync(index, JSON.stringify({ weight_map: map }));
  say({ a: "1.safetensors", b: "2.safetensors" });
  expect([...loadWeights(index).tensors.keys()]).toEqual(["a", "b"]);
  say({ a: "1.safetensors", b: "3.safetensors" });
  expect(() => loadWeights(index)).toThrow(/There is no file .*3.safetensors/);
  say({ a: "1.safetensors", c: "2.safetensors" });
  expect(() => loadWeights(index)).toThrow(/c is in 2.safetensors, which does not hold it/);
  say({ a: "../../etc/1.safetensors" });
  expect(() => loadWeights(index)).toThrow(/outside its folder/);
});

test("a failed write leaves the old file and no temporary behind", () => {
  const at = folder();
  const path = join(at, "w.safetensors");
  writeSafetensors(path, toy());
  const before = readFileSync(path);
  expect(() => writeSafetensors(path, new Map([["w", tensor([1], 1e9)]]), {}, "f16")).toThrow(NeuroError);
  expect(() => writeSafetensors(join(path, "inside.safetensors"), toy())).toThrow(/cannot be written/);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(at)).toEqual(["w.safetensors"]);
});
