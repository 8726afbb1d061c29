/**
 * std's Bert under the names that transformers has for BERT, RoBERTa and DistilBERT: where each of its weights stands in a Hugging Face folder. Knows
 * nothing of files.
 */
import { matrix, type Place, table, vector } from "./places.ts";

/** What a Bert ends in: the words of masked places, a classifier of one number or of several, or its states as a point. */
export type BertHead =
  | { readonly kind: "word" }
  | { readonly kind: "relevance" }
  | { readonly kind: "relevances"; readonly cases: readonly string[] }
  | { readonly kind: "sentence"; readonly pool: "average" | "first" };

/** The configuration of std's Bert (stdlib/encoders.neuro) and the size of its vocabulary. */
export type BertConfig = {
  readonly depth: number;
  readonly width: number;
  readonly heads: number;
  readonly inner: number;
  /** Learned places, the first token's is number `shift`. */
  readonly positions: number;
  readonly shift: number;
  /** Kinds of parts that are told apart; 0 where none are. */
  readonly types: number;
  readonly epsilon: number;
  readonly vocab: number;
  readonly head: BertHead;
};

/** The family whose form a configuration has elsewhere. */
export type BertFamily = "bert" | "roberta" | "distilbert";
export const bertFamilyOf = ({ shift, types }: Pick<BertConfig, "shift" | "types">): BertFamily =>
  types === 0 ? "distilbert" : shift > 0 ? "roberta" : "bert";

/** What BERT calls the parts of a layer, and RoBERTa after it. */
const bertLayer = {
  parts: ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"],
  norms: ["attention.output.LayerNorm", "output.LayerNorm"],
  dense: ["intermediate.dense", "output.dense"],
};

/** What a family calls the parts of a layer and of what it ends in. */
const names = {
  bert: {
    layer: "bert.encoder.layer",
    ...bertLayer,
    word: ["cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias"],
    classifier: ["bert.pooler.dense", "classifier"],
  },
  roberta: {
    layer: "roberta.encoder.layer",
    ...bertLayer,
    word: ["lm_head.dense", "lm_head.layer_norm", "lm_head.bias"],
    classifier: ["classifier.dense", "classifier.out_proj"],
  },
  distilbert: {
    layer: "distilbert.transformer.layer",
    parts: ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin"],
    norms: ["sa_layer_norm", "output_layer_norm"],
    dense: ["ffn.lin1", "ffn.lin2"],
    word: ["vocab_transform", "vocab_layer_norm", "vocab_projector.bias"],
    classifier: ["pre_classifier", "classifier"],
  },
} as const;

/** The weights of a Bert, in the order of its layers. */
export function bertPlaces(config: BertConfig): Place[] {
  const { depth, width: d, positions, types, vocab } = config;
  const family = bertFamilyOf(config);
  const embeddings = `${family}.embeddings`;
  return [
    table("table", `${embeddings}.word_embeddings.weight`, [vocab, d]),
    table("place", `${embeddings}.position_embeddings.weight`, [positions, d]),
    ...(types > 0 ? [table("kinds.kind", `${embeddings}.token_type_embeddings.weight`, [types, d])] : []),
    ...norm("layer_norm", `${embeddings}.LayerNorm`, d),
    ...Array.from({ length: depth }, (_, i) => layer(config, family, i)).flat(),
    ...headPlaces(config, family),
  ];
}

const norm = (path: string, theirs: string, d: number): Place[] => [
  vector(`${path}.scale`, `${theirs}.weight`, [d]),
  vector(`${path}.shift`, `${theirs}.bias`, [d]),
];

const dense = (path: string, theirs: string, into: number, out: number): Place[] => [
  matrix(`${path}.w`, `${theirs}.weight`, [into, out], out, into),
  vector(`${path}.bias`, `${theirs}.bias`, [out]),
];

function layer({ width: d, heads, inner }: BertConfig, family: BertFamily, i: number): Place[] {
  const { layer: stack, parts, norms, dense: wide } = names[family];
  // std counts the rounds of a `repeat` from 1.
  const [ours, theirs] = [`bert_layer.${i + 1}`, `${stack}.${i}`];
  const k = d / heads;
  const seen = (["q", "k", "v"] as const).flatMap((letter, at): Place[] => [
    matrix(`${ours}.attending.w${letter}`, `${theirs}.${parts[at]}.weight`, [d, heads, k], d, d),
    vector(`${ours}.attending.b${letter}`, `${theirs}.${parts[at]}.bias`, [heads, k]),
  ]);
  return [
    ...seen,
    matrix(`${ours}.attending.wo`, `${theirs}.${parts[3]}.weight`, [heads, k, d], d, d),
    vector(`${ours}.attending.bo`, `${theirs}.${parts[3]}.bias`, [d]),
    ...norm(`${ours}.layer_norm`, `${theirs}.${norms[0]}`, d),
    ...dense(`${ours}.dense`, `${theirs}.${wide[0]}`, d, inner),
    ...dense(`${ours}.dense.2`, `${theirs}.${wide[1]}`, inner, d),
    ...norm(`${ours}.layer_norm.2`, `${theirs}.${norms[1]}`, d),
  ];
}

function headPlaces({ head, width: d, vocab }: BertConfig, family: BertFamily): Place[] {
  const { word, classifier } = names[family];
  if (head.kind === "sentence") return [];
  if (head.kind === "word")
    return [vector("word.bias", word[2], [vocab]), ...dense("word.dense", word[0], d, d), ...norm("word.layer_norm", word[1], d)];
  const pooler = dense(`${head.kind}.pooler.dense`, classifier[0], d, d);
  if (head.kind === "relevance") return [...pooler, ...dense("relevance.dense", classifier[1], d, 1)];
  const { length } = head.cases;
  return [
    ...pooler,
    matrix("relevances.w", `${classifier[1]}.weight`, [d, length], length, d),
    vector("relevances.bias", `${classifier[1]}.bias`, [length]),
  ];
}

/** Tensors of a folder that a Bert does without: what other heads of the family keep, copies of tied tables, numbers of places. */
export function bertSpare({ head }: BertConfig, name: string): boolean {
  if (
    /position_ids$/.test(name) ||
    /^(cls\.seq_relationship|cls\.predictions\.decoder|lm_head\.decoder|vocab_projector\.weight)/.test(name)
  )
    return true;
  const classifies = head.kind === "relevance" || head.kind === "relevances";
  if (/^(bert|roberta)\.pooler\./.test(name)) return !(classifies && name.startsWith("bert."));
  if (/^(cls\.predictions|lm_head|vocab_transform|vocab_layer_norm|vocab_projector)\b/.test(name)) return head.kind !== "word";
  return false;
}
