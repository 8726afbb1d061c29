/**
 * What a run wrote down, gathered for a reader: the curves of its fits, the numbers it was told to plot and report, the terms of its
 * rewards by step, answers before and after, and how its weights came about. Reads files; changes none.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Lineage, readLineage } from "../../weights/lineage.ts";
import { readJournal } from "../journal.ts";
import { Store } from "../store.ts";

/** Points of one curve: how far the run was, and the number there. */
export type Curve = { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] };

/** One fit: its curves over optimiser steps. */
export type FitCurves = { readonly label: string; readonly curves: readonly Curve[] };

/** Rows that a step made: how many, and the mean of each number that a reward or the sampler gave them. */
export type RowsStep = { readonly label: string; readonly rows: number; readonly means: Readonly<Record<string, number>> };

/** Two answers to one prompt, by the first and by the last step that answered it. */
export type Pair = {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
  readonly rewards?: readonly [number, number];
};

/** A run as its report shows it. */
export type Gathered = {
  readonly name: string;
  readonly id: string;
  readonly seed: unknown;
  readonly began: string;
  readonly ended: string | undefined;
  readonly message: string | undefined;
  readonly steps: readonly { readonly label: string; readonly where: string; readonly took: string; readonly from: string }[];
  readonly fits: readonly FitCurves[];
  /** What `plot` was given, each call a point. */
  readonly plots: readonly Curve[];
  readonly reports: readonly Readonly<Record<string, unknown>>[];
  readonly rows: readonly RowsStep[];
  readonly pairs: readonly Pair[];
  /** What `evaluate` measured. */
  readonly measured: readonly {
    readonly label: string;
    readonly where: string;
    readonly rows: number;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
  /** Fits that their guard ended. */
  readonly stopped: readonly {
    readonly label: string;
    readonly where: string;
    readonly why: string;
    readonly step: number;
    readonly kept: number;
  }[];
  /** What steps told a person. */
  readonly notes: readonly { readonly step: string; readonly text: string }[];
  readonly lineages: readonly Lineage[];
};

type Line = Readonly<Record<string, unknown>>;
type RowLike = {
  readonly prompt?: unknown;
  readonly answer?: { readonly text?: string; readonly tokens?: readonly number[] };
  readonly reward?: number;
  readonly terms?: Readonly<Record<string, unknown>>;
  readonly old?: readonly number[];
};

/** Gathers a run from its folder `runs/<name>/<id>`; `weights` names the lineage files of what it published. */
export function gather(folder: string, lineages: readonly string[] = []): Gathered {
  const journal = readJournal(join(folder, "journal.jsonl")) as Line[];
  const begun = journal.findLast((line) => line.run !== undefined) ?? {};
  const ended = journal.findLast((line) => line.ended !== undefined || line.run !== undefined);
  const done = new Map(journal.filter((line) => line.done !== undefined).map((line) => [String(line.key), line]));
  const store = new Store(join(folder, "steps"));
  const kept = [...done].map(([key, line]) => ({
    line,
    value: existsSync(join(folder, "steps", key)) ? store.read(key)?.value : undefined,
  }));
  const made = kept.flatMap(({ line, value }) => (rowsOf(value) ? [{ label: String(line.done), rows: rowsOf(value)! }] : []));
  return {
    name: String(begun.run ?? ""),
    id: String(begun.id ?? ""),
    seed: begun.seed,
    began: String(journal.find((line) => line.run !== undefined)?.began ?? ""),
    ended: ended?.ended === undefined ? undefined : String(ended.ended),
    message: ended?.message === undefined ? undefined : String(ended.message),
    steps: [...done.values()].map((line) => ({
      label: String(line.done),
      where: String(line.where ?? ""),
      took: String(line.took ?? ""),
      from: String(line.from ?? ""),
    })),
    fits: fitsOf(readJournal(join(folder, "metrics.jsonl")) as Line[]),
    plots: plotsOf(journal),
    reports: journal
      .slice(journal.findLastIndex((line) => line.run !== undefined) + 1)
      .flatMap((line) => (Array.isArray(line.report) ? line.report.filter(isRecord) : [])),
    rows: made.map(({ label, rows }) => ({ label, rows: rows.length, means: meansOf(rows) })),
    pairs: pairsOf(made.map(({ rows }) => rows)),
    measured: kept.flatMap(({ line, value }) => measuredOf(line, value)),
    stopped: [
      ...new Map(journal.filter((line) => line.stopped !== undefined).map((line) => [String(line.key), line])).values(),
    ].map((line) => ({
      label: String(line.stopped),
      where: String(line.where ?? ""),
      why: String(line.why ?? ""),
      step: Number(line.step),
      kept: Number(line.kept),
    })),
    notes: [
      ...new Map(
        journal
          .filter((line) => line.note !== undefined)
          .map((line) => [`${line.step} ${line.note}`, { step: String(line.step ?? ""), text: String(line.note) }]),
      ).values(),
    ],
    lineages: lineages.flatMap((path) => readLineage(path) ?? []),
  };
}

/** What an `evaluate` kept. */
function measuredOf(line: Line, value: unknown): Gathered["measured"] {
  if (!isRecord(value) || !isRecord(value.metrics) || typeof value.rows !== "number") return [];
  const metrics = Object.fromEntries(
    Object.entries(value.metrics).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
  return [{ label: String(line.done), where: String(line.where ?? ""), rows: value.rows, metrics }];
}

/** The folders of all runs below `runs/`, as `<name>/<id>`. */
export function runsBelow(root: string): string[] {
  const folders = (path: string): string[] =>
    existsSync(path)
      ? readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => entry.name)
      : [];
  return folders(join(root, "runs")).flatMap((name) => folders(join(root, "runs", name)).map((id) => `${name}/${id}`));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What says where a point lies, and no curve of its own. */
const bookkeeping = new Set(["fit", "key", "step", "tokens"]);

/** A fit that was begun again under another key is another fit; curves keep the order in which fits began. */
function fitsOf(lines: readonly Line[]): FitCurves[] {
  const fits = new Map<string, { label: string; curves: Map<string, [number, number][]> }>();
  for (const line of lines) {
    if (typeof line.step !== "number") continue;
    const fit = fits.get(String(line.key)) ?? { label: String(line.fit), curves: new Map() };
    fits.set(String(line.key), fit);
    for (const [name, value] of Object.entries(line)) {
      if (bookkeeping.has(name) || typeof value !== "number") continue;
      const curve = fit.curves.get(name) ?? [];
      fit.curves.set(name, curve);
      curve.push([line.step, value]);
    }
  }
  return [...fits.values()].map(({ label, curves }) => ({
    label,
    curves: [...curves].map(([name, points]) => ({ name, points })),
  }));
}

/** Each call of `plot` is a point of each of its numbers; a number named `round` or `step` says where, else they are counted. */
function plotsOf(journal: readonly Line[]): Curve[] {
  const curves = new Map<string, Map<number, number>>();
  let calls = 0;
  for (const line of journal) {
    // A run that goes on tells its earlier points again.
    if (line.run !== undefined) calls = 0;
    if (!Array.isArray(line.plot)) continue;
    calls++;
    const [first] = line.plot as readonly unknown[];
    for (const given of line.plot.filter(isRecord)) {
      const place =
        typeof first === "number"
          ? first
          : ["round", "version", "step"].map((name) => given[name]).find((value) => typeof value === "number");
      for (const [name, value] of Object.entries(given)) {
        if (typeof value !== "number" || value === place) continue;
        const curve = curves.get(name) ?? new Map<number, number>();
        curves.set(name, curve);
        curve.set(place === undefined ? calls : Number(place), value);
      }
    }
  }
  return [...curves].map(([name, points]) => ({ name, points: [...points].sort(([a], [b]) => a - b) }));
}

function rowsOf(value: unknown): readonly RowLike[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? (value as RowLike[]) : undefined;
}

/** The mean of the reward, of each term, of the length in tokens, and of minus the log-probability per token (the sampler's entropy). */
function meansOf(rows: readonly RowLike[]): Record<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  const add = (name: string, value: unknown): void => {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
    sums.set(name, { sum: sum + value, count: count + 1 });
  };
  for (const row of rows) {
    add("reward", row.reward);
    for (const [name, term] of Object.entries(row.terms ?? {})) {
      if (isRecord(term)) for (const [one, value] of Object.entries(term)) add(`${name}.${one}`, value);
      else add(name, term);
    }
    add("length", row.answer?.tokens?.length);
    if (row.old && row.old.length > 0) add("entropy", -row.old.reduce((sum, x) => sum + x, 0) / row.old.length);
  }
  return Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}

/** The first and the last answers to prompts that several steps answered, at most a dozen. */
function pairsOf(steps: readonly (readonly RowLike[])[]): Pair[] {
  type Said = { readonly text: string; readonly reward: number | undefined };
  const first = new Map<string, Said>();
  const last = new Map<string, Said>();
  for (const rows of steps)
    for (const { prompt, answer, reward } of rows) {
      if (answer?.text === undefined) continue;
      const key = said(prompt);
      const one = { text: answer.text, reward };
      const known = first.get(key);
      if (known === undefined || (known.reward === undefined && known.text === one.text)) first.set(key, one);
      last.set(key, one);
    }
  return [...first]
    .filter(([prompt, before]) => last.get(prompt)!.text !== before.text)
    .slice(0, 12)
    .map(([prompt, before]) => {
      const after = last.get(prompt)!;
      const both = before.reward !== undefined && after.reward !== undefined;
      return {
        prompt,
        before: before.text,
        after: after.text,
        ...(both && { rewards: [before.reward!, after.reward!] as const }),
      };
    });
}

/** The last thing that a dialog says. */
function said(prompt: unknown): string {
  if (typeof prompt === "string") return prompt;
  const turn: unknown = Array.isArray(prompt) ? prompt.at(-1) : prompt;
  return isRecord(turn) && typeof turn.content === "string" ? turn.content : JSON.stringify(prompt);
}
