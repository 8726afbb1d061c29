/** An evaluation in files: `report.json`, and for each system `<name>.jsonl` (a line for each question with its values) and, of rankings, `<name>.trec`. */
import { join } from "node:path";
import { makeFolder, writeAtomically } from "../files.ts";
import type { Found } from "./ranking.ts";
import type { EvalReport, Results } from "./report.ts";
import type { Task } from "./spec.ts";
import { writeRun } from "./trec.ts";

/** Writes them. Throws `cannot_write`, `name_not_trec`. */
export function writeResults(
  folder: string,
  report: EvalReport,
  results: readonly Results<unknown>[],
  task: Task<unknown>,
): void {
  makeFolder(folder);
  for (const { name, asked, timed } of results) {
    const file = name.replaceAll(/[^\p{L}\p{N}._-]/gu, "-");
    const lines = asked.map(({ kept, ms, failed }, i) => {
      const { id } = task.questions[i]!;
      const values = task.metrics.flatMap((metric) => {
        const value = metric.value?.(kept);
        return value === undefined ? [] : [[metric.name, value] as const];
      });
      const shown = isRanking(kept) ? {} : (kept as object);
      return `${JSON.stringify({ question: id, ...Object.fromEntries(values), ...(timed ? { ms } : {}), ...(failed ? { failed } : {}), ...shown })}\n`;
    });
    writeAtomically(join(folder, `${file}.jsonl`), lines);
    const ranked = asked.flatMap(({ kept }) => (isRanking(kept) ? [[kept.query, kept.found] as const] : []));
    if (ranked.length > 0) writeRun(join(folder, `${file}.trec`), { name, rankings: new Map(ranked) });
  }
  writeAtomically(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
}

const isRanking = (kept: unknown): kept is { query: string; found: readonly Found[] } =>
  typeof kept === "object" && kept !== null && "found" in kept && "query" in kept;
