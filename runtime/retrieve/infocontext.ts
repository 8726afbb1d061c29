/**
 * The stage `infocontext`: what a model is shown of the documents. Each is cut into overlapping blocks of tokens, the blocks are scored against
 * the questions, the best are taken until the budget of unique tokens is full, and neighbours of one document are glued together again. Passages of one
 * document that overlap are one text first.
 * After the talk's InfoContext, which stops at the first block that does not fit and keeps the original order (`full: stop, order: original`); it
 * does not lay anything out for a model.
 */

import { NeuroError } from "../error.ts";
import type { Block, Context, Docs, StageContext, TokenOffsets } from "../types.ts";
import { queryTerms, terms } from "./analysis/analyse.ts";
import { bm25 } from "./bm25.ts";
import { type Stitched, stitched } from "./stitched.ts";

/** Scores texts against questions, higher is better: an embedding model of the spec. By words when there is none. */
export type BlockScorer = {
  scores(questions: readonly string[], texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
};

/** Sizes in tokens, and what scores. */
export type InfoContextOptions = {
  /** Tokens of one block. */
  readonly block: number;
  /** Tokens that a block shares with the next; less than `block`. */
  readonly overlap: number;
  /** Tokens of the whole context, each counted once. */
  readonly budget: number;
  /** What happens to the first block that does not fit: it is cut, ends the choice, or is passed over. */
  readonly full?: { readonly kind: "cut" | "stop" | "skip" };
  /** Blocks by their score, as they stand in the documents, or the best at both ends. */
  readonly order?: { readonly kind: "best" | "original" | "edges" };
  readonly by?: BlockScorer | { readonly embedder?: BlockScorer } | { readonly kind: string } | string;
};

/** Cuts, scores, keeps and glues. Blocks are numbered from 1 in the order in which they are shown. An empty context is no failure. */
export async function infocontext(
  docs: Docs,
  given: readonly string[],
  options: InfoContextOptions,
  context: StageContext,
): Promise<Context> {
  const read = stitched(docs).map((one) => ({ ...one, offsets: context.offsets(one.doc.text) }));
  const pieces = read.flatMap((one) => cut(one.offsets.length, options).map(([from, to]) => ({ ...one, from, to })));
  const scores = await score(pieces, given, options, context);
  context.signal.throwIfAborted();
  const order = pieces
    .map((piece, i) => ({ piece, score: scores[i]! }))
    .sort((a, b) => b.score - a.score || a.piece.rank - b.piece.rank || a.piece.from - b.piece.from);
  const kept = keep(order, options.budget, options.full?.kind ?? "cut");
  const blocks = ordered(glue(kept), options.order?.kind ?? "best").map(({ doc, offsets, from, to, score }, i): Block => {
    const [start, end] = span(doc.text, offsets, from, to);
    return { number: i + 1, doc, start, end, text: doc.text.slice(start, end), score };
  });
  const tokens = kept.reduce((sum, part) => sum + part.fresh, 0);
  context.note("blocks", blocks.length);
  context.note("tokens", tokens);
  return { blocks, tokens };
}

type Piece = Stitched & {
  readonly offsets: readonly number[];
  readonly from: number;
  readonly to: number;
};
type Kept = Piece & { readonly score: number; readonly fresh: number };

/** Blocks of `block` tokens every `block - overlap`; the first that reaches the end is the last. A document without tokens has none. */
export function cut(tokens: number, { block, overlap }: { block: number; overlap: number }): [from: number, to: number][] {
  const stride = Math.max(1, block - overlap);
  const blocks: [number, number][] = [];
  for (let from = 0; from < tokens; from += stride) {
    blocks.push([from, Math.min(from + block, tokens)]);
    if (from + block >= tokens) break;
  }
  return blocks;
}

/** The share of a block's score that its document's own score is. */
const ofDocument = 0.5;

async function score(
  pieces: readonly Piece[],
  given: readonly string[],
  { by }: InfoContextOptions,
  context: StageContext,
): Promise<readonly number[]> {
  const texts = pieces.map(({ doc, offsets, from, to }) => doc.text.slice(...span(doc.text, offsets, from, to)));
  const scorer = typeof by === "object" ? ("scores" in by ? by : "embedder" in by ? by.embedder : undefined) : undefined;
  if (scorer !== undefined) return scorer.scores(given, texts, context.signal);
  if (by !== undefined && (typeof by === "string" ? by : "kind" in by ? by.kind : "") !== "bm25") {
    throw new NeuroError("scoring_unknown", "infocontext was given something to score by that cannot score blocks.", {
      hint: "Score by an Embedder with weights here, or leave `by:` out to score by words.",
    });
  }
  // A title says what all of its blocks are about.
  const lists = texts.map((text, i) => terms(`${pieces[i]!.doc.title}\n${text}`, "mixed").map((term) => term.text));
  const own = bm25(lists).scores([...new Set(given.flatMap((question) => queryTerms(question, "mixed")))]);
  const bestOwn = Math.max(...own) || 1;
  const bestDoc = Math.max(...pieces.map((piece) => piece.doc.score ?? 0)) || 1;
  return pieces.map((piece, i) => own[i]! / bestOwn + (ofDocument * (piece.doc.score ?? 0)) / bestDoc);
}

/**
 * The best pieces whose tokens fit the budget, each token of a document counted once. The first that does not fit is cut to what is left,
 * unless that is a mere scrap, and ends the choice; or ends it uncut, but for the very best: either way a larger budget only ever adds. Or it is
 * passed over for one that fits.
 */
function keep(order: readonly { piece: Piece; score: number }[], budget: number, full: "cut" | "stop" | "skip"): Kept[] {
  const kept: Kept[] = [];
  let left = budget;
  for (const { piece, score } of order) {
    if (left <= 0) break;
    const taken = kept.filter((other) => other.doc === piece.doc);
    const fresh = range(piece.from, piece.to).filter((token) => !taken.some((other) => token >= other.from && token < other.to));
    const whole = fresh.length <= left;
    if (!whole && full === "skip") continue;
    if (!whole && (full === "stop" ? kept.length > 0 : left * 4 < piece.to - piece.from)) break;
    // Cut where its new tokens run out; what overlaps with its neighbours costs nothing.
    const to = whole ? piece.to : fresh[left]!;
    kept.push({ ...piece, to, score, fresh: Math.min(fresh.length, left) });
    left -= fresh.length;
  }
  return kept;
}

/** Overlapping and touching pieces of one document as one, at the place of the best. */
function glue(kept: readonly Kept[]): Kept[] {
  const glued: Kept[] = [];
  for (const doc of new Set(kept.map((piece) => piece.doc))) {
    const own = kept.filter((piece) => piece.doc === doc).sort((a, b) => a.from - b.from);
    let open = own[0]!;
    for (const next of own.slice(1)) {
      if (next.from <= open.to) open = { ...open, to: Math.max(open.to, next.to), score: Math.max(open.score, next.score) };
      else {
        glued.push(open);
        open = next;
      }
    }
    glued.push(open);
  }
  return glued;
}

/** The order in which blocks are shown; `edges` puts the best first, the next last and the worst in the middle (Liu et al. 2024, "Lost in the middle"). */
function ordered(blocks: readonly Kept[], order: "best" | "original" | "edges"): Kept[] {
  const placed = [...blocks].sort((a, b) => a.place - b.place || a.from - b.from);
  if (order === "original") return placed;
  const best = placed.toSorted((a, b) => b.score - a.score || a.rank - b.rank || a.from - b.from);
  if (order === "best") return best;
  return [...best.filter((_, i) => i % 2 === 0), ...best.filter((_, i) => i % 2 === 1).reverse()];
}

/** Characters of tokens `from..to`, without the space around them. */
function span(text: string, offsets: readonly number[], from: number, to: number): [start: number, end: number] {
  let start = from === 0 ? 0 : offsets[from]!;
  let end = to < offsets.length ? offsets[to]! : text.length;
  while (start < end && /\s/.test(text[start]!)) start += 1;
  while (end > start && /\s/.test(text[end - 1]!)) end -= 1;
  return [start, end];
}

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Counts as a subword tokenizer roughly would, where no tokenizer is known: pieces of words of up to six letters, and marks. */
export const roughOffsets: TokenOffsets = (text) =>
  [...text.matchAll(/[\p{L}\p{M}\p{N}]{1,6}|[^\s\p{L}\p{M}\p{N}]/gu)].map((match) => match.index);
