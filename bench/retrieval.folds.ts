// Pipelines of bench/retrieval.neuro on a collection, in five folds of questions: what learns from questions has never seen those that it is asked. Runs of all
// folds together are compared as trec_eval would.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { compareRuns, type EvalReport, type Rankings, writeJudgments } from "../runtime/evaluate/index.ts";
import type { Pipeline } from "../runtime/index.ts";
import type { Progress } from "../runtime/progress.ts";
import type { Docs } from "../runtime/types.ts";
import { median } from "./peer.ts";

/** A question of a collection; questions of one `part` (an article) stay in one fold. */
export type Asked = { readonly id: string; readonly text: string; readonly relevant: readonly string[]; readonly part: number };

/** Which pipelines, in the table's order, the first being what the others are tested against, and which recipe learns for each fold. */
export type Folds = {
  readonly pipelines: readonly string[];
  readonly recipe: string;
  readonly metrics: readonly string[];
  readonly progress: Progress;
};

/** The runs of all folds as one report, with the median time of a question for each pipeline. */
export async function crossed(
  place: string,
  asked: readonly Asked[],
  { pipelines, recipe, metrics, progress }: Folds,
): Promise<EvalReport> {
  const folds = 5;
  const rankings = new Map<string, Map<string, { doc: string; score: number }[]>>(pipelines.map((name) => [name, new Map()]));
  const times = new Map<string, number[]>(pipelines.map((name) => [name, []]));
  const task = progress.task("questions", asked.length * pipelines.length, "questions");
  let done = 0;
  for (let fold = 0; fold < folds; fold++) {
    writeRows(
      join(place, "learned.jsonl"),
      asked.filter(({ part }) => part % folds !== fold),
    );
    const { system } = await openBuilt(findSpec(join(place, "main.neuro")), { json: false, device: "cpu", set: [] });
    await system
      .recipes()
      .find(({ name }) => name === recipe)!
      .run({ progress, seed: fold + 1, fresh: true });
    for (const name of pipelines) {
      const pipeline = system.pipelines().find((one) => one.name === name) as unknown as Pipeline<[string], Docs>;
      for (const { id, text } of asked.filter(({ part }) => part % folds === fold)) {
        const begun = performance.now();
        const found = await pipeline(text);
        times.get(name)!.push(performance.now() - begun);
        rankings.get(name)!.set(id, byDocument(found));
        task.update(++done);
      }
    }
    await system.close();
  }
  task.end();
  const folder = mkdtempSync(join(tmpdir(), "neuro-folds-"));
  const judgments = new Map(asked.map(({ id, relevant }) => [id, new Map(relevant.map((one) => [one, 1] as const))] as const));
  writeJudgments(join(folder, "qrels.txt"), judgments);
  const runs = pipelines.map((name) => ({ name, rankings: rankings.get(name)! as Rankings }));
  const { report } = compareRuns(runs, join(folder, "qrels.txt"), metrics, true);
  const systems = report.systems.map((one) => ({ ...one, time: { median: median(times.get(one.name)!), p95: Number.NaN } }));
  return { ...report, systems };
}

function writeRows(path: string, asked: readonly Asked[]): void {
  const rows = asked.map(({ id, text, relevant }) => ({ id, prompt: [{ role: "user", content: text }], relevant }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** A document stands where its best passage does. */
function byDocument(found: Docs): { doc: string; score: number }[] {
  const ids = [...new Set(found.map(({ id, passage }) => passage?.of ?? id))];
  return ids.map((id, at) => ({ doc: id, score: ids.length - at }));
}
