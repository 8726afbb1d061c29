/** What completion offers, in editor words. */
import type { Edit, Range } from "../../words.ts";

/** The kinds of what is offered, each by the name under which editors have a picture for it. */
export const shownAs = {
  declaration: "Keyword",
  snippet: "Snippet",
  keyword: "Keyword",
  module: "Module",
  file: "File",
  folder: "Folder",
  type: "Struct",
  model: "Class",
  function: "Function",
  value: "Variable",
  parameter: "Property",
  field: "Field",
  case: "EnumMember",
  unit: "Unit",
  axis: "TypeParameter",
} as const;

export type CompletionKind = keyof typeof shownAs;

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** What replaces `span`; with `snippet`, `$1` and `${1:name}` are places to fill in. */
  readonly insert: string;
  readonly snippet: boolean;
  readonly span: Range;
  /** The type or the signature, on the line of the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Offers stand in the order of this. */
  readonly sort: string;
  /** Further edits of the same file: the `use` that a name needs. */
  readonly also?: readonly Edit[];
}

/** An offer before it knows which word it replaces. Lower ranks stand first. */
export type Offer = Omit<Completion, "insert" | "snippet" | "span" | "sort"> & {
  readonly insert?: string;
  readonly snippet?: boolean;
  readonly rank: number;
};

/** Offers as completions of the word that was begun, those that do not fit it left out. */
export function completed(offers: readonly Offer[], typed: string, span: Range): Completion[] {
  const seen = new Set<string>();
  return offers.flatMap(({ rank, insert, snippet, ...rest }, at) => {
    const key = `${rest.kind === "snippet" ? "snippet " : ""}${rest.label}`;
    if (seen.has(key) || !fitsTyped(rest.label, typed)) return [];
    seen.add(key);
    const begins = rest.label.toLowerCase().startsWith(typed.toLowerCase()) ? "a" : "b";
    const sort = `${begins}${String(rank).padStart(2, "0")}${String(at).padStart(4, "0")}`;
    return [{ ...rest, insert: insert ?? rest.label, snippet: snippet ?? false, span, sort }];
  });
}

/** Whether the letters that were typed stand in a label in their order, the first at the beginning of a word. */
export function fitsTyped(label: string, typed: string): boolean {
  if (typed === "") return true;
  const [inside, wanted] = [label.toLowerCase(), typed.toLowerCase()];
  let at = -1;
  for (const letter of wanted) {
    at = inside.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  const first = inside.indexOf(wanted[0]!);
  return first === 0 || inside.includes(`_${wanted[0]}`) || inside.includes(wanted);
}
