// What stands above BM25 on the same collections: the pipelines of bench/retrieval.neuro, whose scout learns from the documents and whose trees learn from the
// questions of other folds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import type { EvalReport } from "../runtime/evaluate/index.ts";
import { openProgress } from "../runtime/progress.ts";
import { cacm, xquad } from "./retrieval.collections.ts";
import { type Asked, crossed } from "./retrieval.folds.ts";

/** The pipelines of the spec, the first being what the others are tested against. */
export const pipelines = ["bm25_alone", "wider", "by_places", "hybrid", "reranked"] as const;

/** A collection: its documents and questions, laid into a folder, and what its spec says otherwise. */
type Collection = {
  readonly name: string;
  readonly lay: (place: string) => Asked[];
  readonly instead: readonly (readonly [from: string, to: string])[];
  readonly metrics: readonly string[];
};

/** CACM, and XQuAD in two languages. `root` is the folder with cacm/ and xquad/. */
export function collections(root: string): readonly Collection[] {
  const questions = ["RR", "Success@1", "nDCG@10", "R@100"];
  const of = (language: string): Collection => ({
    name: `XQuAD ${language}`,
    lay: (place) => xquad(join(root, "xquad"), language, place),
    instead: [['language: "en"', `language: "${language}"`]],
    metrics: questions,
  });
  const abstracts: Collection = {
    name: "CACM",
    lay: (place) => cacm(join(root, "cacm"), place),
    instead: [
      ['jsonl("corpus.jsonl")', 'files("pages/*.html")'],
      // Its titles are the files' numbers.
      ["b: 0.4)", "b: 0.4, title: 1)"],
    ],
    metrics: ["AP", "P@30", "nDCG@10", "R@1000"],
  };
  return [abstracts, of("en"), of("ru")];
}

/** A report of all pipelines over a collection. */
export async function ranked({ name, lay, instead, metrics }: Collection): Promise<EvalReport> {
  const place = mkdtempSync(join(tmpdir(), "neuro-ranked-"));
  const progress = openProgress();
  try {
    const asked = lay(place);
    const text = readFileSync(join(import.meta.dirname, "retrieval.neuro"), "utf8");
    const spec = instead.reduce((now, [from, to]) => now.replaceAll(from, to), text);
    writeFileSync(join(place, "main.neuro"), spec);
    const { system } = await openBuilt(findSpec(place), { json: false, device: "cpu", set: [] });
    await system
      .recipes()
      .find((recipe) => recipe.name === "scouting")!
      .run({ progress, device: "cpu" });
    for (const index of system.indexes()) await index.build({ progress });
    await system.close();
    const report = await crossed({ folder: place, asked }, { pipelines, recipe: "ranking", metrics, progress });
    return { ...report, eval: name };
  } finally {
    progress.close();
    rmSync(place, { recursive: true, force: true });
  }
}
