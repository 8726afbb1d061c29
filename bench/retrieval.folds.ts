// Pipelines of bench/retrieval.neuro on a collection, in five folds of questions: what learns from questions (the weights of a fusion, trees) has never seen
// those that it is asked. Runs of all folds together are compared as trec_eval would.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { compareRuns, type EvalReport, type Rankings, readMeasure, writeJudgments } from "../runtime/evaluate/index.ts";
import { judge } from "../runtime/evaluate/metrics.ts";
import type { Pipeline, System } from "../runtime/index.ts";
import { sharing } from "../runtime/pipeline/shared.ts";
import type { Progress } from "../runtime/progress.ts";
import type { Docs } from "../runtime/types.ts";
import { median } from "./peer.ts";
import { bagged, type Weighable, weighed } from "./retrieval.weights.ts";

/** A question of a collection; questions of one `part` (an article) stay in one fold. */
export type Asked = { readonly id: string; readonly text: string; readonly relevant: readonly string[]; readonly part: number };

/** What is compared, and how. */
export type Folds = {
  /** In the table's order; the first two are what the others are tested against. */
  readonly pipelines: readonly string[];
  /** The lists that `hybrid` fuses, in the order of its weights. */
  readonly lists: readonly string[];
  /** What the spec says of the weights, which each fold's own replace. */
  readonly weights: string;
  readonly recipe: string;
  /** The first is what weights are learned by. */
  readonly metrics: readonly string[];
  readonly progress: Progress;
};

/** A folder with a spec whose scout and indexes stand. */
export type Place = { readonly folder: string; readonly asked: readonly Asked[] };

/** Reports against the first pipeline and against the second, and the weights of each fold. */
export type Crossed = { readonly reports: readonly [EvalReport, EvalReport]; readonly weights: readonly (readonly number[])[] };

const folds = 5;
type Run = Map<string, { doc: string; score: number }[]>;

/** The runs of all folds as reports, with the median time of a question for each pipeline. */
export async function crossed(place: Place, options: Folds): Promise<Crossed> {
  const { asked, folder } = place;
  const { pipelines, progress, recipe } = options;
  const questions = await weighables(place, options);
  const worth = weighed([...questions.values()]);
  const rankings = new Map<string, Run>(pipelines.map((name) => [name, new Map()]));
  const weights: number[][] = [];
  let times: ReadonlyMap<string, number> = new Map();
  for (let fold = 0; fold < folds; fold++) {
    const own = asked.filter(({ part }) => part % folds === fold);
    const others = asked.filter(({ part }) => part % folds !== fold);
    const learned = others.map(({ id }) => questions.get(id)!);
    weights.push(bagged(worth, learned, fold + 1));
    const system = await opened(folder, `fold-${fold + 1}`, options.weights, weights.at(-1)!);
    const found = new Map<string, Docs>();
    for (const { id, text } of others) found.set(id, await ask(system, "candidates", text));
    writeRows(join(folder, "learned.jsonl"), others, found);
    await system
      .recipes()
      .find(({ name }) => name === recipe)!
      .run({ progress, seed: fold + 1, fresh: true });
    for (const { id, text } of own)
      await sharing(new Map(), async () => {
        for (const name of pipelines) rankings.get(name)!.set(id, byDocument(await ask(system, name, text)));
      });
    if (fold === folds - 1) times = await timed(system, asked, pipelines);
    await system.close();
  }
  return { reports: compared(asked, rankings, times, options), weights };
}

const ask = (system: System, name: string, text: string): Promise<Docs> =>
  (system.pipelines().find((one) => one.name === name) as unknown as Pipeline<[string], Docs>)(text);

/** The spec with the weights of a fold. Each has a name of its own, for a build is imported once. */
async function opened(folder: string, name: string, said: string, weights: readonly number[]): Promise<System> {
  const text = readFileSync(join(folder, "main.neuro"), "utf8");
  writeFileSync(join(folder, `${name}.neuro`), text.replace(said, `weights: [${weights.join(", ")}]`));
  return (await openBuilt(findSpec(join(folder, `${name}.neuro`)), { json: false, device: "cpu", set: [] })).system;
}

/** What each list finds for each question. */
async function weighables({ folder, asked }: Place, { lists, metrics, progress }: Folds): Promise<Map<string, Weighable>> {
  const { system } = await openBuilt(findSpec(join(folder, "main.neuro")), { json: false, device: "cpu", set: [] });
  const measure = readMeasure(metrics[0]!);
  const task = progress.task("lists", asked.length, "questions");
  const all = new Map<string, Weighable>();
  for (const { id, text, relevant, part } of asked) {
    const found: Docs[] = [];
    for (const name of lists) found.push(await ask(system, name, text));
    const judgments = new Map(relevant.map((one) => [one, 1] as const));
    all.set(id, { part, lists: found, value: (docs) => measure.of(judge(byDocument(docs), judgments)) });
    task.update(all.size);
  }
  task.end();
  await system.close();
  return all;
}

/** Milliseconds of a question, by pipeline, each by itself, where nothing is shared; the median of so many questions. */
async function timed(system: System, asked: readonly Asked[], pipelines: readonly string[]): Promise<Map<string, number>> {
  const times = new Map<string, number[]>(pipelines.map((name) => [name, []]));
  for (const { text } of asked.slice(0, 50))
    for (const name of pipelines) {
      const begun = performance.now();
      await ask(system, name, text);
      times.get(name)!.push(performance.now() - begun);
    }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

function compared(
  asked: readonly Asked[],
  rankings: ReadonlyMap<string, Rankings>,
  times: ReadonlyMap<string, number>,
  { pipelines, metrics }: Pick<Folds, "pipelines" | "metrics">,
): [EvalReport, EvalReport] {
  const folder = mkdtempSync(join(tmpdir(), "neuro-folds-"));
  const path = join(folder, "qrels.txt");
  writeJudgments(path, new Map(asked.map(({ id, relevant }) => [id, new Map(relevant.map((one) => [one, 1] as const))])));
  const against = (first: string): EvalReport => {
    const names = [first, ...pipelines.filter((name) => name !== first)];
    const runs = names.map((name) => ({ name, rankings: rankings.get(name)! }));
    const { report } = compareRuns(runs, path, metrics, true);
    const systems = pipelines.map((name) => report.systems.find((one) => one.name === name)!);
    return { ...report, systems: systems.map((one) => ({ ...one, time: { median: times.get(one.name)!, p95: Number.NaN } })) };
  };
  const reports: [EvalReport, EvalReport] = [against(pipelines[0]!), against(pipelines[1]!)];
  rmSync(folder, { recursive: true });
  return reports;
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
