/**
 * What a model is shown is laid out here and nowhere else, for a training row and for a served question alike: the turns of the dialog,
 * then the numbered blocks, each `[1] title: text`. Every source position remembers which block and which characters it came from.
 */
import type { Tokenizer } from "./tokenizer.ts";

/** A document or passage as the model is shown it. */
export type Shown = { readonly title: string; readonly text: string };

/** A turn of a dialog; only its words are laid out. */
export type Turn = { readonly content: string };

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
};

/** The turns and blocks as source ids. Blocks are numbered from 1 in the order given. */
export function layOut(tokenizer: Tokenizer, turns: readonly Turn[], blocks: readonly Shown[]): Source {
  const source = { ids: [] as number[], block: [] as number[], start: [] as number[], end: [] as number[] };
  const add = (id: number, block: number, start: number, end: number): void => {
    source.ids.push(id);
    source.block.push(block);
    source.start.push(start);
    source.end.push(end);
  };
  for (const turn of turns) for (const id of tokenizer.encode(turn.content)) add(id, 0, -1, -1);
  blocks.forEach((block, index) => {
    const { ids, starts, ends } = tokenizer.encodeWithSpans(`[${index + 1}]${heading(block)}${block.text}`);
    const before = `[${index + 1}]${heading(block)}`.length;
    ids.forEach((id, i) => {
      const inside = ends[i]! > before;
      add(id, index + 1, inside ? Math.max(0, starts[i]! - before) : -1, inside ? ends[i]! - before : -1);
    });
  });
  return source;
}

/** How many tokens one block takes in {@link layOut}: what a budget of tokens counts. */
export function blockTokens(tokenizer: Tokenizer, block: Shown, number: number): number {
  return tokenizer.encode(`[${number}]${heading(block)}${block.text}`).length;
}

/**
 * As many of the blocks, in order, as fit into `window` tokens with the turns; when the turns alone are too long, the oldest turns and
 * then the beginning of the last one are left out. A served question is always answered; a training row that does not fit is not used.
 */
export function layOutWithin(tokenizer: Tokenizer, turns: readonly Turn[], blocks: readonly Shown[], window: number): Source {
  for (let kept = blocks.length; kept >= 0; kept--) {
    const source = layOut(tokenizer, turns, blocks.slice(0, kept));
    if (source.ids.length <= window) return source;
  }
  if (turns.length > 1) return layOutWithin(tokenizer, turns.slice(1), blocks, window);
  const ids = turns.flatMap((turn) => tokenizer.encode(turn.content)).slice(-window);
  return { ids, block: ids.map(() => 0), start: ids.map(() => -1), end: ids.map(() => -1) };
}

function heading(block: Shown): string {
  return ` ${block.title}: `;
}
