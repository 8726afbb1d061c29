/**
 * A folder as Hugging Face's transformers writes it (config.json, safetensors, tokenizer.json, generation_config.json, a chat template) is
 * one model, or it is refused: its config, tensors and tokenizer must be of one another.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../../error.ts";
import { Fields } from "../../fields.ts";
import { shown } from "../../files.ts";
import { Tokenizer } from "../../text/tokenizer.ts";
import type { Archive } from "../archive.ts";
import { bertFamilyOf } from "../bert.ts";
import { disagreement, type Foreign, type Opening, placedTensors } from "../foreign.ts";
import { type Known, spareOf } from "../known.ts";
import { openWeights } from "../shards.ts";
import { type ReadModel, readModelConfig } from "./config.ts";
import { descaled } from "./scales.ts";
import { type FoundTokenizer, readTokenizerFolder } from "./tokenizer.ts";

/** Opens a folder. Throws `model_unsupported`, `model_config`, `weights_differ`, `weights_format`, and what reading its files throws. */
export function openFolder(path: string, { tokenizer: wanted = true }: Opening): Foreign {
  const fields = Fields.read(
    join(path, "config.json"),
    "Name the folder that the model was downloaded to, with its config.json.",
  );
  const known = readModelConfig(fields, path);
  const archive = openWeights(weightsIn(path));
  try {
    const whole = { ...archive, path };
    const options = {
      naming: "huggingface",
      interleaved: false,
      rename: renaming(whole, known),
      spare: (name: string) => spareOf(known, name),
    } as const;
    const tensors = placedTensors(descaled(whole, fields), known, options);
    // After the tensors: now the size of the vocabulary is known to be that of a table that exists.
    const tokenizer = wanted ? begun(readTokenizerFolder(path, known.config.vocab), known, path) : undefined;
    const { begin: _, end: __, ...model } = known;
    return {
      format: "huggingface",
      ...{ ...model, tensors, notes: tokenizer?.notes ?? noTokenizer },
      ...(tokenizer && { tokenizer }),
      files: [fields.path, ...archive.files, ...(tokenizer?.files ?? [])],
      close: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

const noTokenizer = ["the folder has no tokenizer.json: write the tokenizer of the spec yourself"];

/** A tokenizer with the tokens that only the model's config names: what a decoder begins with, and what ends an answer. */
function begun(found: FoundTokenizer | undefined, { begin, end }: ReadModel, path: string): FoundTokenizer | undefined {
  if (found === undefined || begin === undefined || end === undefined) return found;
  const tokenizer = Tokenizer.parse(found.json, path, found.config);
  const named = (id: number, what: string): string => {
    const token = tokenizer.token(id);
    if (token === undefined) throw disagreement(path, [`its config names ${id} as ${what}, and its tokenizer has no such token`]);
    return token;
  };
  const config = { ...found.config, bos_token: named(begin, "what its decoder begins with"), eos_token: named(end, "the end") };
  return { ...found, config };
}

/** Tensors of a bare model, saved without its head, lack the prefix that those of a whole one have; old norms have other names. */
function renaming({ tensors }: Archive, known: Known): (name: string) => string {
  if (known.architecture === "Bert") {
    const family = bertFamilyOf(known.config);
    const bare = tensors.has("embeddings.word_embeddings.weight");
    const inner = /^(embeddings|encoder|transformer|pooler)\./;
    return (name) => {
      const whole = bare && inner.test(name) ? `${family}.${name}` : name;
      return whole.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias");
    };
  }
  if (tensors.has("embed_tokens.weight")) return (name) => (name === "lm_head.weight" ? name : `model.${name}`);
  return (name) => name;
}

/** The file of a folder that holds its weights, or the index of several. */
function weightsIn(folder: string): string {
  for (const name of ["model.safetensors.index.json", "model.safetensors"]) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  const files = readdirSync(folder);
  const others = files.filter((name) => name.endsWith(".safetensors.index.json"));
  const single = files.filter((name) => name.endsWith(".safetensors") && name !== "adapter_model.safetensors");
  if (others.length === 1) return join(folder, others[0]!);
  if (single.length === 1) return join(folder, single[0]!);
  const pickled = files.find((name) => /\.(bin|pt|pth|ckpt)$/.test(name));
  const what =
    pickled !== undefined
      ? `its weights are pickled (${pickled}), which runs code when it is read`
      : files.includes("adapter_config.json")
        ? "it is an adapter, not a whole model"
        : single.length > 1
          ? `it has ${single.length} files of weights and no index of them`
          : "it has no safetensors";
  throw new NeuroError("weights_format", `${shown(folder)} cannot be imported: ${what}.`, {
    where: folder,
    hint:
      pickled !== undefined
        ? "Take the model's safetensors, or save it again with transformers."
        : "Download all of the model's files.",
  });
}
