/**
 * What a spec declares of a dataset's rows holds for every row that enters: fields that must be there, kinds, ranges, words of an enumeration.
 * The first row that is otherwise is refused with its line, what was found and what was expected. Knows nothing of files.
 */
import { NeuroError } from "../error.ts";
import { describe, malformed, placeOf, type Row, toRow } from "./row.ts";

/** What one field is declared to be; a list of words is an enumeration. Ends of a range belong to it. */
export type Wanted = {
  readonly is: "answer" | "dialog" | "documents" | "text" | "number" | "whole" | "truth" | readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly optional?: true;
};

/** Fields by name. More fields do no harm. */
export type Shape = Readonly<Record<string, Wanted>>;

/** A row of a dataset, when it is as declared. Throws `row_lacks_field`, and `row_malformed`, which shows a row as it should be. */
export function rowOf(value: unknown, place: string, shape: Shape): Row {
  try {
    return shaped(toRow(value, place), shape);
  } catch (error) {
    if (!(error instanceof NeuroError) || error.code !== "row_malformed" || Object.keys(shape).length === 0) throw error;
    throw new NeuroError(error.code, error.message, { where: place, hint: `A row looks like ${exampleOf(shape)}.` });
  }
}

function shaped(row: Row, shape: Shape): Row {
  for (const [name, wanted] of Object.entries(shape)) {
    if (wanted.is === "text") asText(row, name);
    const value = row[name];
    const missing = value === undefined || value === null || (wanted.is === "dialog" && row.prompt.length === 0);
    if (missing && !wanted.optional) throw lacking(row, name, shape);
    if (missing) continue;
    const wrong = misfit(value, wanted);
    if (wrong !== undefined) throw malformed(placeOf(row), `has ${shown(value)} as \`${name}\`, ${wrong}`);
  }
  return row;
}

/** What every row calls an answer, and this one a text, is that text. */
function asText(row: Record<string, unknown>, name: string): void {
  const value = row[name];
  if (typeof value === "object" && value !== null && !Array.isArray(value) && "text" in value) row[name] = value.text;
}

function lacking(row: Row, name: string, shape: Shape): NeuroError {
  const also = name === "answer" ? " (or `completion`)" : "";
  const has = Object.keys(row).filter((key) => row[key] !== undefined && !(key === "documents" && row.documents.length === 0));
  const asked = Object.keys(shape).filter((key) => !shape[key]!.optional);
  const listed = (names: readonly string[]): string => names.map((key) => `\`${key}\``).join(", ") || "nothing";
  return new NeuroError(
    "row_lacks_field",
    `${placeOf(row)} has no \`${name}\`${also}; it has ${listed(has.filter((key) => key !== "prompt" || row.prompt.length > 0))}.`,
    { where: placeOf(row), hint: `The spec declares rows with ${listed(asked)}.` },
  );
}

/** A row as the spec declares it, as JSON. */
function exampleOf(shape: Shape): string {
  const value = ({ is, from, to }: Wanted): string => {
    if (typeof is !== "string") return JSON.stringify(is[0]);
    if (is === "documents") return '[{ "title": "…", "text": "…" }]';
    if (is === "truth") return "true";
    if (is === "number" || is === "whole") return String(to ?? from ?? 1);
    return '"…"';
  };
  return `{ ${Object.entries(shape)
    .map(([name, wanted]) => `"${name}": ${value(wanted)}`)
    .join(", ")} }`;
}

/** What is wrong with a value, as the end of a sentence. */
function misfit(value: unknown, { is, from, to }: Wanted): string | undefined {
  if (typeof is !== "string") return is.includes(value as string) ? undefined : `none of ${is.join(", ")}`;
  if (is === "text") return typeof value === "string" ? undefined : "not a text";
  if (is === "truth") return typeof value === "boolean" ? undefined : "neither true nor false";
  if (is !== "number" && is !== "whole") return undefined; // Dialogs, documents and answers are checked where a row is made.
  if (typeof value !== "number" || !Number.isFinite(value)) return "not a number";
  if (is === "whole" && !Number.isInteger(value)) return "not a whole number";
  if (value < (from ?? value)) return `below ${from}`;
  return value > (to ?? value) ? `above ${to}` : undefined;
}

const shown = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : describe(value));
