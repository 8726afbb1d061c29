/**
 * What a model is shown is laid out here and nowhere else, for a training row and for a served question alike: the turns of the dialog,
 * then the numbered blocks, each `[1] title: text`; a model with a chat template is shown them through that. Every source position remembers which block and which characters it came from.
 */
import { layOutChat } from "./chat-prompt.ts";
import { withoutMarks, withoutTokens } from "./inert.ts";
import { remembered } from "./remembered.ts";
import type { Encoded, Tokenizer } from "./tokenizer.ts";

/** Letters of blocks whose tokens are remembered. */
const lettersKept = 2 ** 20;

/** A document or passage as the model is shown it. */
export type Shown = { readonly title: string; readonly text: string };

/** A turn of a dialog; who speaks matters to a chat template only. */
export type Turn = { readonly content: string; readonly role?: string };

/** The source of a model, position by position. Footnote numbers beyond the tokenizer's marks work, too, spelled in pieces. */
export type Source = {
  readonly ids: readonly number[];
  /** The block (from 1) of each position; 0 in the dialog. */
  readonly block: readonly number[];
  /**
   * Where each position's text stands: UTF-16 offsets into the block's `text`; -1 where it is of the mark, the title or the dialog.
   */
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Whether blocks or turns were left out because the window is too small for them. */
  readonly short?: true;
};

/** The turns and blocks as source ids. Blocks are numbered from 1 in the order given. */
export function layOut(tokenizer: Tokenizer, turns: readonly Turn[], blocks: readonly Shown[]): Source {
  if (tokenizer.chat !== undefined) return layOutChat(tokenizer, tokenizer.chat, turns, blocks);
  return joined([...turns.map((turn) => ofTurn(tokenizer, turn)), ...blocks.map((block, i) => ofBlock(tokenizer, block, i + 1))]);
}

/** How many tokens one block takes in {@link layOut}: what a budget of tokens counts. */
export function blockTokens(tokenizer: Tokenizer, block: Shown, number: number): number {
  return spelled(tokenizer, wordsOf(tokenizer, block, number)).ids.length;
}

/**
 * As many of the blocks, in order, as fit into `window` tokens with the turns; when the turns alone are too long, the oldest turns and
 * then the beginning of the last one are left out. A served question is always answered; a training row that does not fit is not used.
 */
export function layOutWithin(tokenizer: Tokenizer, turns: readonly Turn[], blocks: readonly Shown[], window: number): Source {
  if (tokenizer.chat !== undefined) return chatWithin(tokenizer, turns, blocks, window);
  const said = turns.map((turn) => ofTurn(tokenizer, turn));
  let left = window - said.reduce((sum, turn) => sum + turn.ids.length, 0);
  while (left < 0 && said.length > 1) left += said.shift()!.ids.length;
  if (left < 0) return shortened(mapped(said[0]!, (column) => column.slice(-window)));
  const kept: Source[] = [];
  for (const [i, block] of blocks.entries()) {
    const part = ofBlock(tokenizer, block, i + 1);
    left -= part.ids.length;
    if (left < 0) break;
    kept.push(part);
  }
  const source = joined([...said, ...kept]);
  return said.length < turns.length || kept.length < blocks.length ? shortened(source) : source;
}

/** The same through a chat template, which is rendered anew for every block or turn that is left out. */
function chatWithin(tokenizer: Tokenizer, turns: readonly Turn[], blocks: readonly Shown[], window: number): Source {
  let [shown, said] = [blocks, turns];
  let source = layOut(tokenizer, said, shown);
  while (source.ids.length > window && shown.length + said.length > 1) {
    if (shown.length > 0) shown = shown.slice(0, -1);
    else said = said.slice(1);
    source = layOut(tokenizer, said, shown);
  }
  if (source.ids.length > window) return shortened(mapped(source, (column) => column.slice(-window)));
  return shown.length + said.length < blocks.length + turns.length ? shortened(source) : source;
}

const shortened = (source: Source): Source => ({ ...source, short: true });

/** A source with what its tokenizer puts around a text that a model reads whole: `a </s>` for a T5. */
export function marked({ marks: { before, after } }: Tokenizer, source: Source): Source {
  if (before.length + after.length === 0) return source;
  const mark = (ids: readonly number[]): Source => {
    const none = ids.map(() => -1);
    return { ids, block: ids.map(() => 0), start: none, end: none };
  };
  return joined([mark(before), source, mark(after)]);
}

function ofTurn(tokenizer: Tokenizer, turn: Turn): Source {
  const ids = tokenizer.encode(turn.content);
  return { ids, block: ids.map(() => 0), start: ids.map(() => -1), end: ids.map(() => -1) };
}

function ofBlock(tokenizer: Tokenizer, block: Shown, number: number): Source {
  const before = heading(block, number).length;
  const { ids, starts, ends } = spelled(tokenizer, wordsOf(tokenizer, block, number));
  const inside = ends.map((end) => end > before);
  return {
    ids,
    block: ids.map(() => number),
    start: starts.map((start, i) => (inside[i] ? Math.max(0, start - before) : -1)),
    end: ends.map((end, i) => (inside[i] ? end - before : -1)),
  };
}

const known = new WeakMap<Tokenizer, (text: string) => Encoded>();

/** A block is shown again and again, to whoever asks about it and to each model that looks at it: what was spelled lately is not spelled anew. */
function spelled(tokenizer: Tokenizer, words: string): Encoded {
  const of = known.get(tokenizer) ?? remembered((text) => tokenizer.encodeWithSpans(text), lettersKept);
  known.set(tokenizer, of);
  return of(words);
}

function joined(parts: readonly Source[]): Source {
  const all = (name: Exclude<keyof Source, "short">): number[] => parts.flatMap((part) => part[name]);
  return { ids: all("ids"), block: all("block"), start: all("start"), end: all("end") };
}

function mapped(source: Source, change: (column: readonly number[]) => readonly number[]): Source {
  return { ids: change(source.ids), block: change(source.block), start: change(source.start), end: change(source.end) };
}

/** A block as it is read; what its document says begins no other. */
function wordsOf(tokenizer: Tokenizer, block: Shown, number: number): string {
  const title = heading({ ...block, title: withoutMarks(block.title) }, number);
  return withoutTokens(tokenizer, `${title}${withoutMarks(block.text)}`);
}

function heading(block: Shown, number: number): string {
  return `[${number}] ${block.title}: `;
}
