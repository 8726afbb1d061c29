/** The door to models of other formats: a folder, a GGUF file or a llama2.c checkpoint, told apart by what they are. */
import { statSync } from "node:fs";
import type { Foreign, Opening } from "./foreign.ts";
import { openGgufModel } from "./gguf/model.ts";
import { openFolder } from "./huggingface/folder.ts";
import { openLlama2c } from "./llama2c.ts";
import { openPeft } from "./peft.ts";

/**
 * Opens a model of another format; nothing but headers is read yet, and the caller closes it. Its tokenizer is not looked at when `tokenizer`
 * is false: another one is to be used. Throws `file_missing` and what the formats' readers throw.
 */
export function openForeign(path: string, options: Opening = {}): Foreign {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return openFolder(path, options);
  return path.toLowerCase().endsWith(".bin") ? openLlama2c(path, options) : openGgufModel(path, options);
}

/**
 * Opens an adapter on the model that it changes: its weights and, beside them, their adapters. Throws what {@link openForeign} and `openPeft`
 * throw.
 */
export function openAdapted(adapter: string, base: string, options: Opening = {}): Foreign {
  const model = openForeign(base, options);
  try {
    const adapters = openPeft(adapter, model);
    return {
      ...model,
      tensors: new Map([...model.tensors, ...adapters.tensors]),
      lora: adapters.rank,
      files: [...model.files, ...adapters.files],
      close: () => {
        model.close();
        adapters.close();
      },
    };
  } catch (error) {
    model.close();
    throw error;
  }
}
