/**
 * Runs of recipes read from their folders: what was measured, what was plotted, whether a process is at work in one. A line that is half
 * written is passed over. It knows nothing of the workbench.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";

/** A run in `runs/<recipe>/<id>/`. */
export interface Run {
  readonly folder: string;
  readonly recipe: string;
  readonly id: string;
  /** When anything was written last, in milliseconds. */
  readonly changed: number;
  /** A living process is at work in it. */
  readonly live: boolean;
}

/** A curve: `y` over `x`, of one length. */
export interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What one fit, or the recipe's own plots, measured. */
export interface Measured {
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** The runs beside a spec, the one written last first. */
export function runsOf(specFolder: string): Run[] {
  const root = join(specFolder, "runs");
  return folders(root)
    .flatMap((recipe) => folders(join(root, recipe)).map((id) => runAt(join(root, recipe, id), recipe, id)))
    .filter((run) => run.changed > 0)
    .sort((a, b) => b.changed - a.changed);
}

function runAt(folder: string, recipe: string, id: string): Run {
  const changed = Math.max(...["metrics.jsonl", "journal.jsonl"].map((name) => changedAt(join(folder, name))));
  return { folder, recipe, id, changed, live: isLive(folder) };
}

/** The run that a folder is. */
export const openRun = (folder: string): Run => runAt(folder, basename(join(folder, "..")), basename(folder));

function isLive(folder: string): boolean {
  const owner = parsed(textOf(join(folder, "lock")).trim());
  if (typeof owner?.pid !== "number") return false;
  if (owner.host !== hostname()) return changedAt(join(folder, "metrics.jsonl")) > Date.now() - 60_000;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What the run measured: the recipe's plots first, then each fit in the order in which it began. */
export function measured(folder: string): Measured[] {
  const fits = new Map<string, Map<string, { x: number[]; y: number[] }>>();
  for (const row of rowsOf(join(folder, "metrics.jsonl"))) {
    if (typeof row.step !== "number") continue;
    const key = `${String(row.fit ?? "fit")}\n${String(row.key ?? "")}`;
    const curves = fits.get(key) ?? new Map<string, { x: number[]; y: number[] }>();
    fits.set(key, curves);
    collect(curves, row, row.step, new Set(["step", "tokens"]));
  }
  const plots = new Map<string, { x: number[]; y: number[] }>();
  let count = 0;
  for (const row of rowsOf(join(folder, "journal.jsonl"))) {
    if (!Array.isArray(row.plot)) continue;
    count++;
    const [at, values] = row.plot.length > 1 ? row.plot : [count, row.plot[0]];
    if (typeof values === "object" && values !== null) collect(plots, values, typeof at === "number" ? at : count, new Set());
  }
  const shown = [...fits].map(([key, curves]) => ({ title: key.split("\n")[0]!, curves: curvesOf(curves) }));
  return plots.size > 0 ? [{ title: "plots of the recipe", curves: curvesOf(plots) }, ...shown] : shown;
}

/** The last step of a run and its numbers, for a line in the status bar. */
export function lastStep(
  folder: string,
): { readonly fit: string; readonly step: number; readonly loss?: number; readonly speed?: number } | undefined {
  const last = rowsOf(join(folder, "metrics.jsonl"), 65_536).findLast((row) => typeof row.step === "number");
  if (!last) return undefined;
  return {
    fit: String(last.fit ?? ""),
    step: last.step as number,
    ...(typeof last.loss === "number" ? { loss: last.loss } : {}),
    ...(typeof last.tokens_per_second === "number" ? { speed: last.tokens_per_second } : {}),
  };
}

function collect(
  into: Map<string, { x: number[]; y: number[] }>,
  row: Readonly<Record<string, unknown>>,
  at: number,
  without: ReadonlySet<string>,
  prefix = "",
): void {
  for (const [name, value] of Object.entries(row)) {
    if (without.has(name)) continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      collect(into, value as Record<string, unknown>, at, without, `${prefix}${name}.`);
      continue;
    }
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const curve = into.get(prefix + name) ?? { x: [], y: [] };
    into.set(prefix + name, curve);
    curve.x.push(at);
    curve.y.push(value);
  }
}

const curvesOf = (curves: ReadonlyMap<string, { x: number[]; y: number[] }>): Curve[] =>
  [...curves].map(([name, { x, y }]) => ({ name, x, y }));

/** Whole lines of a file of JSON lines; with `most`, those of its last so many bytes. */
function rowsOf(path: string, most = Number.POSITIVE_INFINITY): Record<string, unknown>[] {
  const text = textOf(path);
  return (text.length > most ? text.slice(-most) : text)
    .split("\n")
    .flatMap((line): Record<string, unknown>[] => [parsed(line) ?? []].flat());
}

function parsed(line: string): Record<string, unknown> | undefined {
  if (line === "") return undefined;
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function changedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function folders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
