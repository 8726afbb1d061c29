// BERT, RoBERTa, DistilBERT, T5, UL2 and UMT5 of weights drawn by a formula tell what a plain PyTorch transcription tells of them (torch-encoders.py
// wrote its numbers down), through folders as transformers writes them, and go back to such folders as they came.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { interpret } from "../../kernels/interp/interpret.ts";
import { runOnnx } from "../../kernels/render/onnx-session.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { silent } from "../../runtime/progress.ts";
import { exportFolder } from "../../runtime/weights/huggingface/export.ts";
import { newFolder } from "../../runtime/weights/new-folder.ts";
import { openForeign } from "../../runtime/weights/open.ts";
import { safetensorsParts } from "../../runtime/weights/safetensors.ts";
import { hashWeights } from "../../runtime/weights/tensors.ts";
import { compiled } from "./programs.ts";

type Drawn = { readonly name: string; readonly shape: readonly number[]; readonly spread: number; readonly mean: number };
type Case = {
  readonly name: string;
  readonly config: Record<string, unknown>;
  readonly weights: readonly Drawn[];
  readonly value: readonly number[];
};
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(join(import.meta.dirname, "torch-logits.json"), "utf8"));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "neuro-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The formula of torch-encoders.py. */
function drawn({ shape, spread, mean }: Drawn, seed: number): Float32Array {
  const size = shape.reduce((n, each) => n * each, 1);
  return Float32Array.from({ length: size }, (_, i) => {
    let h = (Math.imul(i + 1, 2654435761) + seed * 97) >>> 0;
    h = (h ^ (h >>> 16)) >>> 0;
    h = Math.imul(h, 2246822519) >>> 0;
    h = (h ^ (h >>> 13)) >>> 0;
    return mean + spread * ((2 * h) / 2 ** 32 - 1);
  });
}

/** A folder as transformers writes it. */
function written({ name, config, weights }: Case): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "config.json"), JSON.stringify(config));
  const tensors = new Map(weights.map((each, i) => [each.name, { shape: each.shape, data: drawn(each, i + 1) }]));
  writeAtomically(join(path, "model.safetensors"), safetensorsParts(tensors));
  return path;
}

function whole(path: string) {
  const foreign = openForeign(path, { tokenizer: false });
  const tensors = new Map([...foreign.tensors].map(([name, { shape, read }]) => [name, { shape, data: read() }]));
  foreign.close();
  const { architecture, config, window } = foreign;
  return { known: { architecture, config } as Parameters<typeof compiled>[0], window, tensors, stored: foreign.tensors };
}

const texts = {
  bert: {
    ids: [2, 7, 11, 4, 19, 3, 23, 8, 3, 2, 9, 3, 14, 6, 3, 0, 0, 0],
    width: 9,
    parts: [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1],
  },
  t5: {
    ids: [7, 11, 4, 19, 3, 23, 8, 22, 5, 1, 9, 3, 14, 6, 1, 0, 0, 0, 0, 0],
    width: 10,
    target: [0, 12, 5, 8, 20, 17, 0, 3, 3, 9, 26, 2],
  },
};

const inMemory = (tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>) =>
  new Map([...tensors].map(([name, { shape, data }]) => [name, { name, shape, dtype: "F32", read: () => data.slice() }]));

/** What a program is given: for each row, every word as each of its answers, so that all that is told is told. */
function feedsOf(
  known: { architecture: string; config: { vocab: number } },
  words: boolean,
): { feeds: Record<string, readonly number[]>; sizes: Record<string, number>; told: number; rows: number } {
  const { vocab } = known.config;
  const rows = words ? vocab : 1;
  const spread = (values: readonly number[], width: number): number[] =>
    [0, 1].flatMap((row) => Array.from({ length: rows }, () => values.slice(row * width, (row + 1) * width)).flat());
  const every = (width: number): number[] =>
    [0, 1].flatMap(() => Array.from({ length: rows * width }, (_, i) => Math.floor(i / width)));
  const ones = (values: readonly number[]): number[] => values.map((id) => (id > 0 ? 1 : 0));
  const { ids, width, parts } = texts.bert;
  if (known.architecture === "Bert" && words) {
    const faces = { "answer.masked": spread(ids, width), "answer.present": spread(ones(ids), width), "answer.ids": every(width) };
    return { feeds: faces, sizes: { batch: 2 * rows, answer: width }, told: width, rows };
  }
  if (known.architecture === "Bert") {
    const faces = { "source.ids": ids, "source.present": ones(ids), "source.part": parts };
    return { feeds: faces, sizes: { batch: 2, source: width }, told: 0, rows };
  }
  const t5 = texts.t5;
  const told = t5.target.length / 2;
  const faces = {
    "source.ids": spread(t5.ids, t5.width),
    "source.present": spread(ones(t5.ids), t5.width),
    "answer.input": spread(t5.target, told),
    "answer.ids": every(told),
    "answer.present": new Array<number>(2 * rows * told).fill(1),
  };
  return { feeds: faces, sizes: { batch: 2 * rows, source: t5.width, answer: told }, told, rows };
}

for (const each of cases) {
  test(`${each.name}: every number is PyTorch's, and the folder that is written again is the one that was read`, async () => {
    const path = written(each);
    const { known, window, tensors, stored } = whole(path);
    const again = join(folder, `${each.name} again`);
    await newFolder(again, (fresh) =>
      exportFolder(fresh, { ...known, name: "m", window, tensors: inMemory(tensors) }, { progress: silent }),
    );
    const back = whole(again);
    expect([back.known, back.window, hashWeights(back.tensors)]).toEqual([known, window, hashWeights(tensors)]);
    const names = (at: string) => {
      const bytes = readFileSync(join(at, "model.safetensors"));
      const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
      return Object.keys(header)
        .filter((name) => name !== "__metadata__")
        .sort();
    };
    expect(names(again)).toEqual(names(path));
    expect(stored.size).toBe(each.weights.length);

    const { lowered, model } = compiled(known, window);
    expect(model.weights.map((w) => [w.path, w.shape])).toEqual(
      expect.arrayContaining([...tensors].map(([p, { shape }]) => [p, shape])),
    );
    const { program } = lowered("forward");
    const words = program.outputs[0]!.name === "logp";
    const { feeds, sizes, told, rows } = feedsOf(known, words);
    const inputs = new Set(program.inputs.map((node) => node.attrs.name as string));
    const given: Record<string, ArrayLike<number>> = Object.fromEntries(
      [...[...tensors].map(([name, { data }]) => [name, data] as const), ...Object.entries(feeds)].filter(([name]) =>
        inputs.has(name),
      ),
    );
    // What is told of row r and place t of word v stands at [r * rows + v, t]; PyTorch's at [r, t, v].
    const place = (i: number): number => {
      if (!words) return i;
      const [v, t, r] = [i % rows, Math.floor(i / rows) % told, Math.floor(i / rows / told)];
      return (r * rows + v) * told + t;
    };
    const shown = (i: number): boolean => !words || known.architecture !== "Bert" || texts.bert.ids[Math.floor(i / rows)]! > 0;
    for (const [run, most] of [
      [interpret, 1e-8],
      [runOnnx, 1e-4],
    ] as const) {
      const [out] = Object.values(await run(program, given, sizes));
      const off = each.value.map((x, i) => (shown(i) ? Math.abs(out![place(i)]! - x) : 0));
      expect(Math.max(...off)).toBeLessThan(most);
    }
  });
}
