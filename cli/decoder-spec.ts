// A model of another format as a spec: the declaration that an import writes, formatted as neuroc fmt has it.
import type { DecoderConfig } from "../runtime/weights/decoder.ts";

/** What a spec says of an imported model. `source` is named in its comment; without `tokenizer` the reader is told to add one. */
export type Imported = {
  readonly name: string;
  readonly config: DecoderConfig;
  /** Tokens. */
  readonly window: number;
  readonly source: string;
  /** Whether a tokenizer.json lies beside the spec. */
  readonly tokenizer?: boolean;
  /** The rank of its adapters. */
  readonly lora?: number;
};

/** The text of `main.neuro`. Fields that have std's defaults are left out. */
export function decoderSpec({ name, config, window, source, tokenizer = true, lora }: Imported): string {
  const { head, depth, width, heads, kv, channels, inner, base, epsilon, tied, biases, norms, reach, stretch, seen } = config;
  const fields: [string, string | number | boolean | undefined, unknown][] = [
    ["tokenizer", "words", undefined],
    ["depth", `${depth} layers`, undefined],
    ["width", width, undefined],
    ["heads", heads, undefined],
    ["kv", kv, heads],
    ["channels", channels, width / heads],
    ["inner", inner, 4 * width],
    ["base", base, 10_000],
    ["epsilon", epsilon, 1e-6],
    ["tied", tied, true],
    ["biases", biases, false],
    ["norms", norms, false],
    ["reach", reach, 0],
    ["stretch", stretch, 1],
    ["seen", seen, 8192],
    ["head", head, undefined],
    ["lora", lora, undefined],
    ["window", `${window} tokens`, undefined],
    ["from", `"${name}.safetensors"`, undefined],
  ];
  const kept = fields.filter(([, value, usual]) => value !== usual);
  const longest = Math.max(...kept.map(([field]) => field.length)) + 1;
  const lines = kept.map(([field, value]) => `  ${`${field}:`.padEnd(longest)} ${value}`);
  const missing = tokenizer ? "" : "// The source had no tokenizer: put the model's tokenizer.json beside this file.\n";
  return `/// Imported from ${source.replaceAll("\n", " ")}.
use std.decoders { Decoder }
${head === undefined ? "" : `use std.models { ${head} }\n`}
${missing}tokenizer words = file("tokenizer.json")

model ${name}: Decoder {
${lines.join("\n")}
}
`;
}
