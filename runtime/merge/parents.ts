/**
 * Models that are merged are one architecture with one vocabulary, or they are refused before anything is written: their configurations, their
 * tokenizers, and the tensors that they have. Numbers that files hold twice, because they are tied, count once. Knows nothing of methods.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { NeuroError } from "../error.ts";
import { canonicalJson, readJson, sha256 } from "../files.ts";
import type { OpenWeights } from "../weights/shards.ts";
import { ofLayer } from "./layers.ts";

type Json = Readonly<Record<string, unknown>>;

/** One model of a merge, as its files say. */
export type Parent = {
  readonly name: string;
  readonly weights: OpenWeights;
  /** `config.json` and `tokenizer.json`, where they stand beside the weights. */
  readonly config: Json | undefined;
  readonly tokenizer: Json | undefined;
};

/** A model as its opened weights and what stands beside them, tied tensors left out. Throws what reading throws. */
export function parent(name: string, weights: OpenWeights): Parent {
  const beside = (file: string): Json | undefined => {
    const path = join(dirname(weights.path), file);
    return existsSync(path) ? (readJson(path) as Json) : undefined;
  };
  const config = beside("config.json");
  const doubled = tied(config ?? {}, new Set(weights.tensors.keys()));
  const tensors = new Map([...weights.tensors].filter(([tensor]) => !doubled.has(tensor)));
  return { name, weights: { ...weights, tensors }, config, tokenizer: beside("tokenizer.json") };
}

/** Tensors that some files hold once more although the model has them once: the readers of such folders do not look at them. */
function tied(config: Json, names: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(names.has("shared.weight") ? ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"] : []);
  const ties = config.tie_word_embeddings ?? config.model_type === "t5";
  const embeds = [...names].some((name) => /(^|\.)(embed_tokens|wte|shared|tok_embeddings)\.weight$/.test(name));
  if (ties === true && embeds) found.add("lm_head.weight");
  return found;
}

/** What must be alike, by the names that configurations of the world have for it. */
const facts: readonly { readonly what: string; readonly fields: readonly string[]; readonly depth?: true }[] = [
  { what: "the architecture", fields: ["architectures", "model_type"] },
  { what: "the width", fields: ["hidden_size", "d_model", "n_embd"] },
  { what: "the number of heads", fields: ["num_attention_heads", "num_heads", "n_head"] },
  { what: "the number of heads of keys and values", fields: ["num_key_value_heads"] },
  { what: "the width of a head", fields: ["head_dim", "d_kv"] },
  { what: "the width between", fields: ["intermediate_size", "d_ff", "n_inner"] },
  { what: "the activation", fields: ["hidden_act", "feed_forward_proj", "activation_function"] },
  { what: "the size of the vocabulary", fields: ["vocab_size"] },
  { what: "whether embeddings are tied", fields: ["tie_word_embeddings"] },
  { what: "the number of layers", fields: ["num_hidden_layers", "num_layers", "n_layer"], depth: true },
];

/**
 * Throws `merge_differs` for the first thing in which a model differs from the first one. Models that are `cut` into slices may have different
 * depths.
 */
export function checkParents(parents: readonly Parent[], cut: boolean): void {
  const [first, ...others] = parents as readonly [Parent, ...Parent[]];
  for (const { name, config } of parents)
    if (config?.quantization_config !== undefined)
      throw differs(`the weights of ${name} are quantized`, "Merge the weights from before, and quantize the result.");
  for (const other of others) {
    checkConfig(first, other, cut);
    checkTokenizers(first, other);
    checkNames(first, other, cut);
  }
}

function checkConfig(first: Parent, other: Parent, cut: boolean): void {
  const [a, b] = [first.config ?? {}, other.config ?? {}];
  for (const { what, fields, depth } of facts) {
    // A field that only one of them writes says nothing: it may stand for the default.
    const field = fields.find((name) => a[name] != null && b[name] != null && !same(a[name], b[name]));
    if (field === undefined || (depth && cut)) continue;
    const [here, there] = [a, b].map((config) => JSON.stringify(config[field]));
    throw differs(
      `${what} (\`${field}\` of config.json) is ${there} in ${other.name} and ${here} in ${first.name}`,
      depth
        ? "Merge models of one depth, or name the layers of each by `slices`."
        : "Merge fine-tunes of one model: only their weights may differ.",
    );
  }
}

/** What a tokenizer.json says besides how texts become ids. */
const asides = new Set(["version", "padding", "truncation"]);
const meaning = (tokenizer: Json): Json => Object.fromEntries(Object.entries(tokenizer).filter(([name]) => !asides.has(name)));

function checkTokenizers(first: Parent, other: Parent): void {
  const [a, b] = [first, other].map(({ tokenizer }) => tokenizer && meaning(tokenizer));
  const hint =
    "A row of the embeddings must be one word in all of them: merge models of one tokenizer. If the file is a wrong one, put the right one there.";
  if (a && b && !same(a, b)) {
    const hash = (of: Json): string => sha256(canonicalJson(of)).slice(0, 12);
    throw differs(
      `the tokenizer.json of ${other.name} (${hash(b)}) is another than that of ${first.name} (${hash(a)}): ${difference(a, b)}`,
      hint,
    );
  }
  const [here, there] = [first, other].map(({ weights }) => weights.metadata.tokenizer);
  if (here !== undefined && there !== undefined && here !== there)
    throw differs(
      `${other.name} was trained with another tokenizer (${there.slice(0, 12)}) than ${first.name} (${here.slice(0, 12)})`,
      hint,
    );
}

/** The first difference of two tokenizers in words. */
function difference(a: Json, b: Json): string {
  const [here, there] = [a, b].map(vocabulary);
  const word = [...here!].find(([text, id]) => there!.get(text) !== id);
  if (word === undefined && here!.size === there!.size)
    return `\`${Object.keys({ ...a, ...b }).find((field) => !same(a[field], b[field]))}\` differs`;
  if (word === undefined) return `it has ${there!.size} words, the other ${here!.size}`;
  const [text, id] = word;
  const other = there!.get(text);
  return `${JSON.stringify(text)} is ${other === undefined ? "no word" : `word ${other}`} there and word ${id} here`;
}

function vocabulary(tokenizer: Json): ReadonlyMap<string, number> {
  const { vocab } = (tokenizer.model ?? {}) as { vocab?: unknown };
  if (Array.isArray(vocab)) return new Map(vocab.map((entry, id) => [String(Array.isArray(entry) ? entry[0] : entry), id]));
  return new Map(Object.entries((vocab ?? {}) as Record<string, number>));
}

function checkNames(first: Parent, other: Parent, cut: boolean): void {
  const [here, there] = [first, other].map(
    ({ weights }) => new Set([...weights.tensors.keys()].map((name) => (cut ? ofLayer(name, 0) : name))),
  );
  const hint = "Merge models of one architecture and depth; adapters are merged into their base by `neuroc import` first.";
  const missing = [...here!].filter((name) => !there!.has(name));
  if (missing.length > 0) throw differs(`${other.name} has no ${named(missing)}, which ${first.name} has`, hint);
  const extra = [...there!].filter((name) => !here!.has(name));
  if (extra.length > 0) throw differs(`${first.name} has no ${named(extra)}, which ${other.name} has`, hint);
}

const named = ([name, ...more]: readonly string[]): string =>
  more.length === 0 ? name! : `${name} (and ${more.length} ${more.length === 1 ? "other" : "others"})`;

const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** The NeuroError for models that do not go together. */
export function differs(what: string, hint: string): NeuroError {
  return new NeuroError("merge_differs", `The models cannot be merged: ${what}.`, { hint });
}
