/**
 * `npm run eval:example`: marks the example's answers. First over blocks, on questions about names that never occur in the lessons; then through the whole
 * pipeline, search included, on questions about the pages of this folder; then both in words that it
 * never met, and on sorts of question that it never met. Prints a table; --json for programs, --count for another number of questions.
 */
import { parseArgs } from "node:util";
import { openBuilt } from "../../cli/built.ts";
import { failed } from "../../cli/failed.ts";
import { findSpec } from "../../cli/spec.ts";
import type { Answer, Doc, Pipeline } from "../../runtime/index.ts";
import { footnotesOf, type Mark, mark, type Report, report } from "./marks.ts";
import { exam, pagesExam } from "./world/lessons.ts";
import { rewordedExam, rewordedPagesExam, strangeExam, strangePagesExam } from "./world/questions.ts";
import type { Row } from "./world/rows.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "400" },
    seed: { type: "string", default: "1001" },
    json: { type: "boolean", default: false },
    wrong: { type: "boolean", default: false },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);

/** The row's expected answer with the number that its block has in the answer's sources, so that both can be compared as texts. */
function markOf(row: Row, answer: Answer): Mark {
  const gold = footnotesOf(row.answer).map((number) => row.documents[number - 1]!.title);
  const cited = [
    ...new Set(answer.footnotes.map((note) => answer.sources.find((source) => source.number === note.number)!.doc.title)),
  ];
  const numbered = (text: string, titles: readonly string[]) =>
    text.replace(/\s*\[\d+\]/g, "") + titles.map((title) => ` [${1 + [...gold, ...cited].indexOf(title)}]`).join("");
  const marked = mark(numbered(row.answer, gold), numbered(answer.text, cited));
  if (values.wrong && !(marked.exact && marked.cited))
    console.error(`${row.prompt}\n  expected ${row.answer} (${gold})\n  answered ${answer.text} (${cited})`);
  return marked;
}

async function marks(rows: Iterable<Row>, ask: (row: Row) => Promise<Answer>): Promise<Report> {
  const all: Mark[] = [];
  for (const row of rows) all.push(markOf(row, await ask(row)));
  return report(all);
}

const docsOf = (row: Row): Doc[] => row.documents.map((document) => ({ ...document, id: document.url }));
const percent = ({ share, count: of }: Report["exact"]) => (of === 0 ? "" : `${(100 * share).toFixed(1)}% of ${of}`);

async function main(): Promise<void> {
  const built = await openBuilt(findSpec(import.meta.dirname), { device: "cpu", json: false, set: [] });
  const reading = built.reading as unknown as Pipeline<readonly [string, Doc[]]>;
  const answer = built.answer as unknown as Pipeline<readonly [string]>;
  await built.system.indexes()[0]!.build({});
  const reports = {
    "names never seen in training": await marks(exam({ count, seed }), (row) => reading(row.prompt, docsOf(row))),
    "the pages, through search": await marks(pagesExam({ count, seed }), (row) => answer(row.prompt)),
    "words never met, names never seen": await marks(rewordedExam({ count, seed }), (row) => reading(row.prompt, docsOf(row))),
    "words never met, through search": await marks(rewordedPagesExam({ count, seed }), (row) => answer(row.prompt)),
    "sorts of question never met, names never seen": await marks(strangeExam({ count, seed }), (row) =>
      reading(row.prompt, docsOf(row)),
    ),
    "sorts of question never met, through search": await marks(strangePagesExam({ count, seed }), (row) => answer(row.prompt)),
  };
  await built.system.close();
  if (values.json) return console.log(JSON.stringify(reports, null, 2));
  console.log(
    "| questions | exact match | block cited right, of answered | does not know, where absent | does not know, where present |\n| --- | --- | --- | --- | --- |",
  );
  for (const [name, r] of Object.entries(reports))
    console.log(`| ${name} | ${percent(r.exact)} | ${percent(r.cited)} | ${percent(r.admitted)} | ${percent(r.missed)} |`);
  console.log(`\nnode examples/neuro/eval.ts --count ${count} --seed ${seed}`);
}

main().catch(failed);
