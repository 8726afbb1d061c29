/** What a recipe reports, as tables: numbers side by side, records as rows, lists of records whole, and intervals as a person reads them. */
import { escaped, figure } from "./chart.ts";

/** A table of markup: its title, its head, its rows. */
export type Told = { readonly title: string; readonly rows: readonly (readonly string[])[] };

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isInterval = (value: unknown): value is { mean: number; low: number; high: number } =>
  isRecord(value) && ["mean", "low", "high"].every((name) => typeof value[name] === "number");

/** A value as text: four figures, an interval as its mean and ends. */
export function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return figure(value);
  if (isInterval(value)) return `${figure(value.mean)} (${figure(value.low)} to ${figure(value.high)})`;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The tables of everything that was reported, in order; calls that name the same plain numbers share one. */
export function tablesOf(reports: readonly Fields[]): Told[] {
  const plain = new Map<string, Fields[]>();
  const tables: Told[] = [];
  for (const report of reports) {
    const entries = Object.entries(report);
    const lists = entries.filter(([, value]) => Array.isArray(value) && value.some(isRecord));
    const records = entries.filter(([, value]) => isRecord(value) && !isInterval(value));
    for (const [name, value] of lists) tables.push({ title: name, rows: grid((value as unknown[]).filter(isRecord)) });
    if (records.length > 0) {
      const all = records.map(([name, value]) => ({ "": name, ...(value as Fields) }));
      tables.push({ title: records.map(([name]) => name).join(" and "), rows: grid(all) });
    }
    const left = Object.fromEntries(entries.filter((entry) => !lists.includes(entry) && !records.includes(entry)));
    if (Object.keys(left).length === 0) continue;
    const kind = Object.keys(left).join();
    const known = plain.get(kind);
    if (known) known.push(left);
    else plain.set(kind, [left]);
  }
  return [...[...plain.values()].map((rows) => ({ title: "What the recipe reports", rows: grid(rows) })), ...tables];
}

/** One line for a terminal: `gate: temperature 0.5, found 0.16 (0 to 0.47)`, a line for each record of a list. */
export function lineOf(report: Fields): string {
  const of = (record: Fields): string =>
    Object.entries(record)
      .map(([name, value]) => `${name} ${cell(value)}`)
      .join(", ");
  const lists = Object.entries(report).filter(([, value]) => Array.isArray(value) && value.some(isRecord));
  const rest = Object.fromEntries(Object.entries(report).filter(([name]) => !lists.some(([list]) => list === name)));
  const told = lists.flatMap(([name, value]) => (value as unknown[]).filter(isRecord).map((one) => `${name}: ${of(one)}`));
  return [...(Object.keys(rest).length > 0 ? [of(rest)] : []), ...told].join("\n");
}

/** A head of all field names, and a row for each record. Nested records are flattened by one level. */
function grid(records: readonly Fields[]): string[][] {
  const flat = records.map((record) =>
    Object.fromEntries(
      Object.entries(record).flatMap(([name, value]): [string, unknown][] =>
        isRecord(value) && !isInterval(value)
          ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, one])
          : [[name, value]],
      ),
    ),
  );
  const names = [...new Set(flat.flatMap((one) => Object.keys(one)))];
  return [names, ...flat.map((one) => names.map((name) => escaped(cell(one[name]))))];
}
