/** Coordinates and addresses in WGSL: places along axes to the place in memory and back, in i32. */
import type { DType } from "../ir/dtype.ts";
import type { Axis, Node } from "../ir/node.ts";
import { type Size, times } from "../ir/size.ts";
import { element, perWord, unpacked } from "./wgsl/packed.ts";
import type { Param } from "./wgsl-plan.ts";
import { type Bound, deepest, type Writer } from "./wgsl-writer.ts";

/** The coordinate along each axis. */
export type Place = ReadonlyMap<string, Bound>;

const plainName = (text: string): string =>
  text
    .replaceAll("*", "_x_")
    .replaceAll("+", "_plus_")
    .replaceAll("-", "_minus_")
    .replaceAll("/", "_over_")
    .replaceAll(/[^A-Za-z0-9_]/g, "_");

/** The fields of a kernel's uniform block, made as its code asks for them. */
export class Params {
  readonly list: Param[] = [];
  readonly types: string[] = [];
  #fields = new Map<string, string>();

  #field(key: string, wanted: string, type: string, param: (field: string) => Param): string {
    const known = this.#fields.get(key);
    if (known) return known;
    let field = plainName(wanted);
    while (this.list.some((p) => p.field === field)) field += "_";
    this.#fields.set(key, field);
    this.list.push(param(field));
    this.types.push(type);
    return field;
  }

  /** A size as an expression. */
  size(size: Size): string {
    return typeof size === "number"
      ? `${size}`
      : `p.${this.#field(`size ${size}`, `n_${size}`, "i32", (field) => ({ field, size }))}`;
  }

  /** An input without axes as an expression. */
  scalar(name: string, dtype: DType): string {
    const field = this.#field(`input ${name}`, `in_${name}`, element(dtype), (f) => ({ field: f, input: name }));
    if (dtype === "bool") return `(p.${field} != 0u)`;
    return perWord(dtype) === 1 ? `p.${field}` : unpacked(dtype, `p.${field}`, "0u");
  }

  infinity(): string {
    return `p.${this.#field("infinity", "infinity", "f32", (field) => ({ field, infinity: true }))}`;
  }

  /** The fields that some code reads, and the block of those as a WGSL struct. */
  block(code: string): { params: Param[]; struct: string } {
    const words = new Set(code.match(/\bp\.\w+/g));
    const used = this.list
      .map((param, i) => ({ param, type: this.types[i]! }))
      .filter(({ param }) => words.has(`p.${param.field}`));
    const lines = used.map(({ param, type }) => `  ${param.field}: ${type},${"size" in param ? ` // ${param.size}` : ""}`);
    const struct = `struct Params {\n${lines.join("\n")}\n}\n@group(0) @binding(0) var<uniform> p: Params;\n`;
    return { params: used.map(({ param }) => param), struct: used.length === 0 ? "" : struct };
  }
}

const products = new Map<string, Size>();

/** How many places axes have together. */
export function countOf(axes: readonly Axis[]): Size {
  const key = axes.map((a) => a.size).join();
  const known = products.get(key) ?? times(...axes.map((a) => a.size));
  products.set(key, known);
  return known;
}

const literal = (b: Bound): number | undefined => (/^\d+$/.test(b.text) ? Number(b.text) : undefined);
const zero: Bound = { text: "0", level: 0 };

/** Arithmetic on coordinates, folding what is constant and undoing a flattening that it made itself. */
export class Index {
  readonly writer: Writer;
  readonly params: Params;
  /** What a flattened coordinate was made of. */
  #parts = new Map<string, { sizes: readonly Size[]; coordinates: readonly Bound[] }>();

  constructor(writer: Writer, params: Params) {
    this.writer = writer;
    this.params = params;
  }

  constant(n: number): Bound {
    return n < 0 ? { text: `(${n})`, level: 0 } : { text: `${n}`, level: 0 };
  }

  size(size: Size): Bound {
    return { text: this.params.size(size), level: 0 };
  }

  plus(a: Bound, b: Bound): Bound {
    if (literal(a) === 0) return b;
    if (literal(b) === 0) return a;
    return this.writer.coordinate(`${a.text} + ${b.text}`, deepest([a, b]));
  }

  minus(a: Bound, b: Bound): Bound {
    return literal(b) === 0 ? a : this.writer.coordinate(`${a.text} - ${b.text}`, deepest([a, b]));
  }

  /** One coordinate over several axes, the first varying slowest. */
  flatten(coordinates: readonly Bound[], sizes: readonly Size[]): Bound {
    const terms = this.#joined(coordinates, sizes).filter(({ size }) => size !== 1);
    const first = terms.findIndex(({ at }) => literal(at) !== 0);
    if (first < 0) return zero;
    let text = terms[first]!.at.text;
    for (const { at, size } of terms.slice(first + 1)) {
      text = `${text.includes(" + ") ? `(${text})` : text} * ${this.params.size(size)}`;
      if (literal(at) !== 0) text = `${text} + ${at.text}`;
    }
    const result = first === terms.length - 1 ? terms[first]!.at : this.writer.coordinate(text, deepest(coordinates));
    // Along an axis of size 1 the place is 0, whatever variable stands for it there.
    if (coordinates.length > 1)
      this.#parts.set(result.text, { sizes, coordinates: coordinates.map((c, k) => (sizes[k] === 1 ? zero : c)) });
    return result;
  }

  /** Coordinates with their sizes, neighbours that were cut from one coordinate being that one again. */
  #joined(coordinates: readonly Bound[], sizes: readonly Size[]): { at: Bound; size: Size }[] {
    for (let length = coordinates.length; length > 1; length--)
      for (let from = 0; from + length <= coordinates.length; from++) {
        const part = coordinates.slice(from, from + length);
        const over = sizes.slice(from, from + length);
        const at = this.writer.find(flatKey(part, over), deepest(part));
        if (at)
          return [
            ...this.#joined(coordinates.slice(0, from), sizes.slice(0, from)),
            { at, size: countOf(over.map((size) => ({ name: "", size }))) },
            ...this.#joined(coordinates.slice(from + length), sizes.slice(from + length)),
          ];
      }
    return coordinates.map((at, k) => ({ at, size: sizes[k]! }));
  }

  /** The coordinates over several axes that one coordinate stands for; `names` are the axes', for a reader. */
  unflatten(c: Bound, sizes: readonly Size[], names: readonly string[] = []): Bound[] {
    if (sizes.length === 1) return [c];
    const parts = this.#parts.get(c.text);
    if (parts && parts.sizes.length === sizes.length && parts.sizes.every((s, i) => s === sizes[i]))
      return [...parts.coordinates];
    const result: Bound[] = [];
    const slowest = sizes.findIndex((s) => s !== 1);
    const whole: Bound[] = [];
    let rest = c;
    for (let k = sizes.length - 1; k >= 0; k--) {
      const size = this.params.size(sizes[k]!);
      whole.unshift(rest);
      if (sizes[k] === 1) result.unshift(zero);
      else if (k === slowest) {
        result.unshift(rest);
        rest = zero;
      } else {
        result.unshift(this.writer.coordinate(`${rest.text} % ${size}`, rest.level, names[k]));
        rest = this.writer.coordinate(
          `${rest.text} / ${size}`,
          rest.level,
          sizes.slice(0, k).filter((s) => s !== 1).length === 1 ? names[slowest] : undefined,
        );
      }
    }
    this.#parts.set(c.text, { sizes, coordinates: result });
    // What stood before each cut is the first coordinates flattened again.
    for (let k = 2; k <= sizes.length; k++)
      this.writer.remember(flatKey(result.slice(0, k), sizes.slice(0, k)), whole[k - 1]!, deepest(result.slice(0, k)));
    return result;
  }

  /** The place in memory of a tensor stored in the order of `axes`. */
  address(axes: readonly Axis[], place: Place): Bound {
    return this.flatten(
      axes.map((a) => place.get(a.name)!),
      axes.map((a) => a.size),
    );
  }
}

const flatKey = (coordinates: readonly Bound[], sizes: readonly Size[]): string =>
  `flat ${coordinates.map((c) => c.text).join()} of ${sizes.join()}`;

/** The coordinates that a node looks at, out of a larger place. */
export const levelOf = (node: Node, place: Place): number => deepest(node.axes.map((a) => place.get(a.name)!));
