/**
 * What a measurement is given, as the row that its program reads: dialogs, documents and answers in the form that rows of data have, so that they are
 * laid out as training lays them out. Knows nothing of programs.
 */
import type { Row, RowAnswer, RowDoc } from "../data/row.ts";
import { NeuroError } from "../error.ts";

/** By field of the row, where its value lies in what is given: `answer`, or `row.left`. */
export type Fields = Readonly<Record<string, string>>;

/** The row. Throws `measure_given` for a value that is absent or of no kind that a model reads. */
export function rowOf(name: string, fields: Fields, given: Readonly<Record<string, unknown>>): Row {
  const row: Record<string, unknown> = { prompt: [], documents: [] };
  for (const [field, path] of Object.entries(fields)) {
    const value = at(given, path);
    // A row may lack documents, and a dialog where nothing was asked.
    if (value !== undefined || row[field] === undefined) row[field] = normal(name, path, value);
  }
  return row as Row;
}

/** The values of a row in the order of its fields: what a key is made of, whatever the fields are called. */
export const valuesOf = (fields: Fields, row: Row): unknown[] => Object.keys(fields).map((field) => row[field]);

function at(given: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], given);
}

function normal(name: string, path: string, value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.every(isTurn) ? value.map(turnOf) : value.map((doc) => documentOf(name, path, doc));
  if (typeof value !== "object" || value === null) throw unreadable(name, path, value);
  if ("blocks" in value && Array.isArray(value.blocks)) return value.blocks.map((block) => shownOf(block));
  if ("title" in value && "text" in value) return [documentOf(name, path, value)];
  if ("text" in value && typeof value.text === "string") return answerOf(value as { text: string; tokens?: unknown });
  throw unreadable(name, path, value);
}

const isTurn = (value: unknown): value is { role: string; content: string } =>
  typeof value === "object" && value !== null && "role" in value && "content" in value;

const turnOf = ({ role, content }: { role: string; content: string }) => ({ role, content });

function documentOf(name: string, path: string, value: unknown): RowDoc {
  const { title, text } = (value ?? {}) as Partial<RowDoc>;
  if (typeof text !== "string") throw unreadable(name, path, value);
  return { title: typeof title === "string" ? title : "", text };
}

/** A block of a context, as a model is shown it. */
const shownOf = ({ text, doc }: { text: string; doc?: { title?: string } }): RowDoc => ({ title: doc?.title ?? "", text });

const answerOf = ({ text, tokens }: { text: string; tokens?: unknown }): RowAnswer => ({
  text,
  ...(Array.isArray(tokens) && { tokens: tokens as number[] }),
});

function unreadable(name: string, path: string, value: unknown): NeuroError {
  const found = value === undefined || value === null ? "nothing" : `a value of the kind ${typeof value}`;
  return new NeuroError("measure_given", `${name} was given ${found} as \`${path}\`.`, {
    where: name,
    hint: "A measurement reads dialogs, documents, answers, texts and numbers.",
  });
}
