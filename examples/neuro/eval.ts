/**
 * `npm run eval:example`: runs the evals of the spec (`neuroc eval`, which goes on where it was stopped) and prints what they measured as the tables of the README.
 * What is given behind it goes to neuroc: `-- --limit 50`, `-- --fresh`.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { EvalReport } from "../../runtime/evaluate/index.ts";

const here = import.meta.dirname;

/** What the columns of the table are called, in order. */
const columns: Readonly<Record<string, string>> = {
  exact_match: "exact match",
  citation_recall: "citation recall",
  citation_precision: "citation precision",
  admitted: "does not know, where absent",
  missed: "does not know, where present",
};
const percent = (share: number) => (100 * share).toFixed(1);
const rowOf = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** A row for each pipeline of each eval: shares in percent, with their intervals. */
export function qualityTable(reports: readonly EvalReport[]): string {
  const head = ["questions", "", ...Object.values(columns)];
  const rows = reports.flatMap(({ eval: name, questions, systems }) =>
    systems.map((system, i) => [
      i === 0 ? `${name.replaceAll("_", " ")}, ${questions}` : "",
      system.name.replaceAll("_", " "),
      ...Object.keys(columns).map((metric) => {
        const score = system.scores[metric];
        return score === undefined || score.count === 0
          ? ""
          : `${percent(score.value)}% [${percent(score.low)}, ${percent(score.high)}]`;
      }),
    ]),
  );
  return [head, head.map(() => "---"), ...rows].map(rowOf).join("\n");
}

/** A row for each pipeline, the medians of its time and of its stages' over an eval. */
export function stagesTable({ systems }: EvalReport): string {
  const rows = systems.map(({ name, time, stages }) => [
    name.replaceAll("_", " "),
    time === undefined ? "" : `${time.median.toFixed(0)} ms`,
    stages.map(({ stage, median }) => `${stage} ${median.toFixed(1)} ms`).join(", "),
  ]);
  return [["", "median", "median of each stage"], ["---", "---", "---"], ...rows].map(rowOf).join("\n");
}

async function main(): Promise<void> {
  const neuroc = join(here, "../../bin/neuroc.mjs");
  const child = spawn(process.execPath, [neuroc, "eval", here, "--json", ...process.argv.slice(2)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = (await Array.fromAsync(child.stdout)).map(String).join("");
  const code = await new Promise<number | null>((done) =>
    child.exitCode === null ? child.on("exit", done) : done(child.exitCode),
  );
  if (printed === "") process.exit(code ?? 1);
  const reports = JSON.parse(printed) as EvalReport[];
  console.log(`${qualityTable(reports)}\n`);
  const whole = reports.find(({ systems }) => systems.length > 1);
  if (whole !== undefined) console.log(stagesTable(whole));
  process.exitCode = code ?? 1;
}

if (import.meta.main) await main();
