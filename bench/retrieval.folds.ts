// Pipelines of bench/retrieval.neuro on a collection, in five folds of questions: what learns from questions has never seen those that it is asked. Runs of all
// folds together are compared as trec_eval would.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { compareRuns, type EvalReport, type Rankings, writeJudgments } from "../runtime/evaluate/index.ts";
import type { Pipeline } from "../runtime/index.ts";
import { sharing } from "../runtime/pipeline/shared.ts";
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

/** A folder with a spec whose scout and indexes stand. */
export type Place = { readonly folder: string; readonly asked: readonly Asked[] };

/** The runs of all folds as one report, with the median time of a question for each pipeline. */
export async function crossed(place: Place, { pipelines, recipe, metrics, progress }: Folds): Promise<EvalReport> {
  const { folder, asked } = place;
  const folds = 5;
  const { system } = await openBuilt(findSpec(join(folder, "main.neuro")), { json: false, device: "cpu", set: [] });
  const named = (name: string) => system.pipelines().find((one) => one.name === name) as unknown as Pipeline<[string], Docs>;
  const rankings = new Map<string, Map<string, { doc: string; score: number }[]>>(pipelines.map((name) => [name, new Map()]));
  const times = new Map<string, number[]>(pipelines.map((name) => [name, []]));
  const task = progress.task("questions", 2 * asked.length, "questions");
  let done = 0;
  const found = new Map<string, Docs>();
  for (const { id, text } of asked) {
    found.set(id, await named("candidates")(text));
    task.update(++done);
  }
  for (let fold = 0; fold < folds; fold++) {
    const own = ({ part }: Asked) => part % folds === fold;
    writeRows(
      join(folder, "learned.jsonl"),
      asked.filter((one) => !own(one)),
      found,
    );
    await system
      .recipes()
      .find(({ name }) => name === recipe)!
      .run({ progress, seed: fold + 1, fresh: true });
    for (const { id, text } of asked.filter(own)) {
      await sharing(new Map(), async () => {
        for (const name of pipelines) {
          rankings.get(name)!.set(id, byDocument(await named(name)(text)));
        }
      });
      task.update(++done);
    }
  }
  task.end();
  // Each by itself, where nothing is shared.
  for (const { text } of asked.slice(0, timed))
    for (const name of pipelines) {
      const begun = performance.now();
      await named(name)(text);
      times.get(name)!.push(performance.now() - begun);
    }
  await system.close();
  return compared(asked, rankings, times, { pipelines, metrics });
}

/** So many questions are asked once more for the time that they take. */
const timed = 50;

function compared(
  asked: readonly Asked[],
  rankings: ReadonlyMap<string, Rankings>,
  times: ReadonlyMap<string, readonly number[]>,
  { pipelines, metrics }: Pick<Folds, "pipelines" | "metrics">,
): EvalReport {
  const folder = mkdtempSync(join(tmpdir(), "neuro-folds-"));
  const path = join(folder, "qrels.txt");
  writeJudgments(path, new Map(asked.map(({ id, relevant }) => [id, new Map(relevant.map((one) => [one, 1] as const))])));
  const { report } = compareRuns(
    pipelines.map((name) => ({ name, rankings: rankings.get(name)! })),
    path,
    metrics,
    true,
  );
  rmSync(folder, { recursive: true });
  const systems = report.systems.map((one) => ({ ...one, time: { median: median(times.get(one.name)!), p95: Number.NaN } }));
  return { ...report, systems };
}

function writeRows(path: string, asked: readonly Asked[], found: ReadonlyMap<string, Docs>): void {
  const rows = asked.map(({ id, text, relevant }) => {
    return { id, prompt: [{ role: "user", content: text }], documents: found.get(id), relevant };
  });
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** A document stands where its best passage does. */
function byDocument(found: Docs): { doc: string; score: number }[] {
  const ids = [...new Set(found.map(({ id, passage }) => passage?.of ?? id))];
  return ids.map((id, at) => ({ doc: id, score: ids.length - at }));
}
