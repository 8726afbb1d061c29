/** Every kind of setting that is a record of fields, by its word. */
import { decoding } from "./decoding.ts";
import { evaluation } from "./eval.ts";
import type { Kind } from "./kind.ts";
import { quantization } from "./quantization.ts";
import { index } from "./search-index.ts";
import { serve } from "./serve.ts";
import { trees } from "./trees.ts";

export const kinds: ReadonlyMap<string, Kind> = new Map(
  [index, trees, decoding, quantization, evaluation, serve].map((kind) => [kind.word, kind]),
);
