/** What turns texts into vectors, as an index sees it: a model of the spec with a head for it, or anything else that keeps these promises. */

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
