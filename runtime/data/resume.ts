/**
 * Steps that make rows for hours go on where they were killed: a function that can make its rows from some place on says so here. Knows nothing of
 * what rows are.
 */

/** How to go on: how many of the rows that are kept count (whole prompts, whole batches), and the rows after them. */
export type Rest = { readonly kept: number; readonly rest: AsyncIterable<unknown> };

type Resume = (given: readonly unknown[], rows: number) => Rest;

const resumes = new WeakMap<object, Resume>();

/** Says how a function goes on after some of its rows; those after them are the same as if it had not been stopped. */
export function resumable(fn: (...given: never[]) => unknown, resume: Resume): void {
  resumes.set(fn, resume);
}

/** What is left of a function's rows after so many; undefined where it can only begin anew. */
export function restOf(fn: object, given: readonly unknown[], rows: number): Rest | undefined {
  return resumes.get(fn)?.(given, rows);
}
