/**
 * A model that someone else made, whatever its format: std's architecture and configuration for it, its weights under the names and in the
 * axes of std, read one at a time, and its tokenizer. A source whose parts disagree is refused whole.
 */
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { NeuroError } from "../error.ts";
import { shown } from "../files.ts";
import type { TokenizerConfig } from "../text/config.ts";
import type { Archive, Stored } from "./archive.ts";
import { depthOf, type Known, placesOf } from "./known.ts";
import { inward, type Place } from "./places.ts";
import { shapeText } from "./tensors.ts";

/** A model of another format, open. */
export type Foreign = Known & {
  readonly format: "huggingface" | "gguf" | "llama2.c";
  /** Tokens. */
  readonly window: number;
  /** Its weights by their paths in std, not read yet. */
  readonly tensors: ReadonlyMap<string, Stored>;
  /** `tokenizer.json` and its config; undefined where the source has none. */
  readonly tokenizer?: { readonly json: Record<string, unknown>; readonly config: TokenizerConfig };
  /** The rank of the adapters among its weights. */
  readonly lora?: number;
  /** What a person should know of the import. */
  readonly notes: readonly string[];
  /** Every file that it was read from. */
  readonly files: readonly string[];
  close(): void;
};

/** How a model is opened. */
export type Opening = { readonly tokenizer?: boolean };

/** Whether a path looks like a model of another format: a folder with a config, a GGUF file, a llama2.c checkpoint. */
export function isForeign(path: string): boolean {
  if (/\.(gguf|bin)$/i.test(path)) return true;
  return existsSync(join(path, "config.json")) && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** How a format names tensors. */
export type Naming = "huggingface" | "gguf";

/**
 * The weights of a model out of an archive: every one is there in its shape, and none is left over but those that `spare` accepts.
 * Throws `weights_differ` with the first few faults.
 */
export function placedTensors(
  archive: Archive,
  known: Known,
  options: { naming: Naming; interleaved: boolean; rename?: (name: string) => string; spare?: (name: string) => boolean },
): Map<string, Stored> {
  const { naming, interleaved, rename = (name) => name, spare = () => false } = options;
  const count = archive.tensors.size;
  const depth = depthOf(known);
  if (depth > count) throw disagreement(archive.path, [`it should have ${depth} layers, and has ${count} tensors`]);
  const found = new Map([...archive.tensors].map(([name, stored]) => [rename(name), stored]));
  const faults: string[] = [];
  const tensors = new Map<string, Stored>();
  for (const place of placesOf(known)) {
    const name = place[naming] ?? place.huggingface;
    const stored = found.get(name);
    found.delete(name);
    const fault = stored === undefined ? `${name} is missing` : shapeFault(place, name, stored);
    if (fault === undefined) tensors.set(place.path, inward(place, stored!, interleaved));
    else faults.push(fault);
  }
  for (const name of found.keys()) if (!spare(name)) faults.push(`${name} has no place in std's ${known.architecture}`);
  if (faults.length > 0) throw disagreement(archive.path, faults);
  return tensors;
}

function shapeFault({ outside }: Place, name: string, { shape }: Stored): string | undefined {
  if (shape.join() === outside.join()) return undefined;
  return `${name} is ${shapeText(shape)}, and the config makes it ${shapeText(outside)}`;
}

/** The NeuroError for a model whose parts do not belong together; a few faults are named and the rest counted. */
export function disagreement(path: string, faults: readonly string[]): NeuroError {
  const more = faults.length > 3 ? `; and ${faults.length - 3} more` : "";
  return new NeuroError("weights_differ", `${shown(path)} does not agree with itself: ${faults.slice(0, 3).join("; ")}${more}.`, {
    where: path,
    hint: "The config and the weights are of different models, or not all files are there. Download the model again, whole.",
  });
}

/** A name for a model from its path: `TinyLlama-1.1B.gguf` is `tinyllama`. */
export function nameOf(path: string): string {
  const stem = basename(path).replace(/\.(gguf|bin|json|onnx)$/i, "");
  const name = /^[A-Za-z][A-Za-z0-9]*/.exec(stem)?.[0]?.toLowerCase();
  return name ?? "model";
}
