/**
 * A folder as Hugging Face's transformers writes it (config.json, safetensors, tokenizer.json, generation_config.json, a chat template) is
 * one model, or it is refused: its config, tensors and tokenizer must be of one another.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../../error.ts";
import { Fields } from "../../fields.ts";
import { shown } from "../../files.ts";
import type { Archive } from "../archive.ts";
import { decoderTensors, type Foreign, type Opening } from "../foreign.ts";
import { openWeights } from "../shards.ts";
import { readConfig } from "./config.ts";
import { descaled } from "./scales.ts";
import { readTokenizerFolder } from "./tokenizer.ts";

/** Opens a folder. Throws `model_unsupported`, `model_config`, `weights_differ`, `weights_format`, and what reading its files throws. */
export function openFolder(path: string, { tokenizer: wanted = true }: Opening): Foreign {
  const fields = Fields.read(
    join(path, "config.json"),
    "Name the folder that the model was downloaded to, with its config.json.",
  );
  const { config, window } = readConfig(fields);
  const archive = openWeights(weightsIn(path));
  try {
    const whole = { ...archive, path };
    const options = {
      naming: "huggingface",
      interleaved: false,
      rename: renaming(whole),
      spare: (name: string) => name.endsWith("rotary_emb.inv_freq") || (config.tied && name === "lm_head.weight"),
    } as const;
    const tensors = decoderTensors(descaled(whole, fields), config, options);
    // After the tensors: now the size of the vocabulary is known to be that of a table that exists.
    const tokenizer = wanted ? readTokenizerFolder(path, config.vocab) : undefined;
    return {
      format: "huggingface",
      architecture: "Decoder",
      ...{ config, window, tensors, notes: tokenizer?.notes ?? noTokenizer },
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

/** Tensors of a bare model, saved without its head, lack the prefix that those of a language model have. */
function renaming({ tensors }: Archive): (name: string) => string {
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
