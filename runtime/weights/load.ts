/**
 * Weights are one safetensors file, or many under a `*.safetensors.index.json`; either way a reader gets one set of tensors.
 * Knows nothing of models.
 */
import { dirname, join } from "node:path";
import { NeuroError } from "../error.ts";
import { readJson, shown } from "../files.ts";
import { readSafetensors, type WeightFile } from "./safetensors.ts";
import type { WeightTensor } from "./tensors.ts";

/** Reads a `.safetensors` file or a sharded index. Throws as `readSafetensors` does, and `weights_shards` for an index that lies. */
export function loadWeights(path: string, hint?: string): WeightFile {
  return path.endsWith(".index.json") ? readSharded(path, hint) : readSafetensors(path, hint);
}

/** `weight_map` names the file of every tensor, as Hugging Face's index does; each shard is read once. */
function readSharded(path: string, hint?: string): WeightFile {
  const index = readJson(path, hint) as { weight_map?: unknown } | null;
  const map = index?.weight_map;
  if (map === null || typeof map !== "object" || Object.values(map).some((file) => typeof file !== "string")) {
    throw shardFault(path, "it has no weight_map from tensor names to files");
  }
  const places = new Map(Object.entries(map as Record<string, string>));
  const tensors = new Map<string, WeightTensor>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const file of [...new Set(places.values())].sort()) {
    if (file.includes("..") || /^([/\\]|[A-Za-z]:)/.test(file)) throw shardFault(path, `it names ${file}, outside its folder`);
    const shard = readSafetensors(join(dirname(path), file), `${shown(path)} names this shard; put it beside the index.`);
    metadata = { ...metadata, ...shard.metadata };
    for (const [name, tensor] of shard.tensors) {
      if (places.get(name) === file) tensors.set(name, tensor);
    }
  }
  const lost = [...places].find(([name]) => !tensors.has(name));
  if (lost !== undefined) throw shardFault(path, `it says that ${lost[0]} is in ${lost[1]}, which does not hold it`);
  return { tensors: new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1))), metadata };
}

function shardFault(path: string, what: string): NeuroError {
  return new NeuroError("weights_shards", `${shown(path)} cannot be used as an index of weights: ${what}.`, {
    where: path,
    hint: "Download the index and all of its shards again, together.",
  });
}
