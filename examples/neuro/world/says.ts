/**
 * Whether pages bear a sentence out, by what the world's pages are like and without any model: a page is about one thing, which its title names, and tells each fact
 * in the very words of an answer. What answers cite is measured by it.
 */
import type { Dialog, Docs } from "neuro/runtime";

/** 1 when one of the documents is about something that the conversation names and has the sentence word for word; else 0. */
export function says(prompt: Dialog, documents: Docs, sentence: string): number {
  const asked = wordsOf(prompt.map(({ content }) => content).join(" "));
  const said = ` ${wordsOf(sentence).join(" ")} `;
  const told = documents.some(({ title, text }) => {
    const named = wordsOf(title).every((word) => asked.some((other) => alike(word, other)));
    return named && ` ${wordsOf(text).join(" ")} `.includes(said);
  });
  return told ? 1 : 0;
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize("NFC")
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** Forms of one word, as `Гана` and `Ганы`: all but the last two letters agree. */
function alike(a: string, b: string): boolean {
  const stem = Math.max(3, a.length - 2);
  return a === b || (a.length > 3 && Math.abs(a.length - b.length) <= 2 && a.slice(0, stem) === b.slice(0, stem));
}
