/**
 * Fields of a JSON object that someone else wrote: each is there, of its kind and within its range, or refused with the file's name.
 * Knows nothing of what they mean.
 */
import { NeuroError } from "./error.ts";
import { readJson, shown } from "./files.ts";

/** An object of a JSON file, read field by field. */
export class Fields {
  readonly path: string;
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #prefix: string;

  constructor(object: unknown, path: string, prefix = "") {
    this.path = path;
    this.#prefix = prefix;
    if (object === null || typeof object !== "object" || Array.isArray(object)) {
      throw this.fault(`${prefix === "" ? "it" : prefix.slice(0, -1)} is not an object`);
    }
    this.#object = object as Record<string, unknown>;
  }

  /** The object of a file. Throws what `readJson` throws. */
  static read(path: string, hint?: string): Fields {
    return new Fields(readJson(path, hint), path);
  }

  /** A value as it stands; undefined where there is none, or null. */
  get(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }

  /** A whole number from 1 on that has any business being a size. */
  size(name: string, otherwise?: number): number {
    const value = this.get(name) ?? otherwise;
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31) return value as number;
    throw this.fault(value === undefined ? `it has no ${this.#prefix}${name}` : `its ${this.#prefix}${name} is ${said(value)}`);
  }

  number(name: string, otherwise?: number): number {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.fault(value === undefined ? `it has no ${this.#prefix}${name}` : `its ${this.#prefix}${name} is ${said(value)}`);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "boolean") return value;
    throw this.fault(`its ${this.#prefix}${name} is ${said(value)}`);
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.fault(`its ${this.#prefix}${name} is ${said(value)}`);
  }

  /** An object within; undefined where there is none. */
  inner(name: string): Fields | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : new Fields(value, this.path, `${this.#prefix}${name}.`);
  }

  /** The NeuroError for a file whose fields cannot be used. */
  fault(what: string, hint = "Take the model's files from where they were published, unchanged."): NeuroError {
    return new NeuroError("model_config", `${shown(this.path)} cannot be used: ${what}.`, { where: this.path, hint });
  }
}

/** A value in a message, cut short. */
function said(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}..` : text;
}
