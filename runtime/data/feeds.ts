/**
 * Rows become the data inputs of a program here: what each input holds is told by a feed of the manifest, and how it lies in memory by
 * its port. Padding is never passed by anybody else: presence says what exists.
 */
import type { DType, Port } from "../../kernels/index.ts";
import { arrayOf, countOf, type Data } from "../device/device.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { laidOut, numbered, type Packing, type Place, packed } from "./packing.ts";
import { caseOf, malformed, numberOf, numbersOf, placeOf, type Row, samplesOf } from "./row.ts";
import { answerIds, type Layout, sourceOf } from "./sources.ts";

/** One face of a text: its ids, the decoder's input (begin, then all ids but the last), which positions exist, where each stands, its text. */
export type Face = "ids" | "input" | "present" | "position" | "segment";

/** A text that is packed: several examples' one after another in each row. `filled`: the words that `from` shows at the places of a field's. */
export type PackedText =
  | { readonly kind: "source"; readonly given: readonly string[]; readonly laid?: Layout }
  | { readonly kind: "target"; readonly field: string }
  | { readonly kind: "joined"; readonly given: readonly string[]; readonly field: string }
  | { readonly kind: "filled"; readonly field: string; readonly from: string };

/** What a data input of a program holds, as the manifest tells it. */
export type Feed =
  /**
   * A face of a packed text, `[packs, text]`: `segment` numbers the examples of a row from 1 and is 0 where there is none, `position` counts within
   * an example, `given` is 1 where it is given.
   */
  | {
      readonly kind: "packed";
      readonly text: PackedText;
      readonly as: "ids" | "input" | "segment" | "position" | "given" | "part";
    }
  /** Where each example's part of a packed text begins, counted over all rows: `[b]`. */
  | { readonly kind: "place"; readonly text: PackedText }
  /** The laid out dialog and documents, then any texts to be judged: `[b, s]`. `part` numbers the texts, `given` counts the tokens before those judged: `[b]`. */
  | {
      readonly kind: "source";
      readonly given: readonly string[];
      readonly as: Face | "part" | "given";
      readonly laid?: Layout;
    }
  /** An answer's tokens and its end: `[b, t]`. */
  | { readonly kind: "target"; readonly field: string; readonly as: Face }
  /**
   * What is given and an answer's tokens as one text, begun by the begin token: `[b, t]`. `given` counts the tokens of what is given:
   * `[b]`, the place at which the answer's first token is told.
   */
  | {
      readonly kind: "joined";
      readonly given: readonly string[];
      readonly field: string;
      readonly as: "input" | "present" | "given";
    }
  /** A number of the row: `[b]`. */
  | { readonly kind: "number"; readonly field: string }
  /** Numbers that were recorded per token of an answer: `[b, t]`. */
  | { readonly kind: "numbers"; readonly field: string; readonly of: string }
  /** The place of a word among the cases of its enumeration: `[b]`. */
  | { readonly kind: "case"; readonly field: string; readonly cases: readonly string[] };

/** What each data input of a program holds, by the input's name. */
export type Feeds = Readonly<Record<string, Feed>>;

/** Values of one input in host memory, row-major in the order of its axes. */
export type Filled = { readonly dtype: DType; readonly shape: readonly number[]; readonly data: Data };

/** What rows are turned with: the model's tokenizer, its window, and whether lengths are rounded up (training) or exact (scoring). */
export type Collate = { readonly tokenizer: Tokenizer; readonly window: number; readonly rounded: boolean };

/** A batch as a program takes it: values by input, the rows that are in it, the rows too long for the window, and the tokens it holds. */
export type Collated = {
  readonly values: Readonly<Record<string, Filled>>;
  readonly rows: readonly Row[];
  readonly left: readonly Row[];
  readonly tokens: number;
};

/**
 * The values of a program's data inputs for rows. Rows longer than the window are left out and returned, never cut. A group (its `answer` a
 * list) fills inputs that have an axis for its samples; groups of one batch have as many samples each, or `row_malformed` is thrown.
 */
export function collate(rows: readonly Row[], ports: readonly Port[], feeds: Feeds, options: Collate): Collated {
  const texts = Object.values(feeds).flatMap((feed) =>
    isText(feed) ? [feed] : feed.kind === "packed" ? [plainText(feed.text)] : [],
  );
  const read = rows.map((row) => ({ row, samples: samplesOf(row).map((one) => readSample(one, texts, options.tokenizer)) }));
  const fits = read.map(({ samples }) =>
    samples.every(({ ids }) => [...ids.values()].every((text) => text.length <= options.window)),
  );
  const kept = read.filter((_, i) => fits[i]);
  const count = evenly(kept.map(({ samples }) => samples));
  const whole = kept.map(({ samples }) => samples[0]!);
  const each = kept.flatMap(({ samples }) => samples);
  const values: Record<string, Filled> = {};
  const packs = packingOf(whole, feeds, options);
  for (const port of ports) {
    const feed = feeds[port.name];
    if (port.role !== "data" || feed === undefined) continue;
    if (feed.kind === "packed" || feed.kind === "place") {
      values[port.name] = fillPacked(feed, port.dtype, whole, packs!, options);
      continue;
    }
    if (port.axes.length === axesOf(feed)) values[port.name] = fill(feed, port.dtype, whole, options);
    else {
      const { dtype, shape, data } = fill(feed, port.dtype, each, options);
      values[port.name] = { dtype, shape: [kept.length, count, ...shape.slice(1)], data };
    }
  }
  const left = rows.filter((_, i) => !fits[i]);
  return { values, rows: kept.map(({ row }) => row), left, tokens: tokensIn(whole, each, texts) };
}

/** One sample with the tokens of each of its texts. */
type Sample = { readonly row: Row; readonly ids: ReadonlyMap<string, readonly number[]> };

const readSample = (row: Row, texts: readonly Text[], tokenizer: Tokenizer): Sample => ({
  row,
  ids: new Map(texts.map((feed) => [textOf(feed), tokensOf(row, feed, tokenizer)])),
});

/** How many axes an input has where rows are no groups. */
const axesOf = (feed: Plain): number =>
  feed.kind === "number" || feed.kind === "case" || (isText(feed) && feed.as === "given") ? 1 : 2;

/** Tokens that are read or written: sources once for a group, answers for each of its samples; one that is part of a joined text is counted there. */
function tokensIn(whole: readonly Sample[], each: readonly Sample[], texts: readonly Text[]): number {
  const inside = new Set(texts.flatMap((feed) => (feed.kind === "joined" ? [`target ${feed.field}`] : [])));
  const names = new Map(texts.map((feed) => [textOf(feed), feed.kind === "source" ? whole : each]));
  const counted = [...names].filter(([name]) => !inside.has(name));
  return counted.reduce((sum, [name, samples]) => sum + samples.reduce((n, { ids }) => n + ids.get(name)!.length, 0), 0);
}

/** The number of samples of every group. */
function evenly(groups: readonly (readonly Sample[])[]): number {
  const count = groups[0]?.length ?? 0;
  const other = groups.find((group) => group.length !== count);
  if (other) throw malformed(placeOf(other[0]!.row), `is a group of ${other.length} answers beside one of ${count}`);
  return count;
}

type Text = Extract<Feed, { kind: "source" | "target" | "joined" }>;
/** What holds one example a row. */
type Plain = Exclude<Feed, { kind: "packed" | "place" }>;

/** The text that a packed one is made of. */
function plainText(text: PackedText): Text {
  if (text.kind === "joined") return { ...text, as: "input" };
  if (text.kind === "source") return { ...text, as: "ids" };
  return { kind: "target", field: text.field, as: "ids" };
}

/** Which row each example lies in, where a program reads packed texts. */
function packingOf(samples: readonly Sample[], feeds: Feeds, { window, rounded: steps }: Collate): Packing | undefined {
  const names = Object.values(feeds).flatMap((feed) => (feed.kind === "packed" ? [textOf(plainText(feed.text))] : []));
  if (names.length === 0) return undefined;
  const lengths = new Map(names.map((name) => [name, samples.map(({ ids }) => ids.get(name)!.length)]));
  return packed(lengths, window, (length) => (steps ? Math.max(length, Math.min(rounded(length), window)) : length));
}

function fillPacked(
  feed: Extract<Feed, { kind: "packed" | "place" }>,
  dtype: DType,
  samples: readonly Sample[],
  packs: Packing,
  { tokenizer }: Collate,
): Filled {
  const text = plainText(feed.text);
  const name = textOf(text);
  const places = packs.places.get(name)!;
  const width = packs.widths.get(name)!;
  if (feed.kind === "place") return filled(dtype, [samples.length], (i) => places[i]!.row * width + places[i]!.start);
  const tokens = samples.map(({ ids }) => ids.get(name)!);
  const face = packedFace(feed, samples, places, tokens, tokenizer);
  const none = feed.as === "ids" || feed.as === "input" ? tokenizer.special.pad : 0;
  const lengths = tokens.map((ids) => ids.length);
  const values = laidOut(packs, name, lengths, none, face);
  return filled(dtype, [packs.rows, width], (flat) => values[flat]!);
}

/** What stands at a place of an example. */
function packedFace(
  { text, as }: Extract<Feed, { kind: "packed" }>,
  samples: readonly Sample[],
  places: readonly Place[],
  tokens: readonly (readonly number[])[],
  tokenizer: Tokenizer,
): (example: number, at: number) => number {
  if (as === "position") return (_, at) => at;
  if (as === "segment") {
    const numbers = numbered(places);
    return (example) => numbers[example]!;
  }
  if (as === "ids") return (example, at) => tokens[example]![at]!;
  if (as === "input" && text.kind === "filled") {
    const shown = samples.map(({ row }, i) => numbersOf(row, text.from, tokens[i]!.length));
    return (example, at) => shown[example]![at]!;
  }
  if (as === "input") return (example, at) => faceOf(text.kind === "source" ? "ids" : "input", tokens[example]!, at, tokenizer);
  if (as === "part") {
    const parts = samples.map(({ row }) => (text.kind === "source" ? sourceOf(row, text.given, text.laid, tokenizer).part : []));
    return (example, at) => parts[example]![at] ?? 0;
  }
  // The begin token and what is given, of one text with what is told; all of a source; nothing of what is told alone.
  if (text.kind !== "joined") return () => (text.kind === "target" ? 0 : 1);
  const given = samples.map(({ row }) => givenIds(row, text.given, tokenizer).length + 1);
  return (example, at) => (at < given[example]! ? 1 : 0);
}

const isText = (feed: Feed): feed is Text => feed.kind === "source" || feed.kind === "target" || feed.kind === "joined";

/** The name of a text: feeds with one name share an axis. */
function textOf(feed: Text): string {
  if (feed.kind === "joined") return `joined ${feed.given.join(" ")} ${feed.field}`;
  return feed.kind === "source" ? `source ${feed.laid ?? ""} ${feed.given.join(" ")}` : `target ${feed.field}`;
}

function tokensOf(row: Row, feed: Text, tokenizer: Tokenizer): readonly number[] {
  if (feed.kind === "target") return answerIds(row, feed.field, tokenizer);
  if (feed.kind === "joined") return [...givenIds(row, feed.given, tokenizer), ...answerIds(row, feed.field, tokenizer)];
  return sourceOf(row, feed.given, feed.laid, tokenizer).ids;
}

/** What is given to a model that reads it and what it tells as one text, without its begin token. */
const givenIds = (row: Row, given: readonly string[], tokenizer: Tokenizer): readonly number[] =>
  sourceOf(row, given, "begun", tokenizer).ids.slice(1);

function fill(feed: Plain, dtype: DType, samples: readonly Sample[], options: Collate): Filled {
  const count = samples.length;
  const row = (i: number): Row => samples[i]!.row;
  if (feed.kind === "number") return filled(dtype, [count], (i) => numberOf(row(i), feed.field));
  if (feed.kind === "joined" && feed.as === "given")
    return filled(dtype, [count], (i) => givenIds(row(i), feed.given, options.tokenizer).length);
  if (feed.kind === "source" && feed.as === "given")
    return filled(dtype, [count], (i) => sourceOf(row(i), feed.given, feed.laid, options.tokenizer).given);
  if (feed.kind === "case") return filled(dtype, [count], (i) => caseOf(row(i), feed.field, feed.cases));
  const name = feed.kind === "numbers" ? `target ${feed.of}` : textOf(feed);
  const texts = samples.map(({ ids }) => ids.get(name)!);
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 1);
  const width = options.rounded ? Math.min(rounded(longest), Math.max(longest, options.window)) : longest;
  if (feed.kind === "numbers") {
    const columns = samples.map((sample, i) => numbersOf(sample.row, feed.field, texts[i]!.length));
    return filled(dtype, [count, width], (flat) => columns[Math.floor(flat / width)]![flat % width] ?? 0);
  }
  if (feed.kind === "source" && feed.as === "part") {
    const parts = samples.map((sample) => sourceOf(sample.row, feed.given, feed.laid, options.tokenizer).part);
    return filled(dtype, [count, width], (flat) => parts[Math.floor(flat / width)]![flat % width] ?? 0);
  }
  return filled(dtype, [count, width], (flat) =>
    faceOf(feed.as as Face, texts[Math.floor(flat / width)]!, flat % width, options.tokenizer),
  );
}

function faceOf(face: Face, text: readonly number[], at: number, { special }: Tokenizer): number {
  if (face === "position") return at;
  const present = at < text.length;
  if (face === "present" || face === "segment") return present ? 1 : 0;
  if (face === "input") return at === 0 ? special.begin : present ? text[at - 1]! : special.pad;
  return present ? text[at]! : special.pad;
}

/** Lengths come in steps, so that few shapes of memory are met: multiples of 8 up to 64, of 16 beyond. */
export function rounded(length: number): number {
  const step = length <= 64 ? 8 : 16;
  return Math.ceil(length / step) * step;
}

/** Values that are a function of their flat index. */
export function filled(dtype: DType, shape: readonly number[], value: (flat: number) => number): Filled {
  const data = new (arrayOf(dtype))(countOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return { dtype, shape, data };
}
