// A model of another format as a spec, whatever its architecture: the declarations that an import writes, formatted as neuroc fmt has it.
import type { BertConfig } from "../runtime/weights/bert.ts";
import type { Known } from "../runtime/weights/known.ts";
import type { T5Config } from "../runtime/weights/t5.ts";
import { type Imported as Decoded, decoderSpec } from "./decoder-spec.ts";

/** What a spec says of an imported model; see `decoder-spec.ts`. */
export type Imported = Known & Omit<Decoded, "config">;

type Field = readonly [name: string, value: string | number | boolean | undefined, usual?: unknown];

/** The text of `main.neuro`. Fields that have std's defaults are left out. */
export function modelSpec(model: Imported): string {
  if (model.architecture === "Decoder") return decoderSpec(model);
  return model.architecture === "Bert" ? written(model, bertParts(model.config)) : written(model, t5Parts(model.config));
}

type Parts = { readonly uses: readonly string[]; readonly types?: string; readonly fields: readonly Field[] };

function bertParts({ depth, width, heads, inner, positions, shift, types, epsilon, head }: BertConfig): Parts {
  // DistilBERT's classifier, known by its lack of kinds, is rectified.
  const rectified = types === 0 && head.kind !== "word" && head.kind !== "sentence" ? ["rectified: true"] : [];
  const args = [
    ...(head.kind === "relevances" ? ["over: Label"] : []),
    ...(head.kind === "sentence" && head.pool === "first" ? ["pool: first"] : []),
    ...rectified,
  ];
  const named = head.kind === "word" ? undefined : `${head.kind}${args.length > 0 ? `(${args.join(", ")})` : ""}`;
  const own = head.kind === "relevance" || head.kind === "relevances" ? `, ${head.kind}` : "";
  const models = head.kind === "sentence" ? [`std.models { sentence${head.pool === "first" ? ", first" : ""} }`] : [];
  return {
    uses: [`std.encoders { Bert${own} }`, ...models],
    ...(head.kind === "relevances" && { types: `type Label = ${head.cases.join(" | ")}` }),
    fields: [
      ["depth", `${depth} layers`, "12 layers"],
      ["width", width, 768],
      ["heads", heads, 12],
      ["inner", inner, 4 * width],
      ["positions", positions, 512],
      ["shift", shift, 0],
      ["types", types, 2],
      ["epsilon", epsilon, 1e-12],
      ["head", named],
    ],
  };
}

function t5Parts(config: T5Config): Parts {
  const { encoder, decoder, width, heads, channels, inner, bend, gated, tied, scaled, buckets, far, apart, epsilon } = config;
  return {
    uses: [`std.t5 { T5${bend === "smooth" ? "" : `, ${bend}`} }`],
    fields: [
      ["encoder", `${encoder} layers`],
      ["decoder", `${decoder} layers`],
      ["width", width, 512],
      ["heads", heads, 8],
      ["channels", channels, 64],
      ["inner", inner, 4 * width],
      ["bend", bend, "smooth"],
      ["gated", gated, true],
      ["tied", tied, false],
      ["scaled", scaled, tied],
      ["buckets", buckets, 32],
      ["far", far, 128],
      ["apart", apart, false],
      ["epsilon", epsilon, 1e-6],
    ],
  };
}

function written(model: Imported, { uses, types, fields }: Parts): string {
  const { name, architecture, window, source, tokenizer = true, lora } = model;
  const all: Field[] = [
    ["tokenizer", "words"],
    ...fields,
    ["lora", lora],
    ["window", `${window} tokens`],
    ["from", `"${name}.safetensors"`],
  ];
  const kept = all.filter(([, value, usual]) => value !== undefined && value !== usual);
  const longest = Math.max(...kept.map(([field]) => field.length)) + 1;
  const lines = kept.map(([field, value]) => `  ${`${field}:`.padEnd(longest)} ${value}`);
  const missing = tokenizer ? "" : "// The source had no tokenizer: put the model's tokenizer.json beside this file.\n";
  return `/// Imported from ${source.replaceAll("\n", " ")}.
${uses.map((use) => `use ${use}`).join("\n")}

${types === undefined ? "" : `${types}\n\n`}${missing}tokenizer words = file("tokenizer.json")

model ${name}: ${architecture} {
${lines.join("\n")}
}
`;
}
