/**
 * Weights as a model is given them: all tensors of a file, of a sharded index, or of a model of another format under the names that std has
 * for them. Knows nothing of what they are used for.
 */

import type { Stored } from "./archive.ts";
import { isForeign } from "./foreign.ts";
import { openForeign } from "./open.ts";
import { readSafetensors, type WeightFile } from "./safetensors.ts";
import { openWeights } from "./shards.ts";
import type { WeightTensor } from "./tensors.ts";

/**
 * Reads a `.safetensors` file, a sharded index, or a Hugging Face folder or GGUF file of a model that std has. Throws as
 * `readSafetensors`, `openWeights` and `openForeign` do.
 */
export function loadWeights(path: string, hint?: string): WeightFile {
  if (isForeign(path)) return gathered(openForeign(path));
  return path.endsWith(".index.json") ? gathered(openWeights(path, hint)) : readSafetensors(path, hint);
}

type Open = { tensors: ReadonlyMap<string, Stored>; metadata?: Readonly<Record<string, string>>; close(): void };

function gathered({ tensors, metadata = {}, close }: Open): WeightFile {
  try {
    const read = ([name, stored]: [string, Stored]): [string, WeightTensor] => [
      name,
      { shape: stored.shape, data: stored.read() },
    ];
    return { tensors: new Map([...tensors].map(read)), metadata };
  } finally {
    close();
  }
}
