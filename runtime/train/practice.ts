/**
 * What a recipe practises on: the prompts that it has drawn answers to so far. A step that is about those prompts may leave them out. Knows nothing
 * of what steps do with them: who draws says which of its arguments are prompts, and who asks says where they go.
 */
import { NeuroError } from "../error.ts";
import { sha256 } from "../files.ts";
import { keyOfValue } from "./keys.ts";

type Given = readonly unknown[];

const drawing = new WeakMap<object, (given: Given) => unknown>();
const asking = new WeakMap<object, (given: Given, prompts: () => unknown) => Given>();

/** Says which of a function's arguments are prompts that it draws answers to. */
export function practises(fn: (...given: never[]) => unknown, prompts: (given: Given) => unknown): void {
  drawing.set(fn, prompts);
}

/** Says how a function that was given no prompts is given those that were practised on. */
export function asksPractice(fn: (...given: never[]) => unknown, fill: (given: Given, prompts: () => unknown) => Given): void {
  asking.set(fn, fill);
}

/** The prompts of one run, as its steps come by. */
export class Practice {
  readonly #rows = new Map<string, AsyncIterable<unknown> | Iterable<unknown>>();

  /** The arguments with which a step runs. Throws `nothing_practised` where it asks for prompts before any were drawn from. */
  async given<A extends Given>(name: string, fn: (...given: A) => unknown, given: A, where: string): Promise<A> {
    const rows = drawing.get(fn)?.(given);
    if (rows !== undefined) this.#rows.set(JSON.stringify(await keyOfValue(rows)), rows as Iterable<unknown>);
    return (asking.get(fn)?.(given, () => this.#prompts(name, where)) ?? given) as A;
  }

  #prompts(name: string, where: string): unknown {
    if (this.#rows.size === 0)
      throw new NeuroError(
        "nothing_practised",
        `${name} was given no prompts, and the recipe has drawn answers to none before it.`,
        {
          where,
          hint: `Say which: ${name}(.., on: questions).`,
        },
      );
    if (this.#rows.size === 1) return [...this.#rows.values()][0];
    const [keys, rows] = [[...this.#rows.keys()], [...this.#rows.values()]];
    return { identity: async () => sha256(keys.join("\n")), [Symbol.asyncIterator]: () => union(rows) };
  }
}

/** Rows of several origins, each prompt with its documents once. */
async function* union(all: readonly (AsyncIterable<unknown> | Iterable<unknown>)[]): AsyncGenerator<unknown> {
  const seen = new Set<string>();
  for (const rows of all)
    for await (const row of rows) {
      const { prompt, documents } = row as { prompt?: unknown; documents?: unknown };
      const key = JSON.stringify([prompt, documents]);
      if (!seen.has(key)) yield row;
      seen.add(key);
    }
}
