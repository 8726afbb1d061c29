/**
 * Products of what is itself made of products, without the latter ever lying in memory: tiles of 32 rows by 32 keys are made from their
 * factors, kept in workgroup memory, and multiplied on (Dao et al. 2022, "FlashAttention"). Attention and logarithms of sums of scores
 * normalise on the way, in one pass; a chained product, such as each gradient of attention, sums what an expression makes of the tiles.
 */

import { scoring } from "../../fuse/alone.ts";
import { chainOf } from "../../fuse/chain.ts";
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import { fill, type Pair, resultOf, sumTiles, vectorsOf } from "./pieces.ts";
import { type Scores, scoresAt } from "./scores.ts";
import type { KernelScope, Template } from "./template.ts";
import { kernelPlace, spread, storeOf } from "./way.ts";

/** What a kernel of this kind computes. */
interface Chain {
  /** The products within, and their nodes. */
  readonly products: readonly (Pair & { readonly node: Node })[];
  /** What is made of them at each row and key. */
  readonly tile: Node;
  /** Which of it exist; only where it is normalised. */
  readonly scores: Scores | undefined;
  /** What the tiles are multiplied by; nothing where only the normaliser is asked for. */
  readonly right: Node | undefined;
  readonly batch: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly keys: readonly Axis[];
  readonly columns: readonly Axis[];
}

const ofScores = (m: Scores): Chain => ({
  products: [{ node: m.product, left: m.q, right: m.k, rows: m.rows, columns: [m.keys], over: m.over }],
  tile: m.scores,
  scores: m,
  right: m.v,
  batch: m.batch,
  rows: m.rows,
  keys: [m.keys],
  columns: m.columns,
});

/** Pieces of 32 columns that a workgroup makes: at most 4, so that its sums stay in registers. */
function chunksOf({ columns, right }: Chain): number {
  const count = countOf(columns);
  if (!right) return 0;
  return typeof count === "number" ? Math.min(4, Math.ceil(count / 32)) : 4;
}

const at = (node: Node, place: Place): Place => new Map(node.axes.map((a) => [a.name, place.get(a.name)!]));

/** The products within, and that of the tiles with the right operand. */
const pairsOf = ({ products, right, rows, keys, columns, tile }: Chain): Pair[] => [
  ...products,
  ...(right ? [{ left: tile, right, rows, columns, over: keys }] : []),
];

class ChainWriter {
  readonly s: KernelScope;
  readonly c: Chain;
  readonly chunks: number;
  readonly fixed: Place;

  constructor(s: KernelScope, c: Chain) {
    this.s = s;
    this.c = c;
    this.chunks = chunksOf(c);
    this.fixed = new Map(spread(s, c.batch, { text: "batch", level: 0 }));
  }

  private size(axes: readonly Axis[]): string {
    return this.s.index.params.size(countOf(axes));
  }

  private place(...parts: [readonly Axis[], Bound][]): Place {
    return new Map([...this.fixed, ...parts.flatMap(([axes, to]) => spread(this.s, axes, to))]);
  }

  write(finish: (place: Place, value: Bound) => void): void {
    const { s, c, chunks } = this;
    const w = s.writer;
    s.declare("var<workgroup> tile: array<f32, 1056>; // [row, key], a row every 33");
    if (c.scores) for (const name of ["row_most", "row_sum", "row_shrink"]) s.declare(`var<workgroup> ${name}: array<f32, 32>;`);
    w.line("let my_row = i32(lane) / 8 * 4;");
    w.line("let my_column = i32(lane) % 8 * 4;");
    for (let j = 0; j < chunks; j++) for (let r = 0; r < 4; r++) w.line(`var out${j}_${r} = vec4f();`);
    if (c.scores) w.line("if (lane < 32u) { row_most[lane] = -1e30f; row_sum[lane] = 0f; }");
    const end = this.end();
    w.nest(`for (var tile_key = 0; tile_key < ${end}; tile_key += 32)`, 0, () => {
      sumTiles(s, c.products, { row: "tile_row", column: "tile_key", side: 32 }, this.fixed);
      this.fillTile();
      w.line("workgroupBarrier();");
      if (c.scores) this.normalise();
      for (let j = 0; j < chunks; j++) this.multiply(j);
    });
    if (c.right) this.results(finish);
    else this.normalisers(finish);
  }

  /** Where the keys end that any row of the tile looks at: a causal mask cuts the loop. */
  private end(): string {
    const { s, c } = this;
    const w = s.writer;
    const keys = this.size(c.keys);
    const mask = c.scores?.mask;
    const row = c.rows.at(-1);
    if (!mask?.causal || !row || row.name !== mask.causal.row) return keys;
    const size = s.index.params.size(row.size);
    const last = w.bind(`min(tile_row + 31, ${this.size(c.rows)} - 1)`, 0, "last");
    const bounds = [s.value(mask.causal.offset, at(mask.causal.offset, this.fixed)).text];
    const reach = `${last.text} % ${size} + ${bounds[0]} + 1`;
    const far = mask.prefix ? `max(${reach}, ${s.value(mask.prefix, at(mask.prefix, this.fixed)).text})` : reach;
    // Rows of several texts in one tile: the tile ends with a whole text in it.
    return w.bind(`select(${keys}, clamp(${far}, 0, ${keys}), tile_row / ${size} == ${last.text} / ${size})`, 0, "end").text;
  }

  private fillTile(): void {
    const { s, c } = this;
    const w = s.writer;
    const absent = c.scores ? "-3e38f" : "0f";
    w.nest("for (var e = 0; e < 16; e++)", w.level, () => {
      const row = w.bind("tile_row + my_row + e / 4", w.level, "row");
      const key = w.bind("tile_key + my_column + e % 4", w.level, "key");
      w.line(`var x = ${absent};`);
      w.nest(`if (${row.text} < ${this.size(c.rows)} && ${key.text} < ${this.size(c.keys)})`, w.level, () => {
        const put = (): void => {
          const { level } = w;
          const place = this.place([c.rows, { ...row, level }], [c.keys, { ...key, level }]);
          for (const [i, { node }] of c.products.entries()) s.given(node, at(node, place), { text: resultOf(i), level });
          w.line(`x = ${s.value(c.tile, at(c.tile, place)).text};`);
        };
        const present = c.scores?.present;
        if (!present) return put();
        const { level } = w;
        const place = this.place([c.rows, { ...row, level }], [c.keys, { ...key, level }]);
        w.nest(`if (${s.value(present, at(present, place)).text})`, level, put);
      });
      w.line("tile[(my_row + e / 4) * 33 + my_column + e % 4] = x;");
    });
  }

  /** Scores become exp(score - largest so far); what was summed before shrinks by as much as the largest grew. */
  private normalise(): void {
    const w = this.s.writer;
    w.nest("if (lane < 32u)", w.level, () => {
      w.line("let first = i32(lane) * 33;");
      w.line("var largest = row_most[lane];");
      w.line("for (var j = first; j < first + 32; j++) { largest = max(largest, tile[j]); }");
      w.line("let shrink = exp(row_most[lane] - largest);");
      w.line("var total = row_sum[lane] * shrink;");
      w.nest("for (var j = first; j < first + 32; j++)", w.level, () => {
        w.line("let share = select(exp(tile[j] - largest), 0f, tile[j] < -2e38f);");
        w.line("tile[j] = share;");
        w.line("total += share;");
      });
      w.line("row_most[lane] = largest;");
      w.line("row_sum[lane] = total;");
      w.line("row_shrink[lane] = shrink;");
    });
    w.line("workgroupBarrier();");
    for (let j = 0; j < this.chunks; j++) for (let r = 0; r < 4; r++) w.line(`out${j}_${r} *= row_shrink[my_row + ${r}];`);
  }

  /** The tile by 32 columns of the right operand, 16 keys at a time. */
  private multiply(chunk: number): void {
    const { s, c } = this;
    const w = s.writer;
    const name = "values";
    const half = w.fresh("half");
    w.nest(`for (var ${half} = 0; ${half} < 32; ${half} += 16)`, w.level, () => {
      const start = w.bind(`tile_key + ${half}`, w.level, "start").text;
      const first = chunk === 0 ? "first_column" : w.bind(`first_column + ${chunk * 32}`, 0, "first").text;
      fill(s, { name, operand: c.right!, lines: c.columns, over: c.keys, first, start, deep: 16, side: 32 }, this.fixed);
      w.line("workgroupBarrier();");
      w.nest("for (var k = 0; k < 16; k++)", w.level, () => {
        w.line(`let v = ${name}[k * 8 + my_column / 4];`);
        for (let r = 0; r < 4; r++) w.line(`out${chunk}_${r} += tile[(my_row + ${r}) * 33 + ${half} + k] * v;`);
      });
      w.line("workgroupBarrier();");
    });
  }

  private results(finish: (place: Place, value: Bound) => void): void {
    const { c, chunks } = this;
    const w = this.s.writer;
    const all = Array.from({ length: 4 * chunks }, (_, i) => `out${i >> 2}_${i & 3}`);
    w.line(`var outs = array<vec4f, ${4 * chunks}>(${all.join(", ")});`);
    w.nest(`for (var e = 0; e < ${16 * chunks}; e++)`, 0, () => {
      const row = w.bind("tile_row + my_row + e / 4 % 4", w.level, "row");
      const column = w.bind("first_column + e / 16 * 32 + my_column + e % 4", w.level, "column");
      w.nest(`if (${row.text} < ${this.size(c.rows)} && ${column.text} < ${this.size(c.columns)})`, w.level, () => {
        const { level } = w;
        const sum = "outs[e / 4][e % 4]";
        const value = w.bind(c.scores ? `${sum} / max(row_sum[my_row + e / 4 % 4], 1e-30f)` : sum, level, "value");
        finish(this.place([c.rows, { ...row, level }], [c.columns, { ...column, level }]), value);
      });
    });
  }

  private normalisers(finish: (place: Place, value: Bound) => void): void {
    const { c } = this;
    const w = this.s.writer;
    w.nest(`if (lane < 32u && tile_row + i32(lane) < ${this.size(c.rows)})`, 0, () => {
      const value = w.bind("select(-1e30f, row_most[lane] + log(row_sum[lane]), row_sum[lane] > 0f)", w.level, "value");
      const row = w.bind("tile_row + i32(lane)", w.level, "row");
      finish(this.place([c.rows, row]), value);
    });
  }
}

export const scoreTilesTemplate: Template = {
  name: "tiles of scores",
  matches({ stores, loop }, around) {
    const c = loop && (scoring.has(loop.op) ? ofScores(scoresAt(loop)) : chainOf(loop, around.inMemory));
    const to = c && storeOf(stores, loop, around.inMemory);
    if (!to) return undefined;
    const width = 32 * chunksOf(c);
    return {
      dispatch: [[[countOf(c.batch), 1], [countOf(c.rows), 32], ...(c.right ? [[countOf(c.columns), width] as const] : [])]],
      vectors: vectorsOf(pairsOf(c), around),
      about: c.scores
        ? `one pass over the keys, tiles of 32 by 32${c.right ? "" : ", the normaliser alone"}`
        : `tiles of 32 by 32 made from ${c.products.length} products and multiplied on`,
      write(s) {
        const w = s.writer;
        const across = c.right
          ? w.bind(`(${s.index.params.size(countOf(c.columns))} + ${width - 1}) / ${width}`, 0, "across").text
          : "1";
        w.line(`let down = (${s.index.params.size(countOf(c.rows))} + 31) / 32;`);
        if (c.right) w.line(`let first_column = group % ${across} * ${width};`);
        w.line(`let tile_row = group / ${across} % down * 32;`);
        w.line(`let batch = group / ${across} / down;`);
        new ChainWriter(s, c).write((place, value) => {
          s.result(loop, value);
          s.finish(kernelPlace(s, to, place));
        });
      },
    };
  },
};
