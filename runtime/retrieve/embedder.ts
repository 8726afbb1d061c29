/** What turns texts into vectors, as an index sees it: a model of the spec with a head for it, or anything else that keeps these promises. */

import type { BlockScorer } from "./infocontext.ts";

/** A text of a document with its title. */
export type Titled = { readonly title: string; readonly text: string };

/** Vectors of one width and of length 1, so that the product of two is their cosine. */
export type Embedder = {
  /** As the spec calls it. */
  readonly name: string;
  /** Differs when the vectors of the same texts would: of its weights, its tokenizer and its program. Throws what reading weights throws. */
  key(): Promise<string>;
  /** The vectors of questions, in order. A text beyond the model's window is read as far as it reaches. */
  questions(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** The vectors of passages, in order. */
  passages(texts: readonly Titled[], signal?: AbortSignal): Promise<Float32Array[]>;
};

/** The product of two vectors of one width. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** What scores texts against questions by an embedder: the cosine with the nearest of them. */
export function nearness({ questions, passages }: Pick<Embedder, "questions" | "passages">): BlockScorer["scores"] {
  return async (given, texts, signal) => {
    if (given.length === 0 || texts.length === 0) return texts.map(() => 0);
    const titled = texts.map((text) => ({ title: "", text }));
    const [asked, read] = await Promise.all([questions(given, signal), passages(titled, signal)]);
    return read.map((vector) => Math.max(...asked.map((one) => dot(one, vector))));
  };
}

/** A vector with length 1; undefined for one that has no direction. */
export function unit(vector: ArrayLike<number>): Float32Array | undefined {
  const own = Float32Array.from(vector);
  const length = Math.sqrt(dot(own, own));
  return Number.isFinite(length) && length > 0 ? own.map((x) => x / length) : undefined;
}
