/** What a caller wishes of an answer, laid over what the spec's decoding says. Knows nothing of models. */
import type { Wishes } from "../types.ts";
import type { DecodingRecord } from "./generate.ts";

const sampling = ["temperature", "top_p", "top_k", "min_p"] as const;

/**
 * The decoding with the wishes in it. Any wish about sampling replaces the spec's strategy (beams, too); an answer may become shorter than the
 * spec allows, never longer; stops are added to the spec's.
 */
export function wished(record: DecodingRecord, wishes: Wishes | undefined): DecodingRecord {
  if (wishes === undefined) return record;
  const asked = Object.fromEntries(sampling.flatMap((name) => (wishes[name] === undefined ? [] : [[name, wishes[name]]])));
  const { temperature: _t, top_p: _p, top_k: _k, min_p: _m, ...rest } = record;
  const own = Object.keys(asked).length === 0 ? record : { ...rest, strategy: strategyOf(record, asked) };
  return {
    ...own,
    ...(wishes.most !== undefined && { most: Math.min(wishes.most, record.most ?? standardMost) }),
    ...(wishes.stop !== undefined && { stop: [...((record.stop as readonly string[] | undefined) ?? []), ...wishes.stop] }),
  };
}

/** The longest answer of a decoding that names none. */
export const standardMost = 256;

/** Sampling with what was asked over what the spec samples with; a temperature of 0 is greedy. */
function strategyOf(record: DecodingRecord, asked: Readonly<Record<string, number | undefined>>): { kind: string } {
  if (asked.temperature === 0) return { kind: "greedy" };
  const said = record.strategy?.kind === "sample" ? record.strategy : {};
  const beside = Object.fromEntries(sampling.flatMap((name) => (typeof record[name] === "number" ? [[name, record[name]]] : [])));
  return { ...beside, ...said, ...asked, kind: "sample" };
}
