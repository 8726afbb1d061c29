/**
 * SimpleQA (Wei et al. 2024): each answer is correct, incorrect or not attempted by a grader's word, and the numbers follow from the three shares alone.
 * Knows nothing of how the grader is asked.
 */
import { NeuroError } from "../error.ts";

/** What a grader says of an answer: A, B or C of the benchmark. */
export type Grade = "correct" | "incorrect" | "not_attempted";

const letters: Readonly<Record<string, Grade>> = { A: "correct", B: "incorrect", C: "not_attempted" };

/**
 * The grade in a grader's reply: a letter that stands alone, the last if several (it is the conclusion), otherwise the words CORRECT, INCORRECT or NOT
 * ATTEMPTED; what says neither is not attempted. The benchmark's own script takes the first A, B or C wherever it stands, also inside a word, so that NOT_ATTEMPTED
 * counts as correct there: `strict` does the same, for figures that must compare.
 */
export function readGrade(reply: string, { strict = false }: { readonly strict?: boolean } = {}): Grade {
  if (strict) return letters[/[ABC]/.exec(reply)?.[0] ?? "C"]!;
  const bare = /^\W*([ABCabc])\W*$/.exec(reply.trim());
  if (bare) return letters[bare[1]!.toUpperCase()]!;
  const named = [...reply.matchAll(/(?<![A-Za-z_])(?:not[\s_-]+attempted|incorrect|(?:not\s+)?correct)(?![A-Za-z_])/gi)].at(-1);
  // "A" is also an article: a letter alone is taken only where it cannot begin a noun phrase.
  const letter = [...reply.matchAll(/(?<![\p{L}\p{N}_'’])([ABC])(?![\p{L}\p{N}_'’])(?!\s+\p{Ll})/gu)].at(-1);
  if (letter && (!named || letter.index > named.index || reply.slice(letter.index, named.index).length <= 4))
    return letters[letter[1]!]!;
  if (!named) return "not_attempted";
  const word = named[0].toLowerCase();
  if (/attempted/.test(word)) return "not_attempted";
  return /^correct$/.test(word) ? "correct" : "incorrect";
}

/** Shares of all answers, and what follows from them. */
export type SimpleQa = {
  readonly accuracy: number;
  readonly attempted: number;
  /** Correct ones of those attempted; 0 where none was. */
  readonly accuracy_given_attempted: number;
  /** The harmonic mean of the two accuracies, 2 c / (1 + attempted). */
  readonly f1: number;
};

/** The numbers of a run. Throws `no_rows` of no answers: a share of nothing is no number. */
export function simpleQa(grades: readonly Grade[]): SimpleQa {
  if (grades.length === 0) throw new NeuroError("no_rows", "No answer was graded.", { hint: "Give rows to ask." });
  const count = (grade: Grade) => grades.filter((one) => one === grade).length;
  const accuracy = count("correct") / grades.length;
  const attempted = (count("correct") + count("incorrect")) / grades.length;
  return {
    accuracy,
    attempted,
    accuracy_given_attempted: attempted === 0 ? 0 : accuracy / attempted,
    f1: (2 * accuracy) / (1 + attempted),
  };
}

/** What a grader is asked, in our words after the benchmark's rules: one letter is wanted. */
export function gradingPrompt(question: string, right: readonly string[], answer: string): string {
  return `You grade the answer to a question against the reference. Say with one letter which of these it is.

A: correct. It says all that the reference says and the question asked for, and nothing against it. Case, punctuation, order, hedging and small slips in names do not matter. What the question already says may be left out. Numbers agree to the last digit of the reference.
B: incorrect. Something in it contradicts the reference, hedged or not, or it offers several answers that exclude each other.
C: not attempted. What was asked for is missing, and nothing contradicts the reference; a vague bound such as "more than 50" is that too.

Question: ${question}
Reference: ${right.join(" | ")}
Answer: ${answer}

Your letter, and nothing else:`;
}
