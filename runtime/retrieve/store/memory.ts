/**
 * Passages as lines of JSON, read whole and ranked by the reference BM25: for machines that LanceDB has no native code for, and as the
 * oracle of the engine that has. It serves some hundred thousand passages; it knows no other limits.
 */

import { createReadStream } from "node:fs";
import { appendFile, copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bm25 } from "../bm25.ts";
import { type Engine, type FoundRow, type PassageRow, ranked } from "./store.ts";

const name = "passages.jsonl";

/** The engine over lines of JSON. */
export const memory: Engine = {
  name: "memory",
  async create(folder, from) {
    const file = join(folder, name);
    if (from === undefined) await writeFile(file, "");
    else await copyFile(join(from, name), file);
    return {
      add: (rows) => appendFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
      async remove(documents) {
        if (documents.length === 0) return;
        const gone = new Set(documents);
        const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
        const kept = lines.filter((line) => !gone.has((JSON.parse(line) as PassageRow).document));
        await writeFile(file, kept.map((line) => `${line}\n`).join(""));
      },
      finish: async () => {},
    };
  },
  async open(folder) {
    const rows: PassageRow[] = [];
    for await (const line of createInterface({ input: createReadStream(join(folder, name), "utf8") }))
      rows.push(JSON.parse(line));
    const engine = bm25(rows.map((row) => (row.terms === "" ? [] : row.terms.split(" "))));
    return {
      async search(terms, top): Promise<FoundRow[]> {
        const scores = engine.scores(terms);
        const found = rows.map((row, at) => ({ row: { ...row, terms: "" }, score: scores[at]! })).filter((hit) => hit.score > 0);
        return ranked(found, top);
      },
      close: () => {},
    };
  },
};
