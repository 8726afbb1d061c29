/**
 * Passages as lines of JSON, read whole and ranked by the reference BM25: for machines that LanceDB has no native code for, and as the
 * oracle of the engine that has. It serves some hundred thousand passages; it knows no other limits.
 */

import { createReadStream } from "node:fs";
import { appendFile, copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bm25 } from "../bm25.ts";
import { dot } from "../embedder.ts";
import { type Engine, type PassageRow, ranked, type Store, type Weighing } from "./store.ts";

const name = "passages.jsonl";

/** The engine over lines of JSON. */
export const memory: Engine = {
  name: "memory",
  async create(folder, _width, from) {
    const file = join(folder, name);
    if (from === undefined) await writeFile(file, "");
    else await copyFile(join(from, name), file);
    return {
      add: (rows) => appendFile(file, rows.map((row) => `${JSON.stringify(written(row))}\n`).join("")),
      async remove(documents) {
        if (documents.length === 0) return;
        const gone = new Set(documents);
        const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
        const kept = lines.filter((line) => !gone.has((JSON.parse(line) as PassageRow).document));
        await writeFile(file, kept.map((line) => `${line}\n`).join(""));
      },
      finish: async () => ({}),
    };
  },
  async open(folder, weighing) {
    const rows: PassageRow[] = [];
    for await (const line of createInterface({ input: createReadStream(join(folder, name), "utf8") }))
      rows.push(read(JSON.parse(line)));
    return held(rows, weighing);
  },
};

/** Passages in memory, ranked by the reference BM25 and by comparing every vector. */
export function held(rows: readonly PassageRow[], weighing: Weighing): Store {
  const engine = bm25(
    rows.map((row) => (row.terms === "" ? [] : row.terms.split(" "))),
    weighing,
  );
  // Ties at the last place are broken by id, so all of them are looked at.
  const best = (scores: Float64Array, top: number, least: number) => {
    if (top < 1) return [];
    const found = [...scores.keys()].filter((at) => scores[at]! > least);
    const floor =
      Float64Array.from(found, (at) => scores[at]!)
        .sort()
        .at(-top) ?? Number.NEGATIVE_INFINITY;
    const close = found.filter((at) => scores[at]! >= floor);
    return ranked(
      close.map((at) => ({ row: { ...rows[at]!, terms: "" }, score: scores[at]! })),
      top,
    );
  };
  return {
    search: async (terms, top) => best(engine.scores(terms), top, 0),
    async weighed(terms, top) {
      const sums = new Float64Array(rows.length);
      for (const [term, weight] of terms) for (const [at, score] of engine.scores([term]).entries()) sums[at]! += weight * score;
      return best(sums, top, 0);
    },
    rarity: async () => engine.idf,
    of: async (document) => rows.filter((row) => row.document === document).sort((a, b) => a.start - b.start),
    near: async (vector, top) => {
      const scores = Float64Array.from(rows, (row) => (row.vector ? dot(row.vector, vector) : Number.NaN));
      return best(scores, top, Number.NEGATIVE_INFINITY);
    },
    close: () => {},
  };
}

/** A row as it stands in a line: its vector as the base64 of its bytes. */
const written = ({ vector, ...row }: PassageRow): object =>
  vector === undefined
    ? row
    : { ...row, vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64") };

function read({ vector, ...row }: Omit<PassageRow, "vector"> & { vector?: string }): PassageRow {
  return vector === undefined ? row : { ...row, vector: new Float32Array(Uint8Array.from(Buffer.from(vector, "base64")).buffer) };
}
