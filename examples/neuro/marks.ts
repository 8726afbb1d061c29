/** How answers are marked: what is right, what is cited, and whether ignorance is admitted where it should be. Pure functions. */

/** The marks of one answer. */
export interface Mark {
  /** Whether the question has an answer in the blocks. */
  answerable: boolean;
  /** Whether the answer claims to know: it cites a block. */
  answered: boolean;
  /** The text without footnotes is the expected text. */
  exact: boolean;
  /** The footnotes are the expected ones. */
  cited: boolean;
}

/** Shares over a set of answers, each in 0..1; `count` is what the share is of. */
export interface Report {
  questions: number;
  /** Right text, of the questions that have an answer. */
  exact: { share: number; count: number };
  /** Right footnote, of the answerable questions that were answered. */
  cited: { share: number; count: number };
  /** Ignorance admitted, of the questions without an answer. */
  admitted: { share: number; count: number };
  /** Ignorance claimed, of the questions that have an answer. */
  missed: { share: number; count: number };
}

const footnote = /\s*\[(\d+)\]/g;

/** The text without footnotes, case, outer punctuation and doubled spaces. */
export function normalise(answer: string): string {
  const text = answer.replace(footnote, "").normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
  return text.replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
}

/** The numbers of the footnotes, in order of appearance, each once. */
export function footnotesOf(answer: string): number[] {
  return [...new Set([...answer.matchAll(footnote)].map((found) => Number(found[1])))];
}

/** Compares an answer with the expected one; an expected answer without a footnote is an admission of ignorance. */
export function mark(expected: string, answer: string): Mark {
  const gold = footnotesOf(expected);
  const given = footnotesOf(answer);
  return {
    answerable: gold.length > 0,
    answered: given.length > 0,
    exact: normalise(expected) === normalise(answer),
    cited: gold.length === given.length && gold.every((n, i) => n === given[i]),
  };
}

/** The shares of a set of marks; a share of nothing is 0. */
export function report(marks: readonly Mark[]): Report {
  const share = (of: readonly Mark[], what: (m: Mark) => boolean): { share: number; count: number } => ({
    share: of.length === 0 ? 0 : of.filter(what).length / of.length,
    count: of.length,
  });
  const answerable = marks.filter((m) => m.answerable);
  return {
    questions: marks.length,
    exact: share(answerable, (m) => m.exact),
    cited: share(
      answerable.filter((m) => m.answered),
      (m) => m.cited,
    ),
    admitted: share(
      marks.filter((m) => !m.answerable),
      (m) => !m.answered && m.exact,
    ),
    missed: share(answerable, (m) => !m.answered),
  };
}

/** Whether an answer of a pipeline or a recipe is the expected one, its footnotes aside. */
export function right(answer: { readonly text: string }, expected: string): boolean {
  return normalise(answer.text) === normalise(expected);
}
