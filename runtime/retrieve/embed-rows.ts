/**
 * Passages get their vectors: those that were embedded before (in an earlier run, or one that was killed) by looking them up, the others from the
 * model, which shows its progress. It knows nothing of documents or engines.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { sha256 } from "../files.ts";
import type { Progress, Task } from "../progress.ts";
import type { Embedder } from "./embedder.ts";
import type { IndexedVectors } from "./index-file.ts";
import type { PassageRow } from "./store/store.ts";
import { openVectorLog } from "./vector-log.ts";

/** Passages between two writes of the log: what a kill may cost. */
const stretch = 256;

/** An embedding of an index's passages that is under way. */
export type Embedding = {
  /** The same rows with their vectors. Throws what the model throws, and the signal's reason. */
  embed(rows: readonly PassageRow[], signal?: AbortSignal): Promise<PassageRow[]>;
  /** What `index.json` says of the vectors; undefined where no row had to be made. */
  made(): IndexedVectors | undefined;
  /** Passages that the model has read. */
  embedded(): number;
  /** Removes vectors of other weights, and all when most belong to passages that are gone; `live` counts those that are there. */
  tidy(live: number): void;
  close(): void;
};

/** The embedder's key; without weights, why there is none. Throws for every other failure. */
export async function keyOf(embedder: Embedder | undefined): Promise<{ key?: string; lacking?: string }> {
  if (embedder === undefined) return {};
  try {
    return { key: await embedder.key() };
  } catch (error) {
    if (!(error instanceof NeuroError) || error.code !== "weights_missing") throw error;
    return { lacking: `There are no vectors yet, because ${embedder.name} has no weights: train it, then index again.` };
  }
}

/** Begins; the log of what is known is opened with the first row. */
export function beginEmbedding(place: {
  readonly embedder: Embedder;
  readonly key: string;
  readonly folder: string;
  readonly name: string;
  readonly progress: Progress;
}): Embedding {
  const { embedder, key, folder, name, progress } = place;
  const file = `vectors-${key.slice(0, 16)}.log`;
  let log: ReturnType<typeof openVectorLog> | undefined;
  let task: Task | undefined;
  let [width, count] = [0, 0];
  const fill = async (rows: readonly PassageRow[], signal: AbortSignal | undefined) => {
    log ??= openVectorLog(join(folder, file));
    const open = log;
    const hashes = rows.map(({ title, text }) => sha256(`${title}\n${text}`));
    const lacking = new Map(rows.flatMap((row, i) => (open.get(hashes[i]!) === undefined ? [[hashes[i]!, row] as const] : [])));
    // What was embedded elsewhere came with its vector.
    const brought = [...lacking].flatMap(([hash, { vector }]) => (vector === undefined ? [] : [[hash, vector] as const]));
    open.put(brought);
    count += brought.length;
    const asked = [...lacking].filter(([, { vector }]) => vector === undefined);
    for (let at = 0; at < asked.length; at += stretch) {
      signal?.throwIfAborted();
      const part = asked.slice(at, at + stretch);
      task ??= progress.task(`embed ${name}`, undefined, "passages");
      const texts = part.map(([, { title, text }]) => ({ title, text }));
      const vectors = await embedder.passages(texts, signal);
      open.put(part.map(([hash], i) => [hash, vectors[i]!] as const));
      count += part.length;
      task.update(count);
    }
    return rows.map((row, i): PassageRow => ({ ...row, vector: open.get(hashes[i]!)! }));
  };
  return {
    async embed(rows, signal) {
      if (rows.length === 0) return [];
      const filled = await fill(rows, signal);
      width = filled[0]!.vector!.length;
      return filled;
    },
    made: () => (width === 0 ? undefined : { by: embedder.name, key, width }),
    embedded: () => count,
    tidy(live) {
      task?.end();
      const crowded = (log?.size() ?? 0) > 3 * live + stretch;
      log?.close();
      log = undefined;
      for (const other of readdirSync(folder))
        if (/^vectors-.*\.log$/.test(other) && (other !== file || crowded)) rmSync(join(folder, other), { force: true });
    },
    close() {
      log?.close();
      log = undefined;
    },
  };
}
