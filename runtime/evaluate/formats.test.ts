import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { NeuroError } from "../error.ts";
import { readCorpus, readQrels, readQueries, writeBeir } from "./beir.ts";
import { readJudgments, readRun, readTopics, writeJudgments, writeRun } from "./trec.ts";

const folder = mkdtempSync(join(tmpdir(), "neuro-formats-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
function file(text: string, name = `${++files}.txt`): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const refused = (read: () => unknown): string => {
  try {
    read();
    return "accepted";
  } catch (error) {
    return (error as NeuroError).message.replaceAll(`${folder}/`, "");
  }
};

test("judgments are read in TREC's and BEIR's columns, and written back the same", () => {
  const judged = new Map([
    [
      "2",
      new Map([
        ["d1", 1],
        ["d2", -1],
      ]),
    ],
    ["10", new Map([["d 3", 2]])],
  ]);
  expect(readJudgments(file("# made by hand\n2 0 d1 1\n2\t0\td2\t-1\r\n\n"))).toEqual(new Map([["2", judged.get("2")]]));
  expect(readJudgments(file("query-id\tcorpus-id\tscore\n2\td1\t1\n2\td2\t-1\n10\td 3\t2\n"))).toEqual(judged);
  expect(readJudgments(file("2\td1\t1\n"))).toEqual(new Map([["2", new Map([["d1", 1]])]]));
  const path = join(folder, "written.qrels");
  writeJudgments(
    path,
    new Map([
      ["10", new Map([["a", 0]])],
      ["2", new Map([["b", 3]])],
    ]),
  );
  expect(readFileSync(path, "utf8")).toBe("2 0 b 3\n10 0 a 0\n");
  expect(refused(() => writeJudgments(path, judged))).toBe(
    'The document "d 3" cannot be written in a TREC file: its columns are separated by spaces.',
  );
});

test("a damaged line is named with its place", () => {
  expect([
    refused(() => readJudgments(file("1 0 d 1\n1 0 d\t2 x y\n", "a.qrels"))),
    refused(() => readJudgments(file("1 0 d high\n", "b.qrels"))),
    refused(() => readJudgments(file("1 0 d 1\n1 0 d 0\n", "c.qrels"))),
    refused(() => readJudgments(file("\n# nothing\n", "d.qrels"))),
    refused(() => readRun(file("1 Q0 d 1 0.5\n", "a.run"))),
    refused(() => readRun(file("\n1 Q0 d 1 NaN r\n", "b.run"))),
    refused(() => readRun(file("1 Q0 d 1 2 r\n1 Q0 d 2 1 r\n", "c.run"))),
    refused(() => readTopics(file("what?\n", "a.topics"))),
    refused(() => readTopics(file("1\tx\n1\ty\n", "b.topics"))),
    refused(() => readTopics(file('{"_id": "1"}\n', "c.topics"))),
    refused(() => readTopics(file("<top>\n<num> 1\n</top>", "d.topics"))),
  ]).toMatchInlineSnapshot(`
    [
      "a.qrels:2: a judgment has four columns, and here are 6.",
      "b.qrels:1: the grade "high" is no whole number.",
      "c.qrels:2: d is judged twice for query 1.",
      "d.qrels has no judgments.",
      "a.run:1: a line of a run has six columns, and here are 5.",
      "b.run:2: the score "NaN" is no number.",
      "c.run:2: d was found twice for query 1.",
      "a.topics:1: this is no topic.",
      "b.topics has two topics 1.",
      "c.topics:1: a query has \`_id\` and \`text\`.",
      "d.topics:1: a topic has no <title>.",
    ]
  `);
});

test("a run is read without believing its ranks, and what was written ranks the same", () => {
  const { name, rankings } = readRun(file("1 Q0 b 1 0.25 bm25\n1 Q0 a 2 0.5 bm25\n1 Q0 c 3 0.25 bm25\n"));
  expect(name).toBe("bm25");
  const path = join(folder, "written.run");
  writeRun(path, { name: "my run", rankings });
  expect(readFileSync(path, "utf8")).toBe("1 Q0 a 1 0.5 my_run\n1 Q0 c 2 0.25 my_run\n1 Q0 b 3 0.25 my_run\n");
  expect(
    readRun(path)
      .rankings.get("1")!
      .map(({ doc }) => doc),
  ).toEqual(["a", "c", "b"]);
});

test("topics of TREC, CACM, lines with tabs and lines of JSON are the same queries", () => {
  const wanted = [{ id: "301", text: "time sharing systems" }];
  expect(
    readTopics(file("<top>\n<num> Number: 301\n<title> time sharing\nsystems\n\n<desc> Description:\nWhat exists?\n</top>")),
  ).toEqual(wanted);
  expect(readTopics(file("<top><num>301</num><title>time sharing systems</title></top>"))).toEqual(wanted);
  expect(
    readTopics(file("<top>\n<num> Number: 301\n<title> x\n<desc> Description:\nWhat  exists?\n</top>"), { part: "desc" }),
  ).toEqual([{ id: "301", text: "What exists?" }]);
  expect(readTopics(file("<DOC>\n<DOCNO> 301 </DOCNO>\n time sharing\nsystems\n</DOC>\n"))).toEqual(wanted);
  expect(readTopics(file("301\ttime sharing systems\n"))).toEqual(wanted);
  expect(readTopics(file('{"_id": "301", "text": "time sharing systems"}\n'))).toEqual(wanted);
});

test("a BEIR folder is read back as it was written", async () => {
  const beir = join(folder, "beir");
  const corpus = [
    { id: "d1", title: "", text: "Кот\nспит" },
    { id: "d2", title: "Cats", text: "" },
  ];
  const queries = [{ id: "q1", text: "кто спит?" }];
  const qrels = new Map([["q1", new Map([["d1", 1]])]]);
  await writeBeir(beir, { corpus, queries, qrels: { test: qrels, dev: qrels } });
  expect(await Array.fromAsync(readCorpus(beir))).toEqual(corpus);
  expect(await readQueries(beir)).toEqual(queries);
  expect(readQrels(beir)).toEqual(qrels);
  expect(() => readQrels(beir, "train")).toThrow("has no judgments qrels/train.tsv");
  writeFileSync(join(beir, "corpus.jsonl"), '{"_id": "d1", "text": "x"}\n{"_id": "d2"}\n');
  await expect(Array.fromAsync(readCorpus(beir))).rejects.toThrow(/corpus\.jsonl:2: a document has `_id` and `text`/);
  writeFileSync(join(beir, "queries.jsonl"), '{"_id": "q", "text": "x"}\n{"_id": "q", "text": "y"}\n');
  await expect(readQueries(beir)).rejects.toThrow("there are two queries q");
});
