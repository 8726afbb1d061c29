/**
 * Nearest vectors of many in LanceDB: beyond a size they lie in cells by their neighbourhood (IVF, Jégou et al. 2011, "Product quantization for nearest neighbor
 * search", section IV, without quantization: distances are exact). As long as that is quick all cells are looked at and what is found is exact; of more vectors
 * so many cells are looked at as find 99 of 100 of the nearest, which is measured when they are made. It knows no words and no documents.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Index, Table, VectorQuery } from "@lancedb/lancedb";
import { writeAtomically } from "../../files.ts";

/** Bytes of vectors up to which they are read one after the other, and up to which all cells are looked at. */
export type CellSizes = { readonly plain: number; readonly exact: number };

export const cellSizes: CellSizes = { plain: 16 << 20, exact: 512 << 20 };

/** How nearest vectors are looked for: in so many cells of all; all of them where it says nothing. `recall` is what the last measurement found. */
export type Cells = { readonly looked?: number; readonly of?: number; readonly recall?: number };

const file = "cells.json";
/** More cells than there are: LanceDB divides those that grow large, so that there may be more than were asked for. */
const all = 1 << 16;
/** What is measured: so many vectors as questions, the nearest of each, the share that is to be found. */
const measured = { questions: 100, top: 10, least: 0.99 };

/** Sorts the vectors of a table without indexes into cells where they are many, and writes down beside it how they are looked for. */
export async function makeCells(
  lance: { readonly Index: typeof Index },
  table: Table,
  folder: string,
  sizes: CellSizes,
): Promise<Cells> {
  const width = await widthOf(table);
  const count = width === 0 ? 0 : await table.countRows();
  const bytes = 4 * width * count;
  if (bytes <= sizes.plain) {
    writeAtomically(join(folder, file), "{}\n");
    return {};
  }
  const some = bytes > sizes.exact;
  const cells = some ? Math.round(Math.sqrt(count)) : Math.max(1, Math.round(count / 4096));
  const config = lance.Index.ivfFlat({ distanceType: "dot", numPartitions: cells });
  await table.createIndex("vector", { config });
  const found: Cells = some ? await probed(table, count, cells) : { of: cells };
  writeAtomically(join(folder, file), `${JSON.stringify(found)}\n`);
  return found;
}

/** How the vectors of a folder are looked for; undefined where they are read one after the other. */
export function cellsOf(folder: string): Cells | undefined {
  try {
    const read = JSON.parse(readFileSync(join(folder, file), "utf8")) as Cells;
    return read.of === undefined ? undefined : read;
  } catch {
    return undefined;
  }
}

/** The `top` nearest rows. */
export function nearest(table: Table, vector: Float32Array, top: number, cells: Cells | undefined): VectorQuery {
  const asked = table.query().nearestTo(vector).distanceType("dot").limit(top);
  return cells === undefined ? asked.bypassVectorIndex() : asked.nprobes(cells.looked ?? all);
}

/** The fewest cells, doubled each time, in which enough of the nearest are found. */
async function probed(table: Table, count: number, of: number): Promise<Cells> {
  const every = Math.max(1, Math.floor(count / measured.questions));
  const places = Array.from({ length: Math.min(measured.questions, count) }, (_, i) => i * every);
  const questions = (await table.takeOffsets(places).select(["vector"]).toArray()).map((row) => Float32Array.from(row.vector));
  const ids = async (question: Float32Array, cells: Cells | undefined): Promise<string[]> =>
    (await nearest(table, question, measured.top, cells).select(["id", "_distance"]).toArray()).map((row) => String(row.id));
  const exact: ReadonlySet<string>[] = [];
  for (const question of questions) exact.push(new Set(await ids(question, undefined)));
  for (let looked = 8; ; looked *= 2) {
    if (looked >= of) return { of, recall: 1 };
    let [right, wanted] = [0, 0];
    for (const [i, question] of questions.entries()) {
      for (const id of await ids(question, { of, looked })) if (exact[i]!.has(id)) right += 1;
      wanted += exact[i]!.size;
    }
    if (right >= measured.least * wanted) return { of, looked, recall: right / wanted };
  }
}

async function widthOf(table: Table): Promise<number> {
  const field = (await table.schema()).fields.find(({ name }) => name === "vector");
  return (field?.type as { listSize?: number } | undefined)?.listSize ?? 0;
}
