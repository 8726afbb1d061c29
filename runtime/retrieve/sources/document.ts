/**
 * What a source yields: a document as plain text with the places of its headings. Readers make it from files; nothing here reads one.
 */

/** A heading within a document: where its text begins, how deep it is (1 to 6), and the anchor that a link to it takes. */
export type Heading = { readonly at: number; readonly level: number; readonly text: string; readonly anchor: string };

/** A document as plain text. */
export type SourceDocument = {
  /** Stable over runs: the relative path of a file, with `/`. */
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** Paragraphs are separated by an empty line, items and rows by a line break; wrapped lines are joined. */
  readonly text: string;
  readonly headings: readonly Heading[];
  /** Where each page of a paged document begins in the text, the first at 0. */
  readonly pages?: readonly number[];
  /** As the document itself says (`lang:` of its front matter). */
  readonly language?: string;
};

/** What a reader of one format makes of a text; the file's name decides what is missing. */
export type ReadText = Omit<SourceDocument, "id" | "url" | "title"> & { readonly title: string | undefined };

/** The anchor that GitHub gives a heading: lower case, punctuation gone, spaces as `-`; `taken` numbers the later ones. */
export function anchorOf(heading: string, taken: Map<string, number>): string {
  const base = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
  const before = taken.get(base) ?? 0;
  taken.set(base, before + 1);
  return before === 0 ? base : `${base}-${before}`;
}

/**
 * Joins the lines of one paragraph as a reader sees them: with a space, and without one between characters of scripts that use none.
 */
export function joinWrapped(lines: readonly string[]): string {
  const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。、]/u;
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .reduce((text, line) => {
      if (text === "") return line;
      return spaceless.test(text.at(-1)!) && spaceless.test(line[0]!) ? text + line : `${text} ${line}`;
    }, "");
}
