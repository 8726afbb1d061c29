/** What trees learn from: numbers by column, a target for each row, and the groups (a question's documents) that rows belong to. */
import { NeuroError } from "../error.ts";
import { type Seed, stream } from "../random.ts";

/** A table whose rows of one group adjoin. */
export type Table = {
  readonly names: readonly string[];
  /** A value per row for each name; NaN is missing. */
  readonly columns: readonly Float32Array[];
  readonly target: Float64Array;
  /** What each row counts. */
  readonly weights: Float64Array;
  /** Where each group begins, and where the last ends. */
  readonly groups: Int32Array;
};

/** A row as it comes; without a group it is one of its own. */
export type TableRow = {
  readonly values: readonly number[];
  readonly target: number;
  readonly group?: string | number;
  readonly weight?: number;
};

/**
 * A table of rows, groups in the order of their first rows. Throws `trees_data` for no rows, rows of other lengths than `names`, targets that are no numbers,
 * and weights that are negative or no numbers.
 */
export function tableOf(names: readonly string[], rows: readonly TableRow[]): Table {
  if (rows.length === 0) throw fault("there are no rows to learn from", "Give at least one row with a target.");
  const groups = new Map<string | number | TableRow, TableRow[]>();
  for (const [at, row] of rows.entries()) {
    if (row.values.length !== names.length)
      throw fault(`row ${at + 1} has ${row.values.length} values for ${names.length} columns`);
    if (!Number.isFinite(row.target))
      throw fault(`the target of row ${at + 1} is ${row.target}`, "Leave out rows without a target.");
    if (!((row.weight ?? 1) >= 0 && Number.isFinite(row.weight ?? 1)))
      throw fault(`the weight of row ${at + 1} is ${row.weight}`);
    const group = groups.get(row.group ?? row);
    if (group === undefined) groups.set(row.group ?? row, [row]);
    else group.push(row);
  }
  const sorted = [...groups.values()].flat();
  const starts = Int32Array.from({ length: groups.size + 1 });
  for (const [at, group] of [...groups.values()].entries()) starts[at + 1] = starts[at]! + group.length;
  return {
    names,
    columns: names.map((_, column) => Float32Array.from(sorted, ({ values }) => values[column]!)),
    target: Float64Array.from(sorted, ({ target }) => target),
    weights: Float64Array.from(sorted, ({ weight }) => weight ?? 1),
    groups: starts,
  };
}

/** A table of some groups, in the order given. */
export function picked(table: Table, groups: readonly number[]): Table {
  const rows = groups.flatMap((group) => {
    const from = table.groups[group]!;
    return Array.from({ length: table.groups[group + 1]! - from }, (_, at) => from + at);
  });
  const starts = Int32Array.from({ length: groups.length + 1 });
  for (const [at, group] of groups.entries()) starts[at + 1] = starts[at]! + table.groups[group + 1]! - table.groups[group]!;
  return {
    names: table.names,
    columns: table.columns.map((column) => Float32Array.from(rows, (row) => column[row]!)),
    target: Float64Array.from(rows, (row) => table.target[row]!),
    weights: Float64Array.from(rows, (row) => table.weights[row]!),
    groups: starts,
  };
}

/** Whole groups set aside, each with the chance `share`: what is learned from, and what it is tried on. Never all of them, nor none if there are two. */
export function heldOut(table: Table, share: number, seed: Seed): { learned: Table; held: Table } {
  const count = table.groups.length - 1;
  const drawn = Array.from({ length: count }, (_, group) => ({ group, at: stream(seed, "held out", group).uniform() }));
  const aside = Math.min(count - 1, Math.max(1, Math.round(share * count)));
  const chosen = new Set(
    drawn
      .sort((a, b) => a.at - b.at)
      .slice(0, aside)
      .map(({ group }) => group),
  );
  const all = Array.from({ length: count }, (_, group) => group);
  return {
    learned: picked(
      table,
      all.filter((group) => !chosen.has(group)),
    ),
    held: picked(
      table,
      all.filter((group) => chosen.has(group)),
    ),
  };
}

function fault(what: string, hint?: string): NeuroError {
  return new NeuroError("trees_data", `Trees cannot learn from this table: ${what}.`, {
    hint: hint ?? "Every row needs the same columns.",
  });
}
