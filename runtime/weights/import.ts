/**
 * A model of another format becomes a folder that a spec can stand on: its weights as safetensors under std's names, with their lineage, and its
 * tokenizer. Memory stays near one tensor. Knows nothing of specs.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { writeAtomically, writeStreamed } from "../files.ts";
import type { Progress } from "../progress.ts";
import type { TokenizerConfig } from "../text/config.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { FileParts } from "./archive.ts";
import { decoded, encoded } from "./dtypes.ts";
import type { Foreign } from "./foreign.ts";
import { writeLineage } from "./lineage.ts";
import { type Streamed, streamedParts } from "./safetensors.ts";
import { bytesIn, type FloatType, formatOf, watched } from "./stored-as.ts";
import { elements, hashing } from "./tensors.ts";

/** How a model is imported. */
export type ImportOptions = {
  readonly name: string;
  /** An empty folder to fill. */
  readonly folder: string;
  /** The format of its numbers; as they are stored when not given. */
  readonly type?: FloatType;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** What was written. */
export type ImportReport = { readonly file: string; readonly hash: string; readonly numbers: number; readonly bytes: number };

/**
 * Writes `<name>.safetensors`, `<name>.lineage.json` and the tokenizer's files into a folder. Throws what reading the source throws,
 * `cannot_write`, `weights_over_f16`, and the signal's reason.
 */
export async function importModel(foreign: Foreign, options: ImportOptions): Promise<ImportReport> {
  const { name, folder, type, progress, signal } = options;
  const tokenizer = foreign.tokenizer && writeTokenizer(folder, foreign.tokenizer);
  const sources = await hashFiles(foreign.files, progress, signal);
  const hash = hashing();
  const tensors = [...foreign.tensors.values()].map((stored): Streamed => {
    const dtype = formatOf(stored, type);
    const read = (): Float32Array => {
      const data = stored.dtype === dtype ? stored.read() : rounded(stored.read(), dtype);
      hash.add(stored.name, stored.shape, data);
      return data;
    };
    return { name: stored.name, shape: stored.shape, dtype, read };
  });
  const total = tensors.reduce((sum, each) => sum + bytesIn(each, each.dtype), 0);
  const file = join(folder, `${name}.safetensors`);
  const metadata = { format: "neuro", model: name, ...(tokenizer && { tokenizer: tokenizer.hash }) };
  await writeStreamed(
    file,
    watched(streamedParts(tensors, metadata), { title: name, total, progress, ...(signal && { signal }) }),
  );
  const weights = hash.digest();
  writeLineageOf(foreign, { name, folder, weights, tokenizer: tokenizer?.hash ?? "", sources, ...(type && { type }) });
  return { file, hash: weights, numbers: tensors.reduce((sum, each) => sum + elements(each.shape), 0), bytes: total };
}

/** The numbers as they read back from a format; what a half cannot hold is refused when it is written. */
function rounded(data: Float32Array, dtype: FloatType): Float32Array {
  return dtype === "BF16" ? (decoded(encoded(data, "bf16"), "bf16") as Float32Array) : data;
}

function writeTokenizer(folder: string, { json, config }: { json: Record<string, unknown>; config: TokenizerConfig }): Tokenizer {
  const { eos_token_id: ends, ...rest } = config;
  const path = join(folder, "tokenizer.json");
  writeAtomically(path, `${JSON.stringify(json)}\n`);
  writeAtomically(join(folder, "tokenizer_config.json"), `${JSON.stringify(rest, null, 2)}\n`);
  if (ends !== undefined)
    writeAtomically(join(folder, "generation_config.json"), `${JSON.stringify({ eos_token_id: ends }, null, 2)}\n`);
  return Tokenizer.load(path);
}

/** SHA-256 of every file of the source, so that anyone can tell whether theirs are the same. */
async function hashFiles(files: readonly string[], progress: Progress, signal?: AbortSignal): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of files) {
    const file = new FileParts(path);
    const hash = createHash("sha256");
    try {
      const step = 1 << 24;
      const parts = (function* () {
        for (let at = 0; at < file.size; at += step) yield file.bytes(at, Math.min(file.size, at + step));
      })();
      const told = { title: `hash of ${basename(path)}`, total: file.size, ...(signal && { signal }) };
      for await (const part of watched(parts, file.size > 1e8 ? { ...told, progress } : told)) hash.update(part);
    } finally {
      file.close();
    }
    hashes[basename(path)] = hash.digest("hex");
  }
  return hashes;
}

type Facts = {
  readonly name: string;
  readonly folder: string;
  readonly weights: string;
  readonly tokenizer: string;
  readonly sources: Record<string, string>;
  readonly type?: FloatType;
};

function writeLineageOf(foreign: Foreign, { name, folder, weights, tokenizer, sources, type }: Facts): void {
  const settings = { format: foreign.format, type: type ?? "as stored" };
  writeLineage(join(folder, `${name}.lineage.json`), {
    schema: 1,
    ...{ model: name, weights, tokenizer, spec: "", recipe: "import", seed: null, device: "none" },
    origins: [
      { operation: "import", key: weights.slice(0, 40), parents: [], weights, seed: null, settings, data: sources, metrics: {} },
    ],
  });
}
