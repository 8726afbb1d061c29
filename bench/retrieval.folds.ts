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

/** A fusion whose weights are learned: its lists, in the order of its weights, and what the spec says of them, which each fold's own replace. */
export type Fusion = { readonly lists: readonly string[]; readonly said: string };

/** What is compared, and how. */
export type Folds = {
  /** In the table's order; the first two are what the others are tested against. */
  readonly pipelines: readonly string[];
  /** What finds, what ranks the first of it, and the recipe that what ranks learns by. */
  readonly found: Fusion;
  readonly ranked: Fusion & { readonly recipe: string };
  /** The first is what weights are learned by. */
  readonly metrics: readonly string[];
  readonly progress: Progress;
};

/** A folder with a spec whose scout and indexes stand. */
export type Place = { readonly folder: string; readonly asked: readonly Asked[] };

/** Reports against the first pipeline and against the second, and the weights of each fold, of what finds and of what ranks. */
export type Crossed = {
  readonly reports: readonly [EvalReport, EvalReport];
  readonly weights: readonly { readonly found: readonly number[]; readonly ranked: readonly number[] }[];
};

const folds = 5;
type Run = Map<string, { doc: string; score: number }[]>;

/** The runs of all folds as reports, with the median time of a question for each pipeline. */
export async function crossed(place: Place, options: Folds): Promise<Crossed> {
  const { asked } = place;
  const { pipelines, progress } = options;
  const main = await openNamed(place.folder, "main");
  const questions = new Map<string, Weighable>();
  for (const one of asked) questions.set(one.id, await weighable(main, one, options.found.lists, options.metrics[0]!));
  await main.close();
  const worth = weighed([...questions.values()]);
  const rankings = new Map<string, Run>(pipelines.map((name) => [name, new Map()]));
  const weights: { found: number[]; ranked: number[] }[] = [];
  let times: ReadonlyMap<string, number> = new Map();
  const task = progress.task("folds", folds, "folds");
  for (let fold = 0; fold < folds; fold++) {
    const others = asked.filter(({ part }) => part % folds !== fold);
    const learned = others.map(({ id }) => questions.get(id)!);
    const found = bagged(worth, learned, fold + 1);
    const inside = await rankedWeights(place, others, { ...options, fold, weights: found });
    weights.push({ found, ranked: inside.weights });
    const system = await opened(place.folder, `fold-${fold + 1}`, [
      [options.found.said, found],
      [options.ranked.said, inside.weights],
    ]);
    await learn(system, place, { asked: others, found: inside.found }, options);
    for (const { id, text } of asked.filter(({ part }) => part % folds === fold))
      await sharing(new Map(), async () => {
        for (const name of pipelines) rankings.get(name)!.set(id, byDocument(await ask(system, name, text)));
      });
    if (fold === folds - 1) times = await timed(system, asked, pipelines);
    await system.close();
    task.update(fold + 1);
  }
  task.end();
  return { reports: compared(asked, rankings, times, options), weights };
}

/** Into so many parts a fold's questions are cut, so that what ranks is weighed on questions that it did not learn from. */
const inner = 3;

/** The weights of what ranks, learned from questions that are cut once more, and what is found for each of these. */
async function rankedWeights(
  place: Place,
  others: readonly Asked[],
  options: Folds & { readonly fold: number; readonly weights: readonly number[] },
): Promise<{ weights: number[]; found: ReadonlyMap<string, Docs> }> {
  const { fold, ranked, metrics, weights } = options;
  const system = await opened(place.folder, `fold-${fold + 1}-inside`, [[options.found.said, weights]]);
  // What is found for a question is found once; trees are asked once for each.
  const scopes = new Map(others.map(({ id }) => [id, new Map()]));
  const found = new Map<string, Docs>();
  for (const { id, text } of others) found.set(id, await sharing(scopes.get(id)!, () => ask(system, "candidates", text)));
  const parts = [...new Set(others.map(({ part }) => part))];
  const held: Weighable[] = [];
  for (let one = 0; one < inner; one++) {
    const own = ({ part }: Asked) => parts.indexOf(part) % inner === one;
    await learn(system, place, { asked: others.filter((question) => !own(question)), found }, options);
    for (const question of others.filter(own))
      held.push(await sharing(scopes.get(question.id)!, () => weighable(system, question, ranked.lists, metrics[0]!)));
  }
  await system.close();
  return { weights: bagged(weighed(held), held, fold + 1), found };
}

/** Runs the recipe on questions with what was found for them. */
async function learn(
  system: System,
  { folder }: Place,
  { asked, found }: { readonly asked: readonly Asked[]; readonly found: ReadonlyMap<string, Docs> },
  { ranked, progress }: Pick<Folds, "ranked" | "progress">,
): Promise<void> {
  const rows = asked.map(({ id, text, relevant }) => {
    return { id, prompt: [{ role: "user", content: text }], documents: found.get(id), relevant };
  });
  writeFileSync(join(folder, "learned.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const recipe = system.recipes().find(({ name }) => name === ranked.recipe)!;
  await recipe.run({ progress, seed: 1, fresh: true });
}

const ask = (system: System, name: string, text: string): Promise<Docs> =>
  (system.pipelines().find((one) => one.name === name) as unknown as Pipeline<[string], Docs>)(text);

async function openNamed(folder: string, name: string): Promise<System> {
  return (await openBuilt(findSpec(join(folder, `${name}.neuro`)), { json: false, device: "cpu", set: [] })).system;
}

/** The spec with learned weights for those that it says. Each has a name of its own, for a build is imported once. */
function opened(
  folder: string,
  name: string,
  learned: readonly (readonly [said: string, weights: readonly number[]])[],
): Promise<System> {
  const main = readFileSync(join(folder, "main.neuro"), "utf8");
  const text = learned.reduce((now, [said, weights]) => now.replace(said, `weights: [${weights.join(", ")}]`), main);
  writeFileSync(join(folder, `${name}.neuro`), text);
  return openNamed(folder, name);
}

/** What each list finds for a question, and how good an order of it is. */
async function weighable(
  system: System,
  { text, relevant, part }: Asked,
  names: readonly string[],
  metric: string,
): Promise<Weighable> {
  const lists: Docs[] = [];
  for (const name of names) lists.push(await ask(system, name, text));
  const measure = readMeasure(metric);
  const judgments = new Map(relevant.map((one) => [one, 1] as const));
  return { part, lists, value: (docs) => measure.of(judge(byDocument(docs), judgments)) };
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

/** A document stands where its best passage does. */
function byDocument(found: Docs): { doc: string; score: number }[] {
  const ids = [...new Set(found.map(({ id, passage }) => passage?.of ?? id))];
  return ids.map((id, at) => ({ doc: id, score: ids.length - at }));
}
