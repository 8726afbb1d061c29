/** The architectures of std that have a form elsewhere, each with its configuration: what an import opens and an export writes. Knows nothing of files. */
import { NeuroError } from "../error.ts";
import { type BertConfig, bertPlaces, bertSpare } from "./bert.ts";
import { type DecoderConfig, decoderPlaces } from "./decoder.ts";
import type { Place } from "./places.ts";
import { type T5Config, t5Places, t5Spare } from "./t5.ts";

/** An architecture and its sizes. */
export type Known =
  | { readonly architecture: "Decoder"; readonly config: DecoderConfig }
  | { readonly architecture: "Bert"; readonly config: BertConfig }
  | { readonly architecture: "T5"; readonly config: T5Config };

/** Its weights. */
export function placesOf(known: Known): Place[] {
  if (known.architecture === "Decoder") return decoderPlaces(known.config);
  return known.architecture === "Bert" ? bertPlaces(known.config) : t5Places(known.config);
}

/** How many layers its weights must hold at least. */
export const depthOf = ({ architecture, config }: Known): number =>
  architecture === "T5" ? config.encoder + config.decoder : config.depth;

/** Whether a tensor of a Hugging Face folder is one that it does without. */
export function spareOf(known: Known, name: string): boolean {
  if (known.architecture === "Bert") return bertSpare(known.config, name);
  if (known.architecture === "T5") return t5Spare(known.config, name);
  const { tied, head } = known.config;
  return name.endsWith("rotary_emb.inv_freq") || ((tied || head !== undefined) && name === "lm_head.weight");
}

/** A Decoder that writes, for formats that hold nothing else. Throws `model_unsupported`. */
export function asWriter<T extends Known>(
  known: T,
  format: string,
): T & { readonly architecture: "Decoder"; readonly config: DecoderConfig } {
  if (known.architecture === "Decoder" && known.config.head === undefined) return known as never;
  const what = known.architecture === "Decoder" ? "a Decoder that scores" : `a ${known.architecture}`;
  throw new NeuroError("model_unsupported", `${format} holds Decoders that write, and this is ${what}.`, {
    hint: "A Hugging Face folder holds it: --to FOLDER.",
  });
}
