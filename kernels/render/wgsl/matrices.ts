/**
 * Products on the units that multiply small matrices (tensor cores), where the device offers them: a workgroup of four subgroups makes 64
 * by 64 results from pieces in workgroup memory. Halves take part only where an operand is stored in no more bits than that, so that a
 * program in f32 loses nothing. The WGSL is that of `chromium_experimental_subgroup_matrix` as Dawn takes it.
 */
import { manyRows, type Product } from "../../fuse/product.ts";
import { bits, isFloat } from "../../ir/dtype.ts";
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import type { MatrixConfig, Target } from "./target.ts";
import type { Around, KernelScope, Template } from "./template.ts";
import { turned } from "./tiles.ts";
import { kernelPlace, orderOf, spread, storeOf } from "./way.ts";

/** Lanes of a subgroup, results along a side of a workgroup's tile, and places summed over that are held at once. */
const [subgroup, side, deep] = [32, 64, 32];
const lanes = 4 * subgroup;

/** Whether what an operand is made of lies in memory in 16 bits or fewer. */
function narrow(node: Node, { inMemory }: Around): boolean {
  if (inMemory(node)) return node.dtype !== "bool" && bits(node.dtype) <= 16;
  return node.inputs.some((x) => narrow(x, { inMemory } as Around));
}

const fits = ({ m, n, k }: MatrixConfig): boolean => 32 % m === 0 && 32 % n === 0 && deep % k === 0;

/** The unit's form for a product: in f32 where there is one, in halves with sums in f32 (or halves) where an operand is narrow. */
export function configFor({ matrices, subgroups, f16 }: Target, halves: boolean): MatrixConfig | undefined {
  if (subgroups?.least !== subgroup || subgroups.most !== subgroup) return undefined;
  const wanted = [["f32", "f32"], ...(halves && f16 ? [["f16", "f32"]] : [])];
  if (halves) wanted.reverse();
  for (const [component, result] of wanted) {
    const found = matrices.find((c) => c.component === component && c.result === result && fits(c));
    if (found) return found;
  }
  return undefined;
}

/** A piece of an operand: `lines` by `deep` places summed over. */
interface Piece {
  readonly name: string;
  readonly node: Node;
  readonly lines: readonly Axis[];
  readonly over: readonly Axis[];
  readonly first: string;
}

/** Fills a piece, zero beyond the edges; `upright` ones have the places summed over first. */
function fill(s: KernelScope, config: MatrixConfig, piece: Piece, fixed: Place, upright: boolean): void {
  const { name, node, lines, over, first } = piece;
  const w = s.writer;
  const [count, depth] = [lines, over].map((axes) => s.index.params.size(countOf(axes)));
  const along = over.some((a) => a.name === node.axes.at(-1)?.name);
  const q = w.fresh("q");
  w.nest(`for (var ${q} = i32(lane); ${q} < ${side * deep}; ${q} += ${lanes})`, w.level, () => {
    const level = w.level;
    // Neighbouring lanes read neighbouring memory.
    const k = w.bind(along ? `${q} % ${deep}` : `${q} / ${side}`, level, "k");
    const line = w.bind(along ? `${q} / ${deep}` : `${q} % ${side}`, level, "line");
    const x = w.fresh("x");
    w.line(`var ${x} = 0f;`);
    w.nest(`if (start + ${k.text} < ${depth} && ${first} + ${line.text} < ${count})`, level, () => {
      const inside = { level: w.level };
      const here = w.bind(`${first} + ${line.text}`, w.level, "line");
      const there = w.bind(`start + ${k.text}`, w.level, "k");
      const place: Place = new Map([
        ...fixed,
        ...spread(s, lines, { ...here, ...inside }),
        ...spread(s, over, { ...there, ...inside }),
      ]);
      w.line(`${x} = ${s.value(node, new Map(node.axes.map((a) => [a.name, place.get(a.name)!]))).text};`);
    });
    const at = upright ? `${k.text} * ${side} + ${line.text}` : `${line.text} * ${deep} + ${k.text}`;
    w.line(`${name}[${at}] = ${config.component}(${x});`);
  });
}

/** A small matrix of a subgroup's 32 by 32 results of one product. */
interface Sum {
  readonly name: string;
  readonly product: number;
  readonly row: number;
  readonly column: number;
}

function sumsOf({ m, n }: MatrixConfig, products: number): Sum[] {
  const each = (32 / m) * (32 / n);
  return Array.from({ length: products * each }, (_, i) => {
    const [product, place] = [Math.floor(i / each), i % each];
    const [row, column] = [Math.floor(place / (32 / n)) * m, (place % (32 / n)) * n];
    return { name: `sum${product}_${row}_${column}`, product, row, column };
  });
}

/** Multiplies the pieces: every small matrix of the subgroup's results grows by products of small ones. */
function multiply(s: KernelScope, { component: type, m, n, k }: MatrixConfig, sums: readonly Sum[]): void {
  const w = s.writer;
  const load = (kind: string, piece: string, at: string, stride: number): string =>
    `subgroupMatrixLoad<subgroup_matrix_${kind}<${type}, ${kind === "left" ? `${k}, ${m}` : `${n}, ${k}`}>, row_major>(&${piece}, ${at}, ${stride}u)`;
  w.nest(`for (var k = 0u; k < ${deep}u; k += ${k}u)`, w.level, () => {
    for (const row of new Set(sums.map((x) => x.row)))
      w.line(`let left_${row} = ${load("left", "matrix_left", `(my_row + ${row}u) * ${deep}u + k`, deep)};`);
    for (const { product, column } of sums.filter((x) => x.row === 0)) {
      const right = `right${product}_${column}`;
      w.line(`let ${right} = ${load("right", `matrix_right${product}`, `k * ${side}u + my_column + ${column}u`, side)};`);
      for (const x of sums.filter((y) => y.product === product && y.column === column))
        w.line(`${x.name} = subgroupMatrixMultiplyAccumulate(left_${x.row}, ${right}, ${x.name});`);
    }
  });
}

/** Hands on the results strip by strip, each as many rows of every subgroup as a small matrix has. */
function handOn(s: KernelScope, p: Product, config: MatrixConfig, sums: readonly Sum[], fixed: Place, finish: Finish): void {
  const w = s.writer;
  const { m } = config;
  const [rows, columns] = [p.rows, p.columns].map((axes) => s.index.params.size(countOf(axes)));
  w.nest(`for (var strip = 0; strip < 32; strip += ${m})`, 0, () => {
    for (const strip of new Set(sums.map((x) => x.row)))
      w.nest(`if (strip == ${strip})`, w.level, () => {
        for (const x of sums.filter((y) => y.row === strip))
          w.line(
            `subgroupMatrixStore<row_major>(&matrix_results${x.product}, my_row / 32u * ${m * side}u + my_column + ${x.column}u, ${x.name}, ${side}u);`,
          );
      });
    w.line("workgroupBarrier();");
    w.nest(`for (var e = i32(lane); e < ${2 * m * side}; e += ${lanes})`, w.level, () => {
      const row = w.bind(`tile_row + e / ${m * side} * 32 + strip + e / ${side} % ${m}`, w.level, "row");
      const column = w.bind(`tile_column + e % ${side}`, w.level, "column");
      w.nest(`if (${row.text} < ${rows} && ${column.text} < ${columns})`, w.level, () => {
        const { level } = w;
        const place = [...fixed, ...spread(s, p.rows, { ...row, level }), ...spread(s, p.columns, { ...column, level })];
        const products = new Set(sums.map((x) => x.product));
        finish(
          new Map(place),
          [...products].map((i) => w.bind(`f32(matrix_results${i}[e])`, level)),
        );
      });
    });
    w.line("workgroupBarrier();");
  });
}

type Finish = (place: Place, values: readonly Bound[]) => void;

function write(s: KernelScope, all: readonly Product[], config: MatrixConfig, finish: Finish): void {
  const w = s.writer;
  const [p] = all as [Product];
  const size = (axes: readonly Axis[]): string => s.index.params.size(countOf(axes));
  s.declare("enable chromium_experimental_subgroup_matrix;");
  if (config.component === "f16") s.declare("enable f16;");
  // All lanes of a subgroup have its offsets in common, which no analysis of `lane / 32` sees.
  s.declare("diagnostic(off, chromium.subgroup_matrix_uniformity);");
  s.declare(`var<workgroup> matrix_left: array<${config.component}, ${side * deep}>;`);
  for (const i of all.keys()) {
    s.declare(`var<workgroup> matrix_right${i}: array<${config.component}, ${side * deep}>;`);
    s.declare(`var<workgroup> matrix_results${i}: array<${config.result}, ${2 * config.m * side}>;`);
  }
  w.line(`let across = (${size(p.columns)} + ${side - 1}) / ${side};`);
  w.line(`let down = (${size(p.rows)} + ${side - 1}) / ${side};`);
  w.line("let batch = group / (across * down);");
  w.line(`let tile_row = group / across % down * ${side};`);
  w.line(`let tile_column = group % across * ${side};`);
  w.line(`let my_row = lane / ${2 * subgroup}u * 32u;`);
  w.line(`let my_column = lane / ${subgroup}u % 2u * 32u;`);
  const fixed: Place = new Map(spread(s, p.batch, { text: "batch", level: 0 }));
  const sums = sumsOf(config, all.length);
  for (const { name } of sums) w.line(`var ${name}: subgroup_matrix_result<${config.result}, ${config.n}, ${config.m}>;`);
  w.nest(`for (var start = 0; start < ${size(p.over)}; start += ${deep})`, 0, () => {
    fill(s, config, { name: "matrix_left", node: p.left, lines: p.rows, over: p.over, first: "tile_row" }, fixed, false);
    for (const [i, q] of all.entries())
      fill(
        s,
        config,
        { name: `matrix_right${i}`, node: q.right, lines: q.columns, over: q.over, first: "tile_column" },
        fixed,
        true,
      );
    w.line("workgroupBarrier();");
    multiply(s, config, sums);
    w.line("workgroupBarrier();");
  });
  handOn(s, p, config, sums, fixed, finish);
}

/** The bytes of workgroup memory that every device with such units has. */
const room = 32768;

function memoryOf({ component, result, m }: MatrixConfig, products: number): number {
  const bytes = (type: string): number => (type === "f16" ? 2 : 4);
  return side * deep * bytes(component) * (1 + products) + 2 * m * side * bytes(result) * products;
}

export const matricesTemplate: Template = {
  name: "matrices",
  matches({ stores, loops }, around) {
    const [loop] = loops;
    if (around.target.matrices.length === 0 || !loop || !isFloat(loop.dtype)) return undefined;
    const to = manyRows(loop) && storeOf(stores, loop, around.inMemory);
    if (!to) return undefined;
    const all = loops.map((l) => {
      const way = manyRows(l) && storeOf([to.store], l, around.inMemory)?.way;
      return way && turned(manyRows(l)!, orderOf(to.store, way));
    });
    if (all.includes(undefined)) return undefined;
    const products = all as Product[];
    const [p] = products as [Product];
    // What is turned differently shares no piece.
    if (products.some((q) => q.left !== p.left)) return undefined;
    const halves = products.every((q) => narrow(q.left, around) || narrow(q.right, around));
    const config = configFor(around.target, halves);
    if (!config || memoryOf(config, products.length) > room) return undefined;
    return {
      dispatch: [
        [
          [countOf(p.batch), 1],
          [countOf(p.rows), side],
          [countOf(p.columns), side],
        ],
      ],
      lanes,
      kind: "tiles",
      about: `tiles of ${side} by ${side} of matrices of ${config.m} by ${config.n} by ${config.k} in ${config.component}`,
      write(s) {
        write(s, products, config, (place, values) => {
          for (const [i, q] of products.entries()) s.result(q.node, values[i]!);
          s.finish(kernelPlace(s, to, place));
        });
      },
    };
  },
};
