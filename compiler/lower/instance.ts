// A declared model as lowering wants it: its architecture, the size of its vocabulary, and where its weights are named.
import type { Architecture, Model } from "../../grammar/index.ts";

/** What decides an instance's graph. */
export interface Instance {
  /** Its name in the program: `policy`. */
  readonly name: string;
  readonly decl: Model;
  readonly architecture: Architecture;
  /** LanguageModel, MaskedModel, Scorer, Comparer, TokenScorer, Embedder. */
  readonly head: string;
  /** Tokens of its tokenizer. */
  readonly vocab: number;
  /** The rank of its adapters, if only those are trained. */
  readonly lora?: number;
  /** Cases of the enumeration that its head is over. */
  readonly over?: { readonly name: string; readonly cases: readonly string[] };
}

/** An instance in one program: frozen ones and all trained ones but the first have a prefix before their weights' paths. */
export interface Placed {
  readonly instance: Instance;
  /** `reference/`, or nothing. */
  readonly prefix: string;
  readonly trained: boolean;
}
