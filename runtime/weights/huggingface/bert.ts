/**
 * `config.json` of BERT, RoBERTa, XLM-R and DistilBERT as std's Bert, and back. What changes the mathematics otherwise is refused by name. Knows nothing of
 * tensors.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fields } from "../../fields.ts";
import { readJson } from "../../files.ts";
import { type BertConfig, type BertHead, bertFamilyOf } from "../bert.ts";
import { classOf, labelsOf, refuseOptions, unsupported } from "./refused.ts";

/** Names of the same size, by family. */
const sizes = {
  bert: {
    width: "hidden_size",
    depth: "num_hidden_layers",
    heads: "num_attention_heads",
    inner: "intermediate_size",
    act: "hidden_act",
  },
  distilbert: { width: "dim", depth: "n_layers", heads: "n_heads", inner: "hidden_dim", act: "activation" },
} as const;

/** What leaves the mathematics as std has it, by option. */
const neutral = {
  position_embedding_type: ["absolute"],
  is_decoder: [false],
  add_cross_attention: [false],
  tie_word_embeddings: [true],
};

/** Reads a config; `folder` may say how sentences are pooled. Throws `model_unsupported`, `model_config`. */
export function readBertConfig(fields: Fields, type: string, folder: string): { config: BertConfig; window: number } {
  const family = type === "distilbert" ? "distilbert" : type === "bert" ? "bert" : "roberta";
  const named = sizes[family === "distilbert" ? "distilbert" : "bert"];
  refuseOptions(fields, { ...neutral, [named.act]: ["gelu"] });
  const [width, heads] = [fields.size(named.width), fields.size(named.heads)];
  if (width % heads !== 0) throw fields.fault(`${width} numbers are not shared by ${heads} heads`);
  const embedded = fields.get("embedding_size");
  if (embedded !== undefined && embedded !== width)
    throw unsupported(fields, `its embeddings are of ${embedded} numbers and its layers of ${width}`);
  const shift = family === "roberta" ? fields.number("pad_token_id", 1) + 1 : 0;
  const positions = fields.size("max_position_embeddings", 512);
  if (!Number.isInteger(shift) || shift < 0 || positions <= shift)
    throw fields.fault(`its ${positions} places begin at number ${shift}`);
  const config: BertConfig = {
    ...{ depth: fields.size(named.depth), width, heads, inner: fields.size(named.inner), positions, shift },
    types: family === "distilbert" ? 0 : fields.size("type_vocab_size", 2),
    epsilon: family === "distilbert" ? 1e-12 : fields.number("layer_norm_eps", 1e-12),
    vocab: fields.size("vocab_size"),
    head: headOf(fields, folder),
  };
  return { config, window: positions - shift };
}

function headOf(fields: Fields, folder: string): BertHead {
  const saved = classOf(fields);
  if (/For(MaskedLM|PreTraining)$/.test(saved)) return { kind: "word" };
  if (saved.endsWith("ForSequenceClassification")) {
    const labels = labelsOf(fields);
    return labels.length === 1 ? { kind: "relevance" } : { kind: "relevances", cases: casesOf(labels) };
  }
  if (saved === "" || saved.endsWith("Model")) return { kind: "sentence", pool: poolOf(folder) };
  throw unsupported(fields, `it is a ${saved}, and masked words, classifiers of texts and sentences are imported`);
}

/** Labels as cases of an enumeration: words of small letters, each once. */
function casesOf(labels: readonly string[]): string[] {
  const words = labels.map((label) => label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_"));
  const good = words.every((word) => /^\p{Ll}[\p{L}\p{N}_]*$/u.test(word)) && new Set(words).size === words.length;
  return good ? words : labels.map((_, i) => `label_${i}`);
}

/** How a sentence's states become one, as sentence-transformers writes it down. Throws `model_unsupported` for ways that std has not. */
function poolOf(folder: string): "average" | "first" {
  const listed = join(folder, "modules.json");
  const modules = existsSync(listed) ? (readJson(listed) as { readonly type?: string }[]) : [];
  const odd = Array.isArray(modules)
    ? modules.find(({ type }) => !/\.(Transformer|Pooling|Normalize)$/.test(type ?? ""))
    : undefined;
  const path = join(folder, "1_Pooling", "config.json");
  const fields = existsSync(path) ? Fields.read(path) : new Fields({}, path);
  if (odd) throw unsupported(new Fields({}, listed), `its sentences also go through ${odd.type ?? "something"}`);
  const [first, mean] = [
    fields.flag("pooling_mode_cls_token", false),
    fields.flag("pooling_mode_mean_tokens", !fields.flag("pooling_mode_cls_token", false)),
  ];
  if (first === mean) throw unsupported(fields, "its states are pooled otherwise than by their mean or the first");
  return first ? "first" : "average";
}

/** The `config.json` of a Bert; `pieces` says that its tokenizer is one of scored pieces, as XLM-R's is. */
export function bertConfigFile(config: BertConfig, pieces: boolean): Record<string, unknown> {
  const family = bertFamilyOf(config);
  const { depth, width, heads, inner, positions, shift, types, epsilon, vocab, head } = config;
  const model = { bert: "Bert", roberta: pieces ? "XLMRoberta" : "Roberta", distilbert: "DistilBert" }[family];
  const ends = {
    word: "ForMaskedLM",
    relevance: "ForSequenceClassification",
    relevances: "ForSequenceClassification",
    sentence: "Model",
  };
  const cases = head.kind === "relevances" ? head.cases : head.kind === "relevance" ? ["LABEL_0"] : [];
  const labels = Object.fromEntries(cases.map((label, i) => [i, label]));
  const named = sizes[family === "distilbert" ? "distilbert" : "bert"];
  return {
    architectures: [`${model}${ends[head.kind]}`],
    model_type: family === "roberta" && pieces ? "xlm-roberta" : family,
    ...{ [named.width]: width, [named.depth]: depth, [named.heads]: heads, [named.inner]: inner, [named.act]: "gelu" },
    ...{ max_position_embeddings: positions, vocab_size: vocab },
    ...(family !== "distilbert" && { type_vocab_size: types, layer_norm_eps: epsilon, position_embedding_type: "absolute" }),
    ...(family === "roberta" && { pad_token_id: shift - 1 }),
    ...(cases.length > 0 && { id2label: labels, label2id: Object.fromEntries(cases.map((label, i) => [label, i])) }),
    ...(family === "distilbert" && { sinusoidal_pos_embds: false, tie_weights_: true }),
  };
}
