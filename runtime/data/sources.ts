/**
 * What a model reads of a row that it does not write itself: the dialog, the documents and the answers that it judges, as one text. Knows how they are laid
 * out, nothing of programs or memory.
 */
import { layOut } from "../text/prompt.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { answerOf, type Row } from "./row.ts";

/** As `compiler/lower/feeds.ts` has it: each part with the tokenizer's marks, or one begin token and each judged text with its end. */
export type Layout = "parts" | "begun";

/** One text: its ids, the part that each belongs to, and how many of them are given rather than judged. */
export type Laid = { readonly ids: readonly number[]; readonly part: readonly number[]; readonly given: number };

/** The text of a row that fields make. Throws `row_lacks_field`, `row_malformed`. */
export function sourceOf(row: Row, fields: readonly string[], layout: Layout | undefined, tokenizer: Tokenizer): Laid {
  const judged = fields.filter((field) => field !== "prompt" && field !== "documents");
  const { marks, special } = tokenizer;
  if (layout === "parts" && marks.between.length > 0) {
    const given = asked(row, fields).map((text) => tokenizer.encode(text));
    return wrapped([...given, ...judged.map((field) => wordsOf(row, field, tokenizer))], given.length, tokenizer);
  }
  const asIs = fields.includes("prompt") ? row.given : undefined;
  const { ids, block } = asIs
    ? { ids: asIs, block: asIs.map(() => 0) }
    : layOut(tokenizer, fields.includes("prompt") ? row.prompt : [], fields.includes("documents") ? row.documents : []);
  const last = block.reduce((most, number) => Math.max(most, number), 0);
  const begun = layout === "begun";
  // What was made of tokens has its marks already.
  const marked = layout === undefined && asIs === undefined;
  const before = begun ? [special.begin] : marked ? marks.before : [];
  const after = marked ? marks.after : [];
  // Texts that are judged beside each other begin with the begin token and end with the end token, so that they can be told apart.
  const answers = judged.map((field) => [...(begun ? [] : [special.begin]), ...answerIds(row, field, tokenizer)]);
  return {
    ids: [...before, ...ids, ...after, ...answers.flat()],
    part: [
      ...before.map(() => 0),
      ...block,
      ...after.map(() => last),
      ...answers.flatMap((answer, i) => answer.map(() => last + i + 1)),
    ],
    given: before.length + ids.length + after.length,
  };
}

/** What is asked and each document as texts of their own. */
function asked(row: Row, fields: readonly string[]): string[] {
  const prompt = fields.includes("prompt") && row.prompt.length > 0 ? [row.prompt.map(({ content }) => content).join("\n")] : [];
  const documents = fields.includes("documents") ? row.documents : [];
  return [...prompt, ...documents.map(({ title, text }) => (title === "" ? text : `${title}\n${text}`))];
}

/** Texts with the tokenizer's marks around and between them; what stands behind a part belongs to it. */
function wrapped(texts: readonly (readonly number[])[], given: number, { marks }: Tokenizer): Laid {
  const ids = [...marks.before];
  const part = marks.before.map(() => 0);
  let count = 0;
  texts.forEach((text, i) => {
    const behind = i === texts.length - 1 ? marks.after : marks.between;
    ids.push(...text, ...behind);
    part.push(...text.map(() => i), ...behind.map(() => i));
    if (i < given) count = ids.length;
  });
  return { ids, part, given: count };
}

/** The tokens of an answer of a row, its end among them: what a model generated is read as it was generated, and ends where it got that far. */
export function answerIds(row: Row, field: string, tokenizer: Tokenizer): readonly number[] {
  const answer = answerOf(row, field);
  return answer.tokens ?? [...tokenizer.encode(answer.text), tokenizer.special.end];
}

/** The tokens of an answer without its end. */
function wordsOf(row: Row, field: string, tokenizer: Tokenizer): readonly number[] {
  const ids = answerIds(row, field, tokenizer);
  return tokenizer.special.ends.includes(ids.at(-1)!) ? ids.slice(0, -1) : ids;
}
