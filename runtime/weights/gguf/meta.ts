/** The metadata of a GGUF file by key, each of the kind and in the range that its reader needs, or refused with its name. */
import { ggufFault, type Value } from "./values.ts";

/** Metadata of one file; a key without a dot at its start is one of the architecture's: `block_count` is `llama.block_count`. */
export class Meta {
  readonly architecture: string;
  readonly path: string;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(values: ReadonlyMap<string, Value>, path: string) {
    this.#values = values;
    this.path = path;
    const named = values.get("general.architecture");
    if (typeof named !== "string") throw ggufFault(path, "gguf_header", "it names no general.architecture");
    this.architecture = named;
  }

  /** A value by its whole key. */
  at(key: string): Value | undefined {
    return this.#values.get(key);
  }

  size(key: string, otherwise?: number): number {
    const value = this.#own(key) ?? otherwise;
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31) return value as number;
    throw this.#fault(key, value);
  }

  number(key: string, otherwise?: number): number {
    const value = this.#own(key) ?? otherwise;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.#fault(key, value);
  }

  text(key: string): string | undefined {
    const value = this.#own(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.#fault(key, value);
  }

  /** A list of texts or numbers by its whole key; undefined where there is none. */
  list<T extends "string" | "number">(key: string, of: T): (T extends "string" ? string : number)[] | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((each) => typeof each === of)) return value as never;
    throw ggufFault(this.path, "gguf_header", `its ${key} is no list of ${of}s`);
  }

  /** A value of the architecture; one that differs by layer is used where all layers agree. */
  #own(key: string): Value | undefined {
    const value = this.#values.get(`${this.architecture}.${key}`);
    if (Array.isArray(value) && value.length > 0 && value.every((each) => each === value[0])) return value[0];
    return value;
  }

  #fault(key: string, value: Value | undefined) {
    const name = `${this.architecture}.${key}`;
    return ggufFault(
      this.path,
      "gguf_header",
      value === undefined ? `it has no ${name}` : `its ${name} is ${String(value).slice(0, 40)}`,
    );
  }
}
