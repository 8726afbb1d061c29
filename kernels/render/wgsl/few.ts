/**
 * Products of few rows with a matrix, as in a step of decoding: a workgroup makes 4 rows by a few columns, and its lanes share the sum, so
 * that the matrix is read once, by neighbouring lanes at neighbouring places, four values at a time where it lies so. The rows are computed
 * once for each workgroup, in pieces, with what a norm needs of a whole row made before; several products of the same rows are made together.
 */

import { isLoop } from "../../fuse/needs.ts";
import { fewRows, type Product } from "../../fuse/product.ts";
import { bits } from "../../ir/dtype.ts";
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import { dotOf, ofBytes, wordAt } from "./bytes.ts";
import { register } from "./packed.ts";
import type { Around, KernelScope, Template } from "./template.ts";
import { neighboursAt, vectorAt, vectorOf, type Width } from "./vector.ts";
import { kernelPlace, orderOf, spread, storeOf } from "./way.ts";

const lanes = 128;
/** How many places of the sum are made ready at a time. */
const piece = 512;
const mostRows = 4;

/** How lanes divide the work: columns of a workgroup, lanes along the sum, values that a lane takes at a time. */
interface Division {
  /** Whether neighbouring lanes stand along the sum (the matrix has it fastest) or along the columns. */
  readonly deep: boolean;
  readonly columns: number;
  readonly slices: number;
  readonly width: 1 | 4 | 8;
  /** Whether four values are whole numbers in one word. */
  readonly words?: boolean;
}

/**
 * The columns of each product in the order in which the first matrix holds its own, so that one coordinate over them is the same place of the
 * kernel for all; undefined when they do not fit. `orders` are the axes of each product in the order of the kernel's places.
 */
function columnsOf(products: readonly Product[], orders: readonly (readonly string[])[]): Axis[][] | undefined {
  const own = products.map((p, i) => orders[i]!.flatMap((n) => p.columns.filter((a) => a.name === n)));
  const places = products[0]!.right.axes.map((a) => own[0]!.findIndex((b) => b.name === a.name)).filter((i) => i >= 0);
  const columns = own.map((axes) => places.map((i) => axes[i]!));
  const fit = columns.every((axes) => axes.every((a, i) => a !== undefined && a.size === columns[0]![i]!.size));
  return fit ? columns : undefined;
}

function division(products: readonly Product[], columns: readonly (readonly Axis[])[], around: Around): Division {
  if (ofBytes(products[0]!.right)) return { deep: true, columns: 8, slices: 16, width: 4, words: true };
  const deep = products.every(({ right, over }) => over.some((a) => a.name === right.axes.at(-1)?.name));
  const four = products.every(({ right, over }, i) => {
    const vector = vectorOf(right, around);
    return vector !== undefined && (deep ? over : columns[i]!).at(-1)?.name === vector.axis;
  });
  const eight = four && deep && products.every(({ right }) => vectorOf(right, around, 8) !== undefined);
  if (deep) return { deep, columns: 8, slices: 16, width: eight ? 8 : four ? 4 : 1 };
  if (!four) return { deep, columns: 32, slices: 4, width: 1 };
  // A narrow type needs more columns for as many neighbouring bytes.
  const narrow = products.every(({ right }) => vectorOf(right, around)!.tensors.some((t) => bits(t.dtype) <= 8));
  return { deep, columns: narrow ? 64 : 32, slices: narrow ? 8 : 16, width: 4 };
}

/** Nodes inside an operand that have one value for each row and take a loop, nearest to the operand. */
function rowValues(operand: Node, p: Product, around: Around): Node[] {
  const own = [...p.batch, ...p.rows];
  const looped = (n: Node): boolean => !around.inMemory(n) && (isLoop(n) || n.inputs.some(looped));
  const found = new Set<Node>();
  const visit = (n: Node): void => {
    if (!looped(n)) return;
    if (n.axes.every((a) => own.some((b) => b.name === a.name))) found.add(n);
    else for (const i of n.inputs) visit(i);
  };
  visit(operand);
  return [...found];
}

class FewWriter {
  readonly s: KernelScope;
  readonly products: readonly Product[];
  readonly m: Product;
  readonly d: Division;
  readonly columns: readonly (readonly Axis[])[];
  /** How many rows a workgroup makes. */
  readonly rows: number;
  readonly around: Around;

  constructor(s: KernelScope, products: readonly Product[], columns: readonly (readonly Axis[])[], d: Division, around: Around) {
    this.s = s;
    this.products = products;
    this.m = products[0]!;
    this.d = d;
    this.around = around;
    this.columns = columns;
    this.rows = rowsOf(this.m);
  }

  /** Whether the rows lie in fours along the sum. */
  private get fours(): boolean {
    return this.d.deep && this.d.width > 1;
  }

  /** What the rows' pieces are made of. */
  private get element(): "u32" | "vec4f" | "f32" {
    return this.d.words ? "u32" : this.fours ? "vec4f" : "f32";
  }

  private size(axes: readonly Axis[]): string {
    return this.s.index.params.size(countOf(axes));
  }

  private names(prefix: string): string[] {
    return this.products.map((_, i) => (this.products.length === 1 ? prefix : `${prefix}_${"abcdefgh"[i]}`));
  }

  private place(fixed: Place, ...parts: [readonly Axis[], Bound][]): Place {
    return new Map([...fixed, ...parts.flatMap(([axes, at]) => spread(this.s, axes, at))]);
  }

  private at(node: Node, place: Place): Place {
    return new Map(node.axes.map((a) => [a.name, place.get(a.name)!]));
  }

  write(finish: (place: Place, values: readonly Bound[]) => void): void {
    const { s, m, d } = this;
    const w = s.writer;
    const blocks = `((${this.size(m.columns)} + ${d.columns - 1}) / ${d.columns})`;
    const down = this.rows === 1 ? `${this.size(m.rows)}` : `((${this.size(m.rows)} + ${this.rows - 1}) / ${this.rows})`;
    w.line(`let first_column = group % ${blocks} * ${d.columns};`);
    w.line(`let first_row = group / ${blocks} % ${down} * ${this.rows};`);
    w.line(`let batch = group / ${blocks} / ${down};`);
    w.line(`let rows = min(${this.rows}, ${this.size(m.rows)} - first_row);`);
    const fixed: Place = new Map(spread(s, m.batch, { text: "batch", level: 0 }));
    const made = this.rowValues(fixed);
    s.declare(`var<workgroup> row_piece: array<${this.element}, ${(this.rows * piece) / (this.fours ? 4 : 1)}>;`);
    w.line(d.deep ? `let slice = i32(lane) % ${d.slices};` : `let slice = i32(lane) / ${lanes / d.slices};`);
    const own = d.deep ? `i32(lane) / ${d.slices}` : `i32(lane) % ${lanes / d.slices}${d.width === 4 ? " * 4" : ""}`;
    w.line(`let column = first_column + ${own};`);
    const sums = this.names("sum");
    const kind = d.words ? "i32" : d.width === 4 && !d.deep ? "vec4f" : "f32";
    for (const sum of sums) for (let r = 0; r < this.rows; r++) w.line(`var ${sum}${r} = ${kind}();`);
    w.nest(`for (var start = 0; start < ${this.size(m.over)}; start += ${piece})`, 0, () => {
      this.fillRows(fixed, made);
      w.line("workgroupBarrier();");
      this.multiply(fixed, sums);
      w.line("workgroupBarrier();");
    });
    this.collect(sums, kind);
    this.results(fixed, finish);
  }

  /** What each row has but once, into workgroup memory. */
  private rowValues(fixed: Place): Map<Node, string> {
    const { s, m } = this;
    const w = s.writer;
    const nodes = [...new Set(this.products.flatMap((p) => rowValues(p.left, p, this.around)))];
    const made = new Map(nodes.map((n, i): [Node, string] => [n, `row_value${i}`]));
    if (nodes.length === 0) return made;
    for (const [n, name] of made) s.declare(`var<workgroup> ${name}: array<${register(n.dtype)}, ${this.rows}>;`);
    w.nest("for (var r = 0; r < rows; r++)", 0, () => {
      const row = w.bind("first_row + r", w.level, "row");
      const place = this.place(fixed, [m.rows, row]);
      for (const [n, name] of made) {
        for (const loop of loopsOf(n, this.around)) s.share(loop);
        const value = s.value(n, this.at(n, place));
        w.line(`if (lane == 0u) { ${name}[r] = ${value.text}; }`);
      }
    });
    w.line("workgroupBarrier();");
    return made;
  }

  /** The next places of the rows, into workgroup memory; four to an element where lanes stand along the sum. */
  private fillRows(fixed: Place, made: ReadonlyMap<Node, string>): void {
    const { s, m } = this;
    const w = s.writer;
    const four = this.fours;
    const each = four ? piece / 4 : piece;
    const placeAt = (r: Bound, k: Bound): Place => {
      const { level } = w;
      const row = w.bind(`first_row + ${r.text}`, level, "row");
      const place = this.place(fixed, [m.rows, row], [m.over, { ...k, level }]);
      for (const [n, name] of made) s.given(n, this.at(n, place), { text: `${name}[${r.text}]`, level });
      return this.at(m.left, place);
    };
    const value = (r: Bound, k: Bound): string => s.value(m.left, placeAt(r, k)).text;
    w.nest(`for (var q = i32(lane); q < rows * ${each}; q += ${lanes})`, w.level, () => {
      const r = w.bind(`q / ${each}`, w.level, "r");
      const k = w.bind(`start + q % ${each}${four ? " * 4" : ""}`, w.level, "k");
      w.line(`var x = ${this.element === "f32" ? "0f" : `${this.element}()`};`);
      w.nest(`if (${k.text} < ${this.size(m.over)})`, w.level, () => {
        if (this.d.words)
          w.line(`x = ${wordAt(s, m.left, m.over.at(-1)!.name, { ...k, level: w.level }, (at) => placeAt(r, at)).text};`);
        else if (!four) w.line(`x = ${value(r, k)};`);
        else
          w.nest("for (var j = 0; j < 4; j++)", w.level, () => {
            const at = w.bind(`${k.text} + j`, w.level, "k");
            w.line(`x[j] = ${value(r, at)};`);
          });
      });
      w.line("row_piece[q] = x;");
    });
  }

  /** A lane's share of the piece: its column (or four), every so manieth place of the sum. */
  private multiply(fixed: Place, sums: readonly string[]): void {
    const { s, m, d } = this;
    const w = s.writer;
    const step = d.deep ? d.width : 1;
    w.line(`let end = min(${piece}, ${this.size(m.over)} - start);`);
    w.nest(`if (column < ${this.size(m.columns)})`, w.level, () =>
      w.nest(`for (var k = slice${step > 1 ? ` * ${step}` : ""}; k < end; k += ${d.slices * step})`, w.level, () => {
        const at = w.bind("start + k", w.level, "at");
        const values = this.products.map((p, i) => this.matrixValues(p, i, fixed, at));
        const add = (r: number): void => {
          for (const [i, value] of values.entries()) w.line(`${sums[i]}${r} += ${value(r)};`);
        };
        add(0);
        if (this.rows > 1)
          w.nest("if (rows > 1)", w.level, () => {
            for (let r = 1; r < this.rows; r++) add(r);
          });
      }),
    );
  }

  /** What a row's values at a lane's places of the sum times the matrix's are, by row. */
  private matrixValues(p: Product, i: number, fixed: Place, at: Bound): (row: number) => string {
    const { s, d } = this;
    const placeAt = (k: Bound): Place =>
      this.at(p.right, this.place(fixed, [this.columns[i]!, { text: "column", level: s.writer.level }], [p.over, k]));
    if (d.words) {
      const dot = dotOf(this.around.target, p.left.dtype, p.right.dtype);
      const word = wordAt(s, p.right, p.over.at(-1)!.name, at, placeAt);
      return (r) => dot(`row_piece[${(r * piece) / 4} + k / 4]`, word.text);
    }
    const own = placeAt(at);
    if (!this.fours) {
      const value = d.width === 4 ? vectorAt(s, p.right, own) : s.value(p.right, own);
      return (r) => `row_piece[${r * piece} + k] * ${value.text}`;
    }
    const { vectors, factor } = neighboursAt(s, p.right, own, d.width as Width);
    return (r) => {
      const first = `row_piece[${(r * piece) / 4} + k / 4`;
      const dots = vectors.map((v, n) => `dot(${first}${n > 0 ? ` + ${n}` : ""}], ${v.text})`).join(" + ");
      return factor ? `${factor.text} * (${dots})` : dots;
    };
  }

  /** How many neighbouring lanes of a column a subgroup joins by itself. */
  private joinedLanes(): number {
    const least = this.s.subgroup ?? 1;
    return this.d.deep ? Math.min(this.d.slices, 2 ** Math.floor(Math.log2(least))) : 1;
  }

  /** Adds what the lanes of a column have. */
  private collect(sums: readonly string[], kind: string): void {
    const { s, d } = this;
    const w = s.writer;
    const across = lanes / d.slices;
    s.declare(`var<workgroup> parts: array<${kind}, ${lanes}>;`);
    const totals = this.names("total");
    for (const total of totals) s.declare(`var<workgroup> ${total}: array<${kind}, ${this.rows * across}>;`);
    for (const [i, sum] of sums.entries()) {
      const own = Array.from({ length: this.rows }, (_, r) => `${sum}${r}`);
      if (this.rows > 1) w.line(`var ${sum} = array<${kind}, ${this.rows}>(${own.join(", ")});`);
      const among = this.joinedLanes();
      w.nest("for (var r = 0; r < rows; r++)", 0, () => {
        if (among > 1) {
          w.line(`var own = ${this.rows > 1 ? `${sum}[r]` : own[0]};`);
          for (let step = among / 2; step >= 1; step /= 2) w.line(`own += subgroupShuffleXor(own, ${step}u);`);
          w.line(`if (lane % ${among}u == 0u) { parts[lane / ${among}u] = own; }`);
        } else w.line(`parts[lane] = ${this.rows > 1 ? `${sum}[r]` : own[0]};`);
        w.line("workgroupBarrier();");
        w.nest(`if (lane < ${across}u)`, w.level, () => {
          w.line(`var all = ${kind}();`);
          const part = d.deep ? `i32(lane) * ${d.slices / among} + j` : `i32(lane) + j * ${across}`;
          w.line(`for (var j = 0; j < ${d.slices / among}; j++) { all += parts[${part}]; }`);
          w.line(`${totals[i]}[r * ${across} + i32(lane)] = all;`);
        });
        w.line("workgroupBarrier();");
      });
    }
  }

  /** What follows the products, each result by one lane. */
  private results(fixed: Place, finish: (place: Place, values: readonly Bound[]) => void): void {
    const { s, m, d } = this;
    const w = s.writer;
    w.nest(`for (var e = i32(lane); e < rows * ${d.columns}; e += ${lanes})`, 0, () => {
      const row = w.bind(`first_row + e / ${d.columns}`, w.level, "row");
      const own = w.bind(`first_column + e % ${d.columns}`, w.level, "column");
      w.nest(`if (${own.text} < ${this.size(m.columns)})`, w.level, () => {
        const { level } = w;
        const place = this.place(fixed, [m.rows, { ...row, level }], [this.columns[0]!, { ...own, level }]);
        const values = this.names("total").map((total) =>
          w.bind(d.width === 4 && !d.deep ? `${total}[e / 4][e % 4]` : `${total}[e]`, level),
        );
        finish(place, values);
      });
    });
  }
}

/** The loops inside a value, innermost first. */
function loopsOf(node: Node, around: Around): Node[] {
  if (around.inMemory(node)) return [];
  return [...node.inputs.flatMap((i) => loopsOf(i, around)), ...(isLoop(node) ? [node] : [])];
}

function rowsOf({ rows }: Product): number {
  const count = countOf(rows);
  return typeof count === "number" ? Math.min(count, mostRows) : mostRows;
}

export const fewTemplate: Template = {
  name: "few rows",
  matches({ stores, loops }, around) {
    const [loop] = loops;
    const to = loop && fewRows(loop) && storeOf(stores, loop, around.inMemory);
    if (!to) return undefined;
    const products = loops.map((l) => fewRows(l)!);
    const [m] = products as [Product];
    const ways = loops.map((l) => storeOf([to.store], l, around.inMemory));
    if (ways.includes(undefined)) return undefined;
    const columns = columnsOf(
      products,
      ways.map((w) => orderOf(to.store, w!.way)),
    );
    if (!columns) return undefined;
    const d = division(products, columns, around);
    const rows = rowsOf(m);
    return {
      lanes,
      dispatch: [
        [
          [countOf(m.batch), 1],
          [countOf(m.rows), rows],
          [countOf(m.columns), d.columns],
        ],
      ],
      vectors: d.width > 1 && !d.words ? products.flatMap((p) => vectorOf(p.right, around)!.tensors) : [],
      kind: `few ${d.words ?? false} ${d.deep} ${d.columns} ${d.slices} ${d.width} ${rows} ${products.length}`,
      about: `${rows === 1 ? "a row" : `${rows} rows`} by ${d.columns} columns${products.length > 1 ? ` of ${products.length} products` : ""}`,
      write(s) {
        new FewWriter(s, products, columns, d, around).write((place, values) => {
          for (const [i, p] of products.entries()) s.result(p.node, values[i]!);
          s.finish(kernelPlace(s, to, place));
        });
      },
    };
  },
};
