/** A report as a table of plain text: a row for each system, intervals below numbers, a star where a difference is hardly chance. Knows nothing of terminals. */
import type { EvalReport, Score } from "./report.ts";

/** What a corrected chance must be below to be told from chance. */
const told = 0.05;

/** The table and its legend. */
export function tableText(report: EvalReport): string {
  const { against, systems, metrics, level } = report;
  const timed = systems.some(({ time }) => time !== undefined);
  const head = ["", ...metrics, ...(timed ? ["ms"] : [])];
  const rows = systems.map(({ name, scores, time }) => [
    name,
    ...metrics.map((metric) => cell(scores[metric]!)),
    ...(timed ? [time === undefined ? "" : time.median.toFixed(time.median < 10 ? 1 : 0)] : []),
  ]);
  const failed = systems.flatMap(({ name, failed: list }) =>
    list.length === 0
      ? []
      : [`${name}: ${list.length} of ${report.questions} questions failed, first ${list[0]!.question}: ${list[0]!.why}`],
  );
  const legend = [
    `${percent(level)} intervals by the bootstrap over questions`,
    ...(against === undefined
      ? []
      : [
          `* differs from ${against}: ${report.test} test, ${report.correct === "none" ? "not corrected" : `corrected by ${report.correct}`}, p < ${told}`,
        ]),
  ];
  return [
    `${report.eval}: ${report.task}, ${report.questions} question${report.questions === 1 ? "" : "s"}`,
    aligned([head, ...rows]),
    ...chances(report),
    ...stages(report),
    ...legend.map((line) => `  ${line}`),
    ...failed.map((line) => `  ${line}`),
    ...(report.doubt === undefined ? [] : [`  ${report.doubt}`]),
  ].join("\n");
}

function cell({ value, low, high, corrected, count }: Score): string {
  if (count === 0) return "-";
  const star = corrected !== undefined && corrected < told ? "*" : " ";
  return `${value.toFixed(4)}${star}[${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

/** The differences with their chances, a line for each system and metric. */
function chances({ against, systems, metrics }: EvalReport): string[] {
  if (against === undefined) return [];
  const lines = systems
    .filter(({ name }) => name !== against)
    .flatMap(({ name, scores }) =>
      metrics.flatMap((metric) => {
        const { difference, p, corrected } = scores[metric]!;
        if (difference === undefined || p === undefined || corrected === undefined) return [];
        return [[`  ${name} - ${against}`, metric, signed(difference), `p ${p.toFixed(4)}`, `corrected ${corrected.toFixed(4)}`]];
      }),
    );
  return lines.length === 0 ? [] : [aligned(lines)];
}

/** Where the time goes: the stages of each system in the order of their calls, medians; `shared` where another system did the work. */
function stages({ systems }: EvalReport): string[] {
  const lines = systems
    .filter((system) => system.stages.length > 0)
    .map(({ name, stages: all }) => [
      `  ${name}`,
      all
        .map(
          ({ stage, median, shared }) => `${stage} ${median.toFixed(median < 10 ? 1 : 0)} ms${shared > 0.5 ? " (shared)" : ""}`,
        )
        .join(", "),
    ]);
  return lines.length === 0 ? [] : [aligned(lines)];
}

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
const percent = (share: number): string => `${Number((100 * share).toFixed(1))}%`;

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
