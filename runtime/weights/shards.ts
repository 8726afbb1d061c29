/**
 * Weights are one safetensors file, or many under a `*.safetensors.index.json`; either way they are one archive. An index may only name
 * files below its own folder, and its files hold what it says. Knows nothing of models.
 */
import { dirname, join } from "node:path";
import { NeuroError } from "../error.ts";
import { readJson, shown } from "../files.ts";
import type { Archive, Stored } from "./archive.ts";
import { openSafetensors } from "./safetensors.ts";

/** An archive of safetensors with the texts that its files carry. */
export type OpenWeights = Archive & { readonly metadata: Readonly<Record<string, string>> };

/** Opens a `.safetensors` file or a sharded index. Throws as `openSafetensors` does, and `weights_shards` for an index that lies. */
export function openWeights(path: string, hint?: string): OpenWeights {
  return path.endsWith(".index.json") ? openSharded(path, hint) : openSafetensors(path, hint);
}

/** `weight_map` names the file of every tensor, as Hugging Face's index does; each shard is opened once. */
function openSharded(path: string, hint?: string): OpenWeights {
  const places = weightMap(path, hint);
  const shards: OpenWeights[] = [];
  const close = (): void => {
    for (const shard of shards) shard.close();
  };
  try {
    const tensors = new Map<string, Stored>();
    let metadata: Readonly<Record<string, string>> = {};
    for (const file of [...new Set(places.values())].sort()) {
      const shard = openSafetensors(join(dirname(path), file), `${shown(path)} names this shard; put it beside the index.`);
      shards.push(shard);
      metadata = { ...metadata, ...shard.metadata };
      for (const [name, tensor] of shard.tensors) if (places.get(name) === file) tensors.set(name, tensor);
    }
    const lost = [...places].find(([name]) => !tensors.has(name));
    if (lost !== undefined) throw shardFault(path, `it says that ${lost[0]} is in ${lost[1]}, which does not hold it`);
    const ordered = new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { path, tensors: ordered, metadata, files: [path, ...shards.map((shard) => shard.path)], close };
  } catch (error) {
    close();
    throw error;
  }
}

function weightMap(path: string, hint?: string): Map<string, string> {
  const index = readJson(path, hint) as { weight_map?: unknown } | null;
  const map = index?.weight_map;
  if (map === null || typeof map !== "object" || Object.values(map).some((file) => typeof file !== "string")) {
    throw shardFault(path, "it has no weight_map from tensor names to files");
  }
  const places = new Map(Object.entries(map as Record<string, string>));
  for (const file of places.values()) {
    if (/(^|[/\\])\.\.([/\\]|$)|^([/\\]|[A-Za-z]:)|\0/.test(file)) throw shardFault(path, `it names ${file}, outside its folder`);
  }
  return places;
}

function shardFault(path: string, what: string): NeuroError {
  return new NeuroError("weights_shards", `${shown(path)} cannot be used as an index of weights: ${what}.`, {
    where: path,
    hint: "Download the index and all of its shards again, together.",
  });
}
