// What the data inputs of a program hold, told so that a runtime can fill them from rows without knowing the model.
//
// The same shapes as `runtime/data/feeds.ts` reads from the manifest: ids are tokens of the text and its end token, `input` is the
// begin token and the same without its last, so that ids[i] is what stands after input[i]; `present` says which of them exist.

/** One face of a text. */
export type Face = "ids" | "input" | "present" | "position" | "segment";

/**
 * How a text that is judged is laid out: `parts` one behind another, each begun and ended as the tokenizer does it; `begun` by one begin token, each
 * judged text followed by its end token, as a model that writes reads them.
 */
export type Layout = "parts" | "begun";

/** A text that is packed: several examples' one after another in each row. `filled`: the words that `from` shows at the places of a field's. */
export type PackedText =
  | { readonly kind: "source"; readonly given: readonly string[]; readonly laid?: Layout }
  | { readonly kind: "target"; readonly field: string }
  | { readonly kind: "joined"; readonly given: readonly string[]; readonly field: string }
  | { readonly kind: "filled"; readonly field: string; readonly from: string };

/** What one input holds. */
export type Feed =
  /**
   * A face of a packed text, `[packs, <text>]`: `segment` numbers the examples of a row from 1 and is 0 where there is none, `position` counts within
   * an example, `given` is 1 where it is given. All examples of a batch lie in the same rows of every packed text.
   */
  | {
      readonly kind: "packed";
      readonly text: PackedText;
      readonly as: "ids" | "input" | "segment" | "position" | "given" | "part";
    }
  /** Where each example's part of a packed text begins, counted over all rows: `[batch]`. */
  | { readonly kind: "place"; readonly text: PackedText }
  /**
   * The laid out dialog, documents and, for a model that judges, the texts it judges, in this order: `[batch, source]`; in a group
   * `[batch, sample, source]` where it judges. `part` numbers the texts; `given` counts the tokens that are given, `[batch]`.
   */
  | {
      readonly kind: "source";
      readonly given: readonly string[];
      readonly as: Face | "part" | "given";
      readonly laid?: Layout;
    }
  /** A text's tokens and its end: `[batch, <field>]`; in a group `[batch, sample, <field>]`. */
  | { readonly kind: "target"; readonly field: string; readonly as: Face }
  /**
   * What is given and, after it, a text's tokens, in one: `[batch, text]`; in a group `[batch, sample, text]`. `input` is the begin
   * token, what is given and the tokens without their last; `given` counts the tokens that are given, `[batch]`: the place in the
   * text at which the first token of the field is told.
   */
  | {
      readonly kind: "joined";
      readonly given: readonly string[];
      readonly field: string;
      readonly as: "input" | "present" | "given";
    }
  /** A number of the row: `[batch]`; in a group `[batch, sample]`. */
  | { readonly kind: "number"; readonly field: string }
  /** Numbers recorded per token of another field: `[batch, <of>]`. */
  | { readonly kind: "numbers"; readonly field: string; readonly of: string }
  /** The place of a word among the cases of its enumeration: `[batch]`. */
  | { readonly kind: "case"; readonly field: string; readonly cases: readonly string[] };

/** By name of the input. */
export type Feeds = Readonly<Record<string, Feed>>;
