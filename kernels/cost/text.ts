/** Numbers and tables as plans and verbs print them: quantities with three digits and a unit, columns that line up. */

const steps = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
] as const;

/** Three digits and a unit: `1.28 MB`, `640 FLOP`, `9.60 GB/s`. */
export function amount(n: number, unit: string): string {
  if (n === 0) return `0 ${unit}`;
  const [by, prefix] = steps.find(([s]) => n >= s * 0.9995) ?? [1, ""];
  const scaled = n / by;
  return `${by === 1 && Number.isInteger(scaled) ? scaled : scaled.toPrecision(3)} ${prefix}${unit}`;
}

/** Seconds as a person reads them: `3.42 ms`, `870 us`, `1.20 s`. */
export function duration(seconds: number): string {
  if (seconds === 0) return "0 us";
  if (seconds >= 0.9995) return `${seconds.toPrecision(3)} s`;
  return seconds >= 0.9995e-3 ? `${(seconds * 1e3).toPrecision(3)} ms` : `${(seconds * 1e6).toPrecision(3)} us`;
}

/** A part of a whole: `12%`, `0.3%`. */
export const share = (part: number): string => `${(100 * part).toFixed(part > 0 && part < 0.0095 ? 1 : 0)}%`;

/** Rows in columns, two spaces between; `right` tells which are numbers. Trailing blanks are left out. */
export function table(rows: readonly (readonly string[])[], right: readonly boolean[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
