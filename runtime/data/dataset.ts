/**
 * A dataset is a way to begin a pass over rows, as often as wanted, each time with the same rows; it holds none of them.
 * Rows come from a JSONL file, from a TypeScript generator, or from an earlier step.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { NeuroError } from "../error.ts";
import { cannotRead, canonicalJson, sha256, shown } from "../files.ts";
import { readJsonl } from "./jsonl.ts";
import type { Row } from "./row.ts";
import { rowOf, type Shape } from "./shape.ts";

/** What `jsonl("data/x.jsonl")` of a spec is: a file to be read relative to the spec's folder. */
export type FileRows = { readonly kind: "jsonl"; readonly path: string };

/** What makes the rows of one pass. */
export type RowSource = Iterable<unknown> | AsyncIterable<unknown> | FileRows;

/** Rows of a JSONL file with TRL's column names; the path is relative to the spec's folder. */
export function jsonl(path: string): FileRows {
  return { kind: "jsonl", path };
}

/** What people have said so far: `labels/<name>.jsonl` below the spec's folder. */
export function labels(name: string): FileRows {
  return { kind: "jsonl", path: `labels/${name}.jsonl` };
}

/** Rows by name; each iteration is one pass over all of them. */
export class Dataset implements AsyncIterable<Row> {
  readonly name: string;
  #make: () => RowSource | Promise<RowSource>;
  #root: string;
  #shape: Shape;

  constructor(name: string, make: () => RowSource | Promise<RowSource>, root: string, shape: Shape = {}) {
    this.name = name;
    this.#make = make;
    this.#root = root;
    this.#shape = shape;
  }

  /**
   * One pass. Throws what reading a file throws, `row_not_json`, `row_malformed` and `row_lacks_field` for a row that is not as declared, and
   * `file_empty` for a file without rows.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row> {
    const source = await this.#make();
    let number = 0;
    if (isFile(source)) {
      const path = resolve(this.#root, source.path);
      for await (const { value, place } of readJsonl(path)) {
        number++;
        yield rowOf(value, place, this.#shape);
      }
      if (number === 0) throw empty(path);
      return;
    }
    for await (const value of source) yield rowOf(value, `${this.name}, row ${++number}`, this.#shape);
  }

  /** The rows of one pass: the same ones each time, unless they are drawn for it. */
  pass(_epoch: number): AsyncIterable<Row> {
    return this;
  }

  /**
   * How many rows may be held at once to shuffle them: a file is mixed as a whole up to this, a generator (which may be slow or
   * endless) in shorter stretches, so that the first step does not wait.
   */
  async stretch(): Promise<number> {
    return isFile(await this.#make()) ? 65_536 : 4_096;
  }

  /**
   * What the rows are, as a hash, without reading them all: a file's SHA-256; for rows in memory, all of them; what rows that are joined tell of
   * themselves; for a generator, the words of its call and the first rows that it makes (a pass over an endless one would not end).
   */
  async identity(): Promise<string> {
    const source = await this.#make();
    if (isFile(source)) return hashFile(resolve(this.#root, source.path));
    if (Array.isArray(source)) return sha256(canonicalJson(source));
    if ("identity" in source && typeof source.identity === "function") return String(await source.identity());
    const first: unknown[] = [];
    for await (const value of source) if (first.push(value) === sampled) break;
    return sha256(String(this.#make), canonicalJson(first));
  }
}

/** So many of a generator's rows stand for all of them in its identity. */
const sampled = 256;

/** A dataset by name; `make` begins a pass, `root` is the spec's folder, which file names are relative to, `shape` what is declared of its rows. */
export function openDataset(name: string, make: () => RowSource | Promise<RowSource>, root: string, shape?: Shape): Dataset {
  return new Dataset(name, make, root, shape);
}

function empty(path: string): NeuroError {
  return new NeuroError("file_empty", `${shown(path)} has no rows.`, {
    where: path,
    hint: "A JSONL file has one JSON object on each line; empty lines are passed over.",
  });
}

function isFile(source: RowSource): source is FileRows {
  return "kind" in source && source.kind === "jsonl";
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw cannotRead(path, error);
  }
  return hash.digest("hex");
}
