/**
 * A row is checked where it enters, once, and named by where it stood: `data/instructs.jsonl:12`. TRL's column names
 * (https://huggingface.co/docs/trl/dataset_formats) become the language's; columns that nobody knows stay as they are.
 */
import { NeuroError } from "../error.ts";
import type { Dialog } from "../types.ts";
import { dialogOf, isMessages, parted, transcribed } from "./dialogs.ts";

/** An answer in a row: its text, and the ids that a model generated for it when it did (they are trained on, never the text again). */
export type RowAnswer = { readonly text: string; readonly tokens?: readonly number[] };

/** A document in a row, as a model is shown it. */
export type RowDoc = { readonly title: string; readonly text: string; readonly id?: string; readonly url?: string };

/** Rows of any kind that come from a step, a file or a function: what has been made, or is made as it is read. */
export type Rows = AsyncIterable<unknown> | Iterable<unknown>;

/**
 * One row of data. `prompt` is always a dialog, `documents` a list, and `answer`, `chosen`, `rejected`, `left`, `right` are answers
 * where they are present; everything else is as it came.
 */
export type Row = {
  readonly prompt: Dialog;
  readonly documents: readonly RowDoc[];
  readonly answer?: RowAnswer;
  /** What is given as token ids, where it was made of tokens: then prompt and documents are not laid out. */
  readonly given?: readonly number[];
  readonly [field: string]: unknown;
};

const answers = ["answer", "chosen", "rejected", "left", "right"] as const;
const places = new WeakMap<Row, string>();

/** Where a row stood when it was read, for messages. */
export function placeOf(row: Row): string {
  return places.get(row) ?? "a row";
}

/** A row made from another stands where that one did. */
export function samePlace<R extends Row>(row: R, as: Row): R {
  const place = places.get(as);
  if (place !== undefined) places.set(row, place);
  return row;
}

/** Checks a value from outside and makes it a row. Throws `row_malformed`, naming the place and the field. */
export function toRow(value: unknown, place: string): Row {
  if (!isRecord(value)) throw malformed(place, `is ${describe(value)}, not a row with named fields`);
  const { completion, messages, conversations, ...rest } = value;
  const fields: Record<string, unknown> = { ...rest };
  const talk = messages ?? conversations;
  if (talk !== undefined) splitMessages(talk, messages === undefined ? "conversations" : "messages", fields, place);
  if (completion !== undefined && fields.answer === undefined) fields.answer = completion;
  if (fields.chosen !== undefined && fields.rejected !== undefined) splitPreference(fields, place);
  fields.prompt = asked(toDialog(fields.prompt ?? [], "prompt", place));
  fields.documents = toDocuments(fields.documents ?? [], place);
  for (const name of answers) {
    const value = fields[name];
    if (value !== undefined)
      fields[name] = isGroup(value) ? value.map((one) => toAnswer(one, name, place)) : toAnswer(value, name, place);
  }
  const row = fields as Row;
  places.set(row, places.get(value as Row) ?? place);
  return row;
}

/**
 * The samples of a group as rows of their own: `answer`, `reward` and whatever else it has a list of stand for one sample each. A row that is
 * no group is its only sample. Throws `row_malformed` where lists differ in length.
 */
export function samplesOf(row: Row): readonly Row[] {
  const answer: unknown = row.answer;
  if (!Array.isArray(answer)) return [row];
  const lists = Object.entries(row).filter(([name, value]) => Array.isArray(value) && !shared.has(name));
  return answer.map((_, i) => {
    const own = lists.map(([name, value]) => {
      const list = value as readonly unknown[];
      if (list.length !== answer.length)
        throw malformed(placeOf(row), `has ${answer.length} answers and ${list.length} of \`${name}\``);
      return [name, list[i]] as const;
    });
    const sample = { ...row, ...Object.fromEntries(own) } as Row;
    places.set(sample, placeOf(row));
    return sample;
  });
}

/** Lists that all samples of a group share. */
const shared = new Set(["prompt", "documents"]);

/** A field that an objective reads. Throws `row_lacks_field` where a row does not have it. */
export function fieldOf(row: Row, name: string): unknown {
  const value = row[name];
  if (value !== undefined && value !== null) return value;
  const also = name === "answer" ? " (or `completion`)" : "";
  const has = Object.keys(row).filter((key) => row[key] !== undefined);
  throw new NeuroError(
    "row_lacks_field",
    `${placeOf(row)} has no \`${name}\`${also}; it has ${has.map((key) => `\`${key}\``).join(", ")}.`,
    {
      where: placeOf(row),
      hint: `Add \`${name}\` to every row, or use an objective that does not read it.`,
    },
  );
}

/** An answer field of a row. Throws `row_lacks_field`, `row_malformed`. */
export function answerOf(row: Row, name: string): RowAnswer {
  return toAnswer(fieldOf(row, name), name, placeOf(row));
}

/** A numeric field of a row. Throws `row_lacks_field`, `row_malformed`. */
export function numberOf(row: Row, name: string): number {
  const value = fieldOf(row, name);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "number" || !Number.isFinite(value))
    throw malformed(placeOf(row), `has ${describe(value)} as \`${name}\`, not a number`);
  return value;
}

/** Numbers of a row, one for each of `count` tokens: truth values are 1 and 0, an answer is its tokens. Throws `row_lacks_field`, `row_malformed`. */
export function numbersOf(row: Row, name: string, count: number): readonly number[] {
  const found = fieldOf(row, name);
  const list = isRecord(found) ? found.tokens : found;
  const value: unknown = Array.isArray(list) ? list.map((each) => (typeof each === "boolean" ? Number(each) : each)) : list;
  if (Array.isArray(value) && value.length === count && value.every((each) => Number.isFinite(each))) return value as number[];
  throw malformed(placeOf(row), `has ${describe(value)} as \`${name}\`, not ${count} numbers, one for each token`);
}

/** The place of a row's word among the cases of its enumeration. Throws `row_lacks_field`, `row_malformed`. */
export function caseOf(row: Row, name: string, cases: readonly string[]): number {
  const place = cases.indexOf(String(fieldOf(row, name)));
  if (place < 0)
    throw malformed(
      placeOf(row),
      `has ${JSON.stringify(row[name])} as \`${name}\`, none of ${cases.join(", ")}`,
      `{ .., "${name}": "${cases[0]}" }`,
    );
  return place;
}

/** TRL's conversational form: everything up to the last assistant turn is the prompt, that turn is the answer. */
function splitMessages(value: unknown, name: string, fields: Record<string, unknown>, place: string): void {
  const { prompt, answer } = parted(toDialog(value, name, place));
  fields.prompt ??= prompt;
  if (answer !== undefined) fields.answer ??= answer;
}

/**
 * Preferences whose two sides are whole dialogs (TRL's implicit prompt, HH-RLHF's transcripts): what both begin with is the prompt, and their last
 * turns are the answers. A prompt that is there as well must be part of it.
 */
function splitPreference(fields: Record<string, unknown>, place: string): void {
  const [left, right] = (["chosen", "rejected"] as const).map((name) => {
    const given = fields[name];
    const dialog = isMessages(given) ? toDialog(given, name, place) : typeof given === "string" ? transcribed(given) : undefined;
    return dialog && dialog.length > 1 ? parted(dialog) : undefined;
  });
  if (left === undefined || right === undefined) return;
  for (const [name, side] of [["chosen", left], ["rejected", right]] as const) // biome-ignore format: two sides
    if (side.answer === undefined) throw malformed(place, `has \`${name}\` that does not end with a turn of the assistant`);
  const turn = left.prompt.findIndex((one, i) => one.role !== right.prompt[i]?.role || one.content !== right.prompt[i]?.content);
  const longer = left.prompt.length === right.prompt.length ? -1 : Math.min(left.prompt.length, right.prompt.length);
  if (turn >= 0 || longer >= 0)
    throw malformed(
      place,
      `has \`chosen\` and \`rejected\` that part at turn ${(turn >= 0 ? turn : longer) + 1}, before their last ones, so they answer different prompts`,
    );
  const own = fields.prompt === undefined ? [] : toDialog(fields.prompt, "prompt", place);
  if (!own.every(({ content }) => left.prompt.some((one) => one.content.trim() === content.trim())))
    throw malformed(place, "has a `prompt` that is not what `chosen` and `rejected` begin with");
  Object.assign(fields, { prompt: left.prompt, chosen: left.answer, rejected: right.answer });
}

/** A prompt without the empty turn in which it is to be answered. */
function asked(dialog: Dialog): Dialog {
  const final = dialog.at(-1);
  return final?.role === "assistant" && final.content === "" ? dialog.slice(0, -1) : dialog;
}

function toDialog(value: unknown, name: string, place: string): Dialog {
  if (typeof value === "string") return transcribed(value) ?? [{ role: "user", content: value }];
  if (!Array.isArray(value))
    throw malformed(place, `has ${describe(value)} as \`${name}\`, neither a text nor a list of messages`);
  const { dialog, wrong } = dialogOf(value);
  if (dialog !== undefined) return dialog;
  throw malformed(place, `has a message ${wrong} in \`${name}\` without a role (user, assistant, system) and a text as content`);
}

function toDocuments(value: unknown, place: string): RowDoc[] {
  if (!Array.isArray(value)) throw malformed(place, `has ${describe(value)} as \`documents\`, not a list`);
  return value.map((document: unknown, index) => {
    const doc = typeof document === "string" ? { title: "", text: document } : document;
    if (!isRecord(doc) || typeof doc.text !== "string") throw malformed(place, `has a document ${index + 1} without a \`text\``);
    return { ...doc, title: typeof doc.title === "string" ? doc.title : "", text: doc.text };
  });
}

/** Several answers to one prompt; a list of messages is one answer. */
const isGroup = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0 && !isMessages(value);

function toAnswer(value: unknown, name: string, place: string): RowAnswer {
  if (typeof value === "string") return { text: value };
  if (Array.isArray(value)) {
    const final = toDialog(value, name, place).at(-1);
    if (final?.role === "assistant") return { text: final.content };
    throw malformed(place, `has messages as \`${name}\` that do not end with an assistant's`);
  }
  if (!isRecord(value) || typeof value.text !== "string")
    throw malformed(place, `has ${describe(value)} as \`${name}\`, not a text`);
  const { text, tokens } = value;
  if (tokens === undefined) return { text };
  if (!Array.isArray(tokens) || tokens.some((id) => !Number.isSafeInteger(id) || id < 0)) {
    throw malformed(place, `has \`${name}\` with tokens that are not token ids`);
  }
  return { text, tokens: tokens as number[] };
}

const like = '{ "prompt": "…", "documents": [{ "title": "…", "text": "…" }], "answer": "…" }';

/** The NeuroError for a row that is not as it should be, which is as `example`: `row_malformed`. */
export function malformed(place: string, what: string, example = like): NeuroError {
  return new NeuroError("row_malformed", `${place} ${what}.`, { where: place, hint: `A row looks like ${example}.` });
}

/** What a value is, in words. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a record";
  return typeof value === "string" ? "a text" : `${typeof value === "number" ? "the number" : "the value"} ${String(value)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
