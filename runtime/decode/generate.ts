/**
 * A prompt and its blocks become an answer's text and tokens: laid out, encoded once, written token by token, footnotes limited to the
 * blocks that were shown. Knows nothing of pipelines, sources or judges.
 */
import { NeuroError } from "../error.ts";
import type { Seed } from "../random.ts";
import { layOutWithin, marked, type Shown, type Source, type Turn } from "../text/prompt.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Strategy } from "./choose.ts";
import { decode, type Written } from "./decode.ts";
import { type FootnoteFilter, footnoteFilter } from "./footnotes.ts";
import { standardMost } from "./wishes.ts";
import type { Model } from "./writer.ts";

/** A `decoding` of a spec: how to choose tokens and how many at most. */
export type DecodingRecord = {
  readonly strategy?: Strategy | { readonly kind: string };
  readonly most?: number;
  readonly [other: string]: unknown;
};

/** One prompt to be answered. */
export type Request = { readonly prompt: readonly Turn[]; readonly blocks: readonly Shown[] };

/** One written answer: its text, the ids that were generated (the end token included when it came) and what the model thought of each. */
export type Generated = Written & { readonly text: string; readonly source: Source };

/** What a call decides besides the decoding of the spec. */
export type GenerateOptions = {
  readonly seed: Seed;
  readonly signal?: AbortSignal;
  /** Told the text so far after every token. */
  readonly onText?: (row: number, text: string) => void;
  /** Names each row for randomness; its place by default. */
  readonly names?: readonly number[];
};

const filters = new WeakMap<Tokenizer, FootnoteFilter>();

/** Answers prompts together with a model that lies on a device already. */
export async function generateWith(
  opened: Model,
  tokenizer: Tokenizer,
  window: number,
  requests: readonly Request[],
  record: DecodingRecord,
  options: GenerateOptions,
): Promise<Generated[]> {
  if (requests.length === 0) return [];
  const { strategy, most, stop, repetition } = settingsOf(record);
  const sources = requests.map((request) => sourceFor(opened, tokenizer, window, most, request));
  const allowed = sources.map((source) => footnotesOf(tokenizer, source));
  const { texts, places } = distinct(sources.map((source) => source.ids));
  const writer = await opened.encode(texts, most);
  if (texts.length < sources.length) await writer.select(places);
  try {
    const rows = await decode(writer, {
      strategy,
      most,
      seed: options.seed,
      begin: tokenizer.special.begin,
      end: tokenizer.special.end,
      allow: (row, written) => allowed[row]!(written),
      repetition,
      ...(stop.length > 0 && {
        stops: (_: number, written: readonly number[]) => stop.some((text) => tokenizer.decode(written).includes(text)),
      }),
      ...(options.names && { names: options.names }),
      ...(options.signal && { signal: options.signal }),
      ...(options.onText && {
        onToken: (row, _, written) => options.onText!(row, cut(tokenizer.decode(written).replace(/\uFFFD+$/u, ""), stop)),
      }),
    });
    return rows.map((row, i) => ({ ...row, text: cut(tokenizer.decode(row.tokens), stop), source: sources[i]! }));
  } finally {
    writer.close();
  }
}

/** What a model reads of a request. The begin token, a prompt and its answer are one text to a decoder without an encoder. */
export function sourceFor(
  { joined }: Pick<Model, "joined">,
  tokenizer: Tokenizer,
  window: number,
  most: number,
  { prompt, blocks }: Request,
): Source {
  if (joined) return layOutWithin(tokenizer, prompt, blocks, Math.max(1, window - 1 - most));
  const { before, after } = tokenizer.marks;
  return marked(tokenizer, layOutWithin(tokenizer, prompt, blocks, window - before.length - after.length));
}

/** Which tokens may follow in an answer over a source: footnotes name its blocks only. */
export function footnotesOf(tokenizer: Tokenizer, source: Source): ReturnType<FootnoteFilter> {
  const filter = filters.get(tokenizer) ?? footnoteFilter(tokenizer);
  filters.set(tokenizer, filter);
  return filter(source.block.reduce((top, block) => Math.max(top, block), 0));
}

/** Every source once, and the place of each among them: what several answers are written to is read once. */
function distinct(sources: readonly (readonly number[])[]): { texts: readonly (readonly number[])[]; places: readonly number[] } {
  const known = new Map<string, number>();
  const texts: (readonly number[])[] = [];
  const places = sources.map((ids) => {
    const name = ids.join();
    if (!known.has(name)) known.set(name, texts.push(ids) - 1);
    return known.get(name)!;
  });
  return { texts, places };
}

/** What a decoding says, every default filled in. */
export type DecodingSettings = {
  readonly strategy: Strategy;
  readonly most: number;
  readonly stop: readonly string[];
  readonly repetition: number;
};

/** Sampling may be said of the strategy or of the decoding itself. Throws `decoding_unsupported`, rather than to answer otherwise than the spec says. */
export function settingsOf(record: DecodingRecord): DecodingSettings {
  if (record.draft !== undefined && record.draft !== null) throw unsupported("`draft`");
  const sampling = Object.fromEntries(
    ["temperature", "top_p", "top_k", "min_p"].flatMap((name) =>
      typeof record[name] === "number" ? [[name, record[name]]] : [],
    ),
  );
  const said = record.strategy ?? { kind: Object.keys(sampling).length > 0 ? "sample" : "greedy" };
  if (said.kind !== "greedy" && said.kind !== "sample" && said.kind !== "beam") throw unsupported(`the strategy ${said.kind}`);
  const strategy = (said.kind === "sample" ? { ...sampling, ...said } : said) as Strategy;
  const {
    most = standardMost,
    stop = [],
    repetition = 1,
  } = record as { most?: number; stop?: readonly string[]; repetition?: number };
  return { strategy, most, stop: stop.filter((text) => text !== ""), repetition };
}

/** A text without what stands from the first of the stops on. */
export function cut(text: string, stops: readonly string[]): string {
  return stops.reduce((left, stop) => (left.includes(stop) ? left.slice(0, left.indexOf(stop)) : left), text);
}

function unsupported(what: string): NeuroError {
  return new NeuroError("decoding_unsupported", `This version does not decode with ${what}.`, {
    hint: "Leave it out: greedy, sample(..) and beam(..) run.",
  });
}
