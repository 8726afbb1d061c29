// neuroc eval: runs the evals of a spec, or of several as one table; beside them, or alone, rankings that other tools made.
import { basename, join } from "node:path";
import { NeuroError } from "../../runtime/error.ts";
import type { EvalOptions, EvalReport, Evaluation, Rows } from "../../runtime/evaluate/index.ts";
import { type Built, openBuilt } from "../built.ts";
import { interruptible } from "../interrupt.ts";
import { stateOption, withJobs } from "../jobs.ts";
import { findSpec } from "../spec.ts";
import type { Common, Verb } from "../verb.ts";

type Own = {
  specs?: string[];
  only?: string;
  run: string[];
  judgments?: string;
  report: string[];
  complete: boolean;
  rows?: string;
  limit?: number;
  concurrent: number;
  out?: string;
  fresh: boolean;
  jobs: boolean;
  state?: string;
};
type Options = Common & Own;

const verb: Verb<Own> = {
  command: "eval [specs..]",
  describe: "measure the pipelines of a spec, with intervals and paired tests",
  builder: (yargs) =>
    yargs
      .positional("specs", {
        type: "string",
        array: true,
        describe: "the spec, or several, whose evals of one name become one table",
      })
      .option("only", { type: "string", describe: "the name of one eval; all when not given" })
      .option("run", { type: "string", array: true, nargs: 1, default: [], describe: "a TREC run to stand in the table" })
      .option("judgments", { type: "string", describe: "TREC or BEIR judgments: scores the runs without a spec" })
      .option("report", { type: "string", array: true, nargs: 1, default: [], describe: "a metric for that, as nDCG@10" })
      .option("complete", {
        type: "boolean",
        default: false,
        describe: "with --judgments, count 0 for queries without results, as trec_eval -c",
      })
      .option("rows", { type: "string", describe: "a JSONL file that is asked instead of the eval's own rows" })
      .option("limit", { type: "number", describe: "only the first so many questions" })
      .option("concurrent", { type: "number", default: 1, describe: "questions under way at once; times are true with one" })
      .option("out", { type: "string", describe: "where results are written; evals/<name> beside the spec when not given" })
      .option("fresh", { type: "boolean", default: false, describe: "ask everything again" })
      .option("jobs", {
        type: "boolean",
        default: false,
        describe: "divide the questions into parts that `neuroc work` processes take",
      })
      .option("state", stateOption)
      .example("$0 eval --only facts", "one table; what was asked before is not asked again")
      .example("$0 eval --run bm25.trec --judgments qrels.txt --report nDCG@10 --report AP", "as trec_eval") as never,
  handler: async (options) => {
    if (options.judgments !== undefined) return scoreRuns(options);
    const { tableText } = await import("../../runtime/evaluate/index.ts");
    const built: Built[] = [];
    for (const spec of specsOf(options)) built.push(await openBuilt(findSpec(spec), options, false));
    if (options.jobs && built.length > 1)
      throw new NeuroError("usage", "--jobs divides the evals of one spec", {
        hint: "Run it for each spec, without the others.",
      });
    const groups = groupsOf(built, options.only);
    const runs = await runsOf(options.run);
    const rows = options.rows === undefined ? {} : { rows: await rowsOf(options.rows) };
    const { openProgress } = await import("../../runtime/progress.ts");
    const reports: EvalReport[] = [];
    try {
      await interruptible("evaluating", async (signal) => {
        for (const group of groups) {
          const progress = openProgress();
          const folder =
            options.out === undefined ? join(group[0]!.root, "evals", group[0]!.name) : join(options.out, group[0]!.name);
          const { device, concurrent, fresh, limit } = options;
          const more = limit === undefined ? {} : { limit };
          const ranked = group[0]!.spec.task.kind === "retrieval" || options.only !== undefined ? runs : [];
          try {
            const how = { signal, progress, folder, device, concurrent, fresh, runs: ranked, ...more, ...rows };
            reports.push(await evaluated(built[0]!, group, how, options));
          } finally {
            progress.close();
          }
          if (!options.json) console.log(`${tableText(reports.at(-1)!)}\n  written to ${folder}`);
        }
      });
    } finally {
      for (const { system } of built) await system.close();
    }
    if (options.json) console.log(JSON.stringify(reports, null, 2));
    if (reports.some(({ systems }) => systems.some(({ failed }) => failed.length > 0))) process.exitCode = 1;
  },
};
export default verb;

/** Evaluates here, or by jobs. */
async function evaluated(
  { system }: Built,
  group: readonly Evaluation[],
  how: EvalOptions,
  { jobs, state }: Options,
): Promise<EvalReport> {
  const { evaluate } = await import("../../runtime/evaluate/index.ts");
  if (!jobs) return evaluate(group, how);
  const { evaluateByJobs } = await import("../../runtime/jobs/index.ts");
  return withJobs(system.root, state, (open) => evaluateByJobs(open, system, group[0]!, how));
}

const specsOf = ({ specs = [] }: Options): (string | undefined)[] => (specs.length === 0 ? [undefined] : specs);

/** Evals by name, each with those of the other specs. */
function groupsOf(built: readonly Built[], only: string | undefined): Evaluation[][] {
  const all = built.flatMap(({ system }) => system.evals());
  const names = [...new Set(all.map(({ name }) => name))];
  if (names.length === 0)
    throw new NeuroError("usage", "this spec declares no eval", {
      hint: "add one: eval facts { of: answer, task: answers, rows: questions, report: [exact_match, f1] }",
    });
  if (only !== undefined && !names.includes(only))
    throw new NeuroError("usage", `this spec has no eval ${only}`, { hint: `it has ${names.join(", ")}` });
  return names.filter((name) => only === undefined || name === only).map((name) => all.filter((one) => one.name === name));
}

async function runsOf(paths: readonly string[]) {
  const { readRun } = await import("../../runtime/evaluate/trec.ts");
  return paths.map((path) => ({ name: basename(path).replace(/\.[A-Za-z]+$/, ""), rankings: readRun(path).rankings }));
}

async function rowsOf(path: string): Promise<Rows> {
  const { jsonl, openDataset } = await import("../../runtime/data/dataset.ts");
  return openDataset(path, () => jsonl(path), process.cwd());
}

/** Runs against judgments, without a spec: trec_eval's numbers. */
async function scoreRuns(options: Options): Promise<void> {
  const { compareRuns, tableText } = await import("../../runtime/evaluate/index.ts");
  if (options.run.length === 0) throw new NeuroError("usage", "there is no run to score", { hint: "name one: --run bm25.trec" });
  const { report, unanswered } = compareRuns(await runsOf(options.run), options.judgments!, options.report, options.complete);
  for (const [name, queries] of Object.entries(unanswered))
    if (queries.length > 0)
      console.error(
        `${name} has nothing for ${queries.length} judged queries, ${options.complete ? "which count 0" : "which are left out; --complete counts them 0"}`,
      );
  console.log(options.json ? JSON.stringify(report, null, 2) : tableText(report));
}
