/**
 * Writes the statements of one function: nested blocks, values bound once where they are first possible, and found again by
 * their text. A value's level is the depth of the block where it may be written first, so what a loop does not change stands
 * before the loop.
 */

/** An expression that is a name or a literal, usable in every block at least as deep as its level. */
export interface Bound {
  readonly text: string;
  readonly level: number;
}

interface Block {
  readonly lines: string[];
  readonly known: Map<string, Bound>;
}

/** The deepest level among values. */
export const deepest = (values: readonly Bound[]): number => values.reduce((level, v) => Math.max(level, v.level), 0);

export class Writer {
  #blocks: Block[] = [{ lines: [], known: new Map() }];
  #count = 0;
  readonly #coordinates = new Set<string>();

  /** A name that is not used yet; `i32` and the like are types. */
  fresh(prefix: string): string {
    const name = `${prefix}${this.#count++}`;
    return /^[iuf](?:16|32)$/.test(name) ? this.fresh(prefix) : name;
  }

  /** The depth of the block being written. */
  get level(): number {
    return this.#blocks.length - 1;
  }

  /** Writes a statement at the end of the block of a level, the innermost by default. */
  line(text: string, level = this.level): void {
    this.#blocks[level]!.lines.push(text);
  }

  /** Binds a coordinate along an axis; what nothing reads is left out. */
  coordinate(expression: string, level: number, axis = ""): Bound {
    const plain = axis.replace(/@.*$/, "").replaceAll(/[^A-Za-z0-9]+/g, "_");
    const at = this.bind(expression, level, /^[A-Za-z]/.test(plain) ? `${plain}_` : "i");
    this.#coordinates.add(at.text);
    return at;
  }

  /** Binds an expression to a name at a level, or finds the name that it has there. */
  bind(expression: string, level: number, prefix = "v"): Bound {
    const known = this.find(expression, level);
    if (known) return known;
    const name = this.fresh(prefix);
    this.line(`let ${name} = ${expression};`, level);
    return this.remember(expression, { text: name, level });
  }

  /** What was remembered under a key at a level. */
  find(key: string, level: number): Bound | undefined {
    return this.#blocks[level]!.known.get(key);
  }

  /** Remembers a value under a key at a level, the value's own by default. */
  remember(key: string, value: Bound, level = value.level): Bound {
    this.#blocks[level]!.known.set(key, value);
    return value;
  }

  /** Writes `header { body }` into the block of a level; inside `body` the level is one more. */
  nest(header: string, level: number, body: () => void): void {
    const outer = this.#blocks;
    const inner: Block = { lines: [], known: new Map() };
    this.#blocks = [...outer.slice(0, level + 1), inner];
    body();
    this.#blocks = outer;
    this.line(`${header} {`, level);
    for (const l of inner.lines) this.line(`  ${l}`, level);
    this.line("}", level);
  }

  /** The statements written so far, each a line, without the coordinates that nothing reads. */
  lines(): readonly string[] {
    const read = new Set<string>();
    const kept: string[] = [];
    if (this.#coordinates.size === 0) return this.#blocks[0]!.lines;
    for (const line of [...this.#blocks[0]!.lines].reverse()) {
      const name = /^\s*let (\w+) = /.exec(line)?.[1];
      if (name !== undefined && this.#coordinates.has(name) && !read.has(name)) continue;
      for (const word of line.match(/\w+/g) ?? []) if (word !== name) read.add(word);
      kept.push(line);
    }
    return kept.reverse();
  }
}
