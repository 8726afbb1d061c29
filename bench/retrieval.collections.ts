// Collections with judgments as neuro's specs read them: documents in a folder, and questions with the ids of the documents that answer them.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJudgments, readTopics } from "../runtime/evaluate/index.ts";
import type { Asked } from "./retrieval.folds.ts";

type Question = {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly { readonly text: string; readonly answer_start: number }[];
};
type Xquad = {
  readonly data: readonly { title: string; paragraphs: readonly { context: string; qas: readonly Question[] }[] }[];
};

/** A paragraph of XQuAD with its questions; `part` is its article. */
export type Paragraph = {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly qas: readonly Question[];
  readonly part: number;
};

/** The paragraphs of a language of XQuAD. */
export function paragraphsOf(folder: string, language: string): Paragraph[] {
  const { data } = JSON.parse(readFileSync(join(folder, `xquad.${language}.first24.json`), "utf8")) as Xquad;
  return data.flatMap(({ title, paragraphs }, part) =>
    paragraphs.map(({ context, qas }, i) => ({
      id: `${title}-${i + 1}`,
      title: title.replaceAll("_", " "),
      text: context,
      qas,
      part,
    })),
  );
}

/** Paragraphs as documents in `corpus.jsonl`; a question's own paragraph answers it, and the questions of an article are one part. */
export function xquad(folder: string, language: string, place: string): Asked[] {
  const paragraphs = paragraphsOf(folder, language);
  writeFileSync(
    join(place, "corpus.jsonl"),
    paragraphs.map(({ id, title, text }) => `${JSON.stringify({ _id: id, title, text })}\n`).join(""),
  );
  return paragraphs.flatMap(({ id, qas, part }) => qas.map((one) => ({ id: one.id, text: one.question, relevant: [id], part })));
}

/** Abstracts as files in `pages/`; every question is a part of its own. */
export function cacm(folder: string, place: string): Asked[] {
  mkdirSync(join(place, "pages"), { recursive: true });
  execFileSync("tar", ["xzf", join(folder, "cacm.tar.gz"), "-C", join(place, "pages")]);
  const judged = readJudgments(join(folder, "qrels.cacm.txt"));
  const topics = readTopics(join(folder, "topics.cacm.txt")).filter(({ id }) => judged.has(id));
  return topics.map(({ id, text }, part) => {
    const good = [...judged.get(id)!].filter(([, grade]) => grade > 0);
    return { id, text, relevant: good.map(([name]) => `pages/${name}.html`), part };
  });
}
