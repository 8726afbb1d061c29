import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scoreRun } from "./average.ts";
import { readMeasure } from "./measures.ts";
import { judge } from "./metrics.ts";
import { byBytes, type Found, inOrder, type Judgments, type Rankings } from "./ranking.ts";
import { readJudgments, readRun } from "./trec.ts";

type Golden = {
  readonly judgments: readonly string[];
  readonly run: readonly string[];
  readonly expected: Readonly<Record<string, Readonly<Record<string, number>>>>;
};
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "golden/trec-eval.json"), "utf8")) as Golden;

function judgmentsOf(lines: readonly string[]): Judgments {
  const all = new Map<string, Map<string, number>>();
  for (const line of lines) {
    const [query, , doc, grade] = line.split(" ");
    all.set(query!, (all.get(query!) ?? new Map()).set(doc!, Number(grade)));
  }
  return all;
}
function rankingsOf(lines: readonly string[]): Rankings {
  const all = new Map<string, Found[]>();
  for (const line of lines) {
    const [query, , doc, , score] = line.split(" ");
    all.set(query!, [...(all.get(query!) ?? []), { doc: doc!, score: Number(score) }]);
  }
  return all;
}

test("every metric of every query is trec_eval's: ties, grades, negative judgments, names beyond ASCII, queries without results or relevant documents", () => {
  const measures = Object.keys(golden.expected).map(readMeasure);
  const run = rankingsOf(golden.run);
  const judgments = judgmentsOf(golden.judgments);
  const complete = scoreRun(run, judgments, measures, { complete: true });
  const plain = scoreRun(run, judgments, measures);
  expect(plain.unanswered).toEqual(["unfound"]);
  let compared = 0;
  for (const [name, expected] of Object.entries(golden.expected)) {
    for (const [query, value] of Object.entries(expected)) {
      const ours =
        query === "complete"
          ? complete.means.get(name)
          : query === "all"
            ? plain.means.get(name)
            : plain.values.get(name)![plain.queries.indexOf(query)];
      expect.soft(ours, `${name} of ${query}`).toBeCloseTo(value, 12);
      compared++;
    }
  }
  expect(compared).toBe(35 * 10);
});

// Real judgments and a real run, which stand beside this repository and are none of it: the figures were published, and trec_eval prints them.
const cacm = join(import.meta.dirname, "../../../shared/data/cacm");
test.runIf(existsSync(cacm))("a run of Anserini on CACM has its published figures", () => {
  const scores = scoreRun(
    readRun(join(cacm, "run.bm25.anserini.txt")).rankings,
    readJudgments(join(cacm, "qrels.cacm.txt")),
    ["AP", "P@30", "nDCG@10"].map(readMeasure),
  );
  expect([...scores.means].map(([name, value]) => `${name} ${value.toFixed(4)}`)).toEqual([
    "AP 0.2744",
    "P@30 0.1942",
    "nDCG@10 0.4543",
  ]);
  expect(scores.queries).toHaveLength(52);
});

test("equal scores stand in descending order of their bytes, also beyond the basic plane", () => {
  const found = ["a", "b", "\uffee", "\u{10348}", "B"].map((doc) => ({ doc, score: 1 }));
  expect(inOrder(found).map(({ doc }) => doc)).toEqual(["\u{10348}", "\uffee", "b", "a", "B"]);
  expect(byBytes("\uffee", "\u{10348}")).toBeLessThan(0);
});

test("metrics have one name in tables, whatever they were called", () => {
  const names = ["nDCG@10", "ndcg@10", "MAP", "MAP(rel=2)@100", "recip_rank", "P@30", "R@100", "Success@5", "Judged@10"];
  expect(names.map((name) => readMeasure(name).name)).toEqual([
    "nDCG@10", "nDCG@10", "AP", "AP(rel=2)@100", "RR", "P@30", "R@100", "Success@5", "Judged@10",
  ]); // biome-ignore format: one line a list
});

test("a metric that is none, or is cut wrongly, is refused with what to write", () => {
  const refused = (name: string) => {
    try {
      return readMeasure(name).name;
    } catch (error) {
      return `${(error as Error).message} ${(error as { hint?: string }).hint}`;
    }
  };
  expect(["nDGC@10", "P", "Rprec@5", "nDCG(rel=2)@10", "R@0", ""].map(refused)).toMatchInlineSnapshot(`
    [
      "There is no metric nDGC. Metrics are nDCG, AP, RR, P, R, Success, SetP, SetR, Rprec, Bpref, Judged, with a cut-off as in nDCG@10.",
      "The metric P needs a cut-off. Write P@10, or precision(at: 10) in a spec.",
      "The metric Rprec has no cut-off. Write Rprec.",
      "The metric nDCG takes no grade. It weighs every grade; leave \`rel\` out.",
      "The metric R has the cut-off 0. A cut-off is a whole number from 1 on: R@10.",
      "There is no metric . Metrics are nDCG, AP, RR, P, R, Success, SetP, SetR, Rprec, Bpref, Judged, with a cut-off as in nDCG@10.",
    ]
  `);
});

const grade = fc.constantFrom(0, 0, 1, 2, 3);
test("the ideal order has nDCG 1, metrics stay within 0 and 1, and no monotone change of scores matters", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(grade, fc.integer({ min: -50, max: 50 })), { minLength: 1, maxLength: 30 }), (rows) => {
      const judgments = new Map(rows.map(([value], i) => [`d${i}`, value]));
      const found = rows.map(([, score], i) => ({ doc: `d${i}`, score }));
      const best = rows.map(([value], i) => ({ doc: `d${i}`, score: value }));
      const any = rows.some(([value]) => value > 0);
      expect(readMeasure("nDCG@10").of(judge(best, judgments))).toBeCloseTo(any ? 1 : 0, 12);
      for (const name of ["nDCG", "nDCG@5", "AP", "RR", "P@5", "R@5", "Bpref", "Rprec", "Success@1"]) {
        const value = readMeasure(name).of(judge(found, judgments));
        const raised = readMeasure(name).of(
          judge(
            found.map(({ doc, score }) => ({ doc, score: Math.exp(score / 10) })),
            judgments,
          ),
        );
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        expect(raised).toBe(value);
      }
    }),
  );
});
