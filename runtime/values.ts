/** Small host functions that emitted code calls: ranges, columns, reading rows to their end. They know plain values only. */

import { NeuroError } from "./error.ts";
import type { Answer } from "./types.ts";

/** `first..last` of whole numbers, both included; empty when it runs backwards. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, Math.floor(last) - first + 1) }, (_, i) => first + i);
}

/** Whether a value lies in a range, ends included. */
export function inside(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}

/** The item at a place counted from 0, or from the end when negative. Throws `no_such_item`. */
export function at<T>(list: readonly T[], place: number): T {
  const item = list.at(place);
  if (item !== undefined) return item;
  throw new NeuroError("no_such_item", `A list of ${list.length} has no item ${place}.`, { hint: "Places count from 0." });
}

/** All rows, in order. */
export async function collect<T>(rows: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** One field of every row: `rows.f` of the language. Of a list at once, of rows that are read when they have been. */
export function column<T extends object, K extends keyof T>(rows: readonly T[], name: K): T[K][];
export function column<T extends object, K extends keyof T>(rows: AsyncIterable<T>, name: K): Promise<T[K][]>;
export function column<T extends object, K extends keyof T>(
  rows: readonly T[] | AsyncIterable<T>,
  name: K,
): T[K][] | Promise<T[K][]> {
  if (Array.isArray(rows)) return (rows as readonly T[]).map((row) => row[name]);
  return collect(rows as AsyncIterable<T>).then((all) => all.map((row) => row[name]));
}

/** How long an answer is: the tokens that were generated, or words and marks where no model of ours wrote it. */
export function tokens(answer: Answer): number {
  return answer.tokens?.length ?? (answer.text.match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []).length;
}
