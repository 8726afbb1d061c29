// Reports of retrieval as tables of Markdown, and those of a page replaced by new ones.

import type { EvalReport, Score } from "../runtime/evaluate/index.ts";
import { readText, writeAtomically } from "../runtime/files.ts";
import type { Crossed } from "./retrieval.folds.ts";

const told = "Weights of the folds: ";

/** A report as a table of Markdown. */
export function table({ eval: name, metrics, systems, questions }: EvalReport): string {
  const rows = systems.map(({ name: system, scores, time }) => {
    const cells = metrics.map((metric) => {
      const { value, low, high, corrected } = scores[metric]!;
      return `${value.toFixed(4)} (${low.toFixed(3)}..${high.toFixed(3)})${corrected !== undefined && corrected < 0.05 ? " *" : ""}`;
    });
    return `| ${system.replaceAll("_", " ")} | ${cells.join(" | ")} | ${time === undefined ? "" : `${time.median.toFixed(1)} ms`} |`;
  });
  const head = `| ${name}, ${questions} questions | ${metrics.join(" | ")} | a question |\n|${" --- |".repeat(metrics.length + 2)}`;
  return `${head}\n${rows.join("\n")}`;
}

/** A table of both reports: a star is a difference to the first row, a dagger one to the second, either beyond chance. */
export function rankedTable(name: string, { reports: [first, second], weights }: Crossed): string {
  const beyond = (chance: number | undefined, mark: string) => (chance !== undefined && chance < 0.05 ? ` ${mark}` : "");
  const chances = ({ corrected, difference }: Score) =>
    corrected === undefined ? "" : `${difference! < 0 ? "-" : "+"} ${corrected.toFixed(4)}`;
  const rows = first.systems.map(({ name: system, scores, time }, at) => {
    const others = second.systems[at]!.scores;
    const cells = first.metrics.map((metric) => {
      const { value, low, high, corrected } = scores[metric]!;
      const marks = `${beyond(corrected, "*")}${beyond(others[metric]!.corrected, "†")}`;
      return `${value.toFixed(4)} (${low.toFixed(3)}..${high.toFixed(3)})${marks}`;
    });
    const [metric] = first.metrics as [string];
    const told = [...cells, chances(scores[metric]!), chances(others[metric]!), `${time!.median.toFixed(1)} ms`];
    return `| ${system.replaceAll("_", " ")} | ${told.join(" | ")} |`;
  });
  const [metric] = first.metrics;
  const heads = [`${name}, ${first.questions} questions`, ...first.metrics, `p of ${metric} *`, `p of ${metric} †`, "a question"];
  const learned = weights.map(({ found, ranked }) => `${found.join(", ")} and ${ranked.join(", ")}`).join("; ");
  return `| ${heads.join(" | ")} |\n|${" --- |".repeat(heads.length)}\n${rows.join("\n")}\n\n${told}${learned}.`;
}

/** Puts a table, and what it says of weights, for the one of a page that has the same heads; a page without such a table stays as it is. */
export function putTable(path: string, text: string): void {
  const page = readText(path).split("\n");
  const lines = text.split("\n");
  const from = page.indexOf(lines[0]!);
  if (from < 0) return;
  let to = from;
  while (page[to]?.startsWith("|")) to++;
  if (lines.at(-1)!.startsWith(told) && page[to + 1]?.startsWith(told)) to += 2;
  writeAtomically(path, [...page.slice(0, from), ...lines, ...page.slice(to)].join("\n"));
}
