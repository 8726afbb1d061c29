/**
 * Metrics by name, as `ir_measures` writes them (ir-measur.es: MacAvaney et al. 2022): `nDCG@10`, `AP`, `AP(rel=2)@100`, `RR`, `P@30`, `R@100`, `Success@5`,
 * `Rprec`, `Bpref`, `Judged@10`. Knows nothing of how a metric is counted.
 */
import { NeuroError } from "../error.ts";
import { ap, bpref, type Cut, type Judged, judgedShare, ndcg, precision, recall, rprec, rr, success } from "./metrics.ts";

/** A metric of retrieval with its cut-off: what it is called, and its value for one query, 0..1. */
export type Measure = { readonly name: string; readonly of: (judged: Judged) => number };

type Definition = {
  readonly of: (judged: Judged, cut: Cut) => number;
  /** Whether it must have a cut-off, may have one, or has none. */
  readonly at: "must" | "may" | "none";
  readonly rel: boolean;
};
const definitions: Readonly<Record<string, Definition>> = {
  nDCG: { of: ndcg, at: "may", rel: false },
  AP: { of: ap, at: "may", rel: true },
  RR: { of: rr, at: "may", rel: true },
  P: { of: precision, at: "must", rel: true },
  R: { of: recall, at: "must", rel: true },
  Success: { of: success, at: "must", rel: true },
  SetP: { of: (judged, { rel }) => precision(judged, rel === undefined ? {} : { rel }), at: "none", rel: true },
  SetR: { of: (judged, { rel }) => recall(judged, rel === undefined ? {} : { rel }), at: "none", rel: true },
  Rprec: { of: rprec, at: "none", rel: true },
  Bpref: { of: bpref, at: "none", rel: true },
  Judged: { of: judgedShare, at: "must", rel: false },
};
/** Other names of the same, as ir_measures and trec_eval have them; lower-case ones are those of the language. */
const aliases: Readonly<Record<string, string>> = {
  NDCG: "nDCG",
  MAP: "AP",
  MRR: "RR",
  Precision: "P",
  Recall: "R",
  RPrec: "Rprec",
  BPref: "Bpref",
  ndcg: "nDCG",
  ap: "AP",
  map: "AP",
  rr: "RR",
  mrr: "RR",
  recip_rank: "RR",
  precision: "P",
  recall: "R",
  success: "Success",
  rprec: "Rprec",
  bpref: "Bpref",
  judged: "Judged",
};

/** A metric by its parts: `measure("nDCG", { at: 10 })`. Throws `metric_unknown`, `metric_cut` (a cut-off that is missing or cannot be). */
export function measure(word: string, cut: Cut = {}): Measure {
  const base = Object.hasOwn(definitions, word) ? word : Object.hasOwn(aliases, word) ? aliases[word]! : undefined;
  if (base === undefined) throw unknown(word);
  const { of, at, rel } = definitions[base]!;
  const cutoff = cut.at;
  if (cutoff !== undefined && !(Number.isInteger(cutoff) && cutoff >= 1))
    throw bad(base, `has the cut-off ${cutoff}`, `A cut-off is a whole number from 1 on: ${base}@10.`);
  if (at === "must" && cutoff === undefined)
    throw bad(base, "needs a cut-off", `Write ${base}@10, or ${spec(base)}(at: 10) in a spec.`);
  if (at === "none" && cutoff !== undefined) throw bad(base, "has no cut-off", `Write ${base}.`);
  if (!rel && cut.rel !== undefined)
    throw bad(base, "takes no grade", base === "nDCG" ? "It weighs every grade; leave `rel` out." : "Leave `rel` out.");
  const name = `${base}${cut.rel === undefined ? "" : `(rel=${cut.rel})`}${cutoff === undefined ? "" : `@${cutoff}`}`;
  return { name, of: (judged) => of(judged, cut) };
}

/** A metric as it is written: `nDCG@10`, `AP(rel=2)@100`. Throws as {@link measure} does. */
export function readMeasure(text: string): Measure {
  const parts = /^([A-Za-z_]+)(?:\(rel=(-?\d+)\))?(?:@(\d+))?$/.exec(text.trim());
  if (parts === null) throw unknown(text);
  const [, word, rel, at] = parts;
  return measure(word!, { ...(at === undefined ? {} : { at: Number(at) }), ...(rel === undefined ? {} : { rel: Number(rel) }) });
}

const spec = (base: string): string =>
  Object.entries(aliases).find(([word, of]) => of === base && word === word.toLowerCase())?.[0] ?? base;

const unknown = (word: string): NeuroError =>
  new NeuroError("metric_unknown", `There is no metric ${word}.`, {
    hint: `Metrics are ${Object.keys(definitions).join(", ")}, with a cut-off as in nDCG@10.`,
  });

const bad = (base: string, what: string, hint: string): NeuroError =>
  new NeuroError("metric_cut", `The metric ${base} ${what}.`, { hint });
