/** The tasks `answers` and `simpleqa`: rows with right answers, and answers compared with them by words, or graded by a model. It asks no pipeline. */
import { Judge } from "../../answer/check.ts";
import { type Asked, type Checking, checkerOf } from "../../answer/checker.ts";
import { citationScores } from "../../answer/citations.ts";
import type { LanguageModel } from "../../answer/model.ts";
import { citedSentences, isClaim } from "../../answer/sentences.ts";
import { saysUnknown } from "../../answer/unknown.ts";
import { NeuroError } from "../../error.ts";
import { roughOffsets } from "../../retrieve/infocontext.ts";
import { confirmed } from "../../reward/form.ts";
import { type Answer, type CallOptions, type CitationScores, type Dialog, dialog, last } from "../../types.ts";
import { contains, exactMatch, wordF1 } from "../answers.ts";
import { type Grade, gradingPrompt, readGrade, simpleQa } from "../simpleqa.ts";
import type { Metric, MetricSpec, Question, Rows, Task } from "../spec.ts";

/** What is kept of an answer. `expected` is false where the right answer is that nothing is known. */
export type Kept = {
  readonly text: string;
  readonly known: boolean;
  readonly right: readonly string[];
  readonly expected: boolean;
  readonly footnotes: number;
  readonly supported: number;
  readonly citations?: CitationScores;
  readonly grade?: Grade;
  readonly missing: readonly string[];
};

/** Values of one answer; undefined where the metric says nothing of it. */
const values: Readonly<Record<string, (kept: Kept) => number | undefined>> = {
  exact_match: ({ text, right, expected }) => (expected ? exactMatch(text, right) : undefined),
  f1: ({ text, right, expected }) => (expected ? wordF1(text, right) : undefined),
  contains: ({ text, right, expected }) => (expected ? contains(text, right) : undefined),
  known: ({ known }) => Number(known),
  admitted: ({ known, expected }) => (expected ? undefined : Number(!known)),
  missed: ({ known, expected }) => (expected ? Number(!known) : undefined),
  cited: ({ known, footnotes }) => (known ? Number(footnotes > 0) : undefined),
  supported: ({ known, supported }) => (known ? supported : undefined),
  citation_recall: ({ known, citations }) => (known ? citations?.recall : undefined),
  citation_precision: ({ known, citations }) => (known ? citations?.precision : undefined),
};

/** What citations are checked by, and from which value on they hold. */
export type CitationCheck = { readonly by?: Checking | undefined; readonly least?: number | undefined };

/** Opens `answers`; citations are checked by the spec's checker, by words where it names none. Throws `rows_missing`, `row_lacks_field`. */
export async function answersTask(
  rows: Rows | undefined,
  { by = { kind: "words" }, least = 0.5 }: CitationCheck,
  report: readonly MetricSpec[],
): Promise<Task<Kept>> {
  const questions = await questionsOf("answers", rows);
  const checker = report.some(({ kind }) => kind.startsWith("citation_")) ? checkerOf(by) : undefined;
  return {
    questions,
    metrics: report.map(({ kind }): Metric<Kept> => ({ name: kind, value: values[kind]! })),
    keep: async (result, question) => ({
      ...keptOf(result as Answer, question),
      ...(await citationsOf(result as Answer, question, checker, least)),
    }),
    failed: (question) => nothingSaid(question),
  };
}

/** Opens `simpleqa`; graded by a model, or by words: not attempted where the answer says that it does not know, correct where a right one stands in it. */
export async function simpleQaTask(
  rows: Rows | undefined,
  by: LanguageModel | undefined,
  report: readonly MetricSpec[],
): Promise<Task<Kept>> {
  const questions = await questionsOf("simpleqa", rows);
  const metrics = report.map(
    ({ kind }): Metric<Kept> => ({
      name: kind,
      ...(kind === "accuracy" ? { value: ({ grade }: Kept) => Number(grade === "correct") } : {}),
      ...(kind === "attempted" ? { value: ({ grade }: Kept) => Number(grade !== "not_attempted") } : {}),
      over: (all) => simpleQa(all.map(({ grade }) => grade!))[kind as keyof ReturnType<typeof simpleQa>],
    }),
  );
  return {
    questions,
    metrics,
    async keep(result, question, options) {
      const kept = keptOf(result as Answer, question);
      return { ...kept, grade: by === undefined ? gradeByWords(kept) : await gradeBy(by, question, kept, options) };
    },
    failed: (question) => ({ ...nothingSaid(question), grade: "not_attempted" }),
  };
}

function gradeByWords({ text, known, right }: Kept): Grade {
  if (!known || text.trim() === "") return "not_attempted";
  return contains(text, right) === 1 ? "correct" : "incorrect";
}

async function gradeBy(model: LanguageModel, question: Question, { text, right }: Kept, options: CallOptions): Promise<Grade> {
  const task = gradingPrompt(last(question.row.prompt as Dialog), right, text);
  const context = {
    signal: options.signal ?? new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    seed: options.seed ?? 0,
    device: options.device ?? ("auto" as const),
    offsets: roughOffsets,
    note: () => {},
  };
  const { text: reply } = await model.write(dialog(task), [], { strategy: { kind: "greedy" }, most: 64 }, context, task);
  return readGrade(reply);
}

function keptOf(answer: Answer, question: Question): Kept {
  return {
    ...nothingSaid(question),
    text: answer.text,
    known: answer.known,
    footnotes: answer.footnotes.length,
    supported: confirmed(answer),
    missing: answer.missing,
  };
}

/** The citation scores of what the answer claims, by ALCE. */
async function citationsOf(
  { text, sources }: Answer,
  { row }: Question,
  checker: Asked | undefined,
  least: number,
): Promise<Pick<Kept, "citations">> {
  if (checker === undefined) return {};
  const blocks = sources.map((source) => ({ ...source, score: 0 }));
  const prompt = dialog(row.prompt as string | Dialog);
  const judge = new Judge({ checker, least, unsupported: "keep", prompt, blocks });
  const citations = await citationScores(
    citedSentences(text).filter(isClaim),
    (number) => judge.isSource(number),
    judge.supports,
  );
  return citations === undefined ? {} : { citations };
}

const nothingSaid = ({ row }: Question): Kept => ({
  text: "",
  known: false,
  ...rightOf(row)!,
  footnotes: 0,
  supported: 0,
  missing: [],
});

async function questionsOf(task: string, rows: Rows | undefined): Promise<Question[]> {
  if (rows === undefined)
    throw new NeuroError("rows_missing", `The task ${task} has no rows.`, {
      hint: "Declare a dataset of rows with `prompt` and `answer` (or `answers`), and write `rows: questions`, or name a file with --rows.",
    });
  const all = await Array.fromAsync(rows as AsyncIterable<Record<string, unknown>>);
  return all.map((row, i) => {
    const id = typeof row.id === "string" && row.id !== "" ? row.id : String(i + 1);
    if (rightOf(row) === undefined)
      throw new NeuroError("row_lacks_field", `Row ${id} has no right answer.`, {
        hint: "Give it `answer`, or a list of `answers`.",
      });
    return { id, row: { ...row, documents: documentsOf(row.documents) } };
  });
}

/** The right answers of a row: a text, an answer or a list of them; none, or one that says so, means that nothing is known. */
function rightOf(row: Readonly<Record<string, unknown>>): Pick<Kept, "right" | "expected"> | undefined {
  const given = row.answers ?? row.answer;
  if (given === undefined || given === null) return undefined;
  const right = (Array.isArray(given) ? given : [given]).map((one) =>
    typeof one === "string" ? one : String((one as Answer).text),
  );
  const expected = right.some((one) => one.trim() !== "" && !saysUnknown(one));
  return { right, expected };
}

/** Documents of rows may lack what those of sources have: an id and an address. */
function documentsOf(documents: unknown): unknown {
  if (!Array.isArray(documents)) return documents;
  return documents.map((doc: { id?: string; url?: string }, i) => ({
    ...doc,
    id: doc.id ?? doc.url ?? `document-${i + 1}`,
    url: doc.url ?? "",
  }));
}
