/**
 * Attention of a few rows, as in a step of decoding, in one pass (Milakov and Gimelshein 2018, "Online normalizer calculation for softmax"):
 * a workgroup takes up to 8 rows that look at the same keys. For 128 keys at a time each lane makes the scores of one key, the rows' largest
 * and sums are brought up to date, and then each lane adds up a column of the values. Scores stay in workgroup memory.
 */

import { scoring } from "../../fuse/alone.ts";
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import { type Scores, scoresAt } from "./scores.ts";
import type { Around, KernelScope, Template } from "./template.ts";
import { vectorAt, vectorOf } from "./vector.ts";
import { kernelPlace, spread, storeOf } from "./way.ts";

const lanes = 128;
/** Lanes that share a row's largest and its sum. */
const share = 16;

interface Shape {
  /** Rows of a workgroup. */
  readonly rows: number;
  readonly depth: number;
  /** Columns of the values, padded to a power of two of at most 128, and how many of those groups there are. */
  readonly across: number;
  readonly groups: number;
  readonly four: boolean;
}

function shapeOf(m: Scores, around: Around): Shape | undefined {
  const [rows, depth, columns] = [m.rows, m.over, m.columns].map(countOf);
  if (typeof rows !== "number" || rows > 16 || typeof depth !== "number" || depth > 1024 || typeof columns !== "number")
    return undefined;
  const most = Math.min(8, rows, Math.floor(2048 / depth));
  if (columns > 512 || most < 1) return undefined;
  let across = 1;
  while (across < Math.min(columns, lanes)) across *= 2;
  const vector = vectorOf(m.k, around);
  return {
    rows: most,
    depth,
    across,
    groups: Math.ceil(columns / across),
    four: depth % 4 === 0 && vector?.axis === m.over.at(-1)?.name,
  };
}

const at = (node: Node, place: Place): Place => new Map(node.axes.map((a) => [a.name, place.get(a.name)!]));

class Attend {
  readonly s: KernelScope;
  readonly m: Scores;
  readonly shape: Shape;
  readonly fixed: Place;

  constructor(s: KernelScope, m: Scores, shape: Shape) {
    this.s = s;
    this.m = m;
    this.shape = shape;
    this.fixed = new Map(spread(s, m.batch, { text: "batch", level: 0 }));
  }

  private size(axes: readonly Axis[]): string {
    return this.s.index.params.size(countOf(axes));
  }

  private place(...parts: [readonly Axis[], Bound][]): Place {
    return new Map([...this.fixed, ...parts.flatMap(([axes, to]) => spread(this.s, axes, to))]);
  }

  write(finish: (place: Place, value: Bound) => void): void {
    const { s, m, shape } = this;
    const w = s.writer;
    const { rows, depth, across, groups } = shape;
    s.declare(`var<workgroup> queries: array<f32, ${rows * depth}>; // [row, ${m.over.map((a) => a.name).join(", ")}]`);
    s.declare(`var<workgroup> scores: array<f32, ${rows * lanes}>; // [row, key]`);
    s.declare(`var<workgroup> row_parts: array<f32, ${lanes}>;`);
    for (const name of ["row_most", "row_sum", "row_shrink"]) s.declare(`var<workgroup> ${name}: array<f32, ${rows}>;`);
    if (m.v) {
      w.line(`let column = i32(lane) % ${across};`);
      w.line(`let slice = i32(lane) / ${across};`);
      for (let r = 0; r < rows; r++) for (let g = 0; g < groups; g++) w.line(`var sum${r}_${g} = 0f;`);
    }
    this.begin();
    w.nest(`for (var start = 0; start < ${this.size([m.keys])}; start += ${lanes})`, 0, () => {
      this.scores();
      this.normalise();
      if (m.v) this.values();
      w.line("workgroupBarrier();");
    });
    if (m.v) this.attended(finish);
    else this.normalisers(finish);
  }

  private begin(): void {
    const { s, m, shape } = this;
    const w = s.writer;
    w.nest(`for (var q = i32(lane); q < rows * ${shape.depth}; q += ${lanes})`, 0, () => {
      const row = w.bind(`first_row + q / ${shape.depth}`, w.level, "row");
      const k = w.bind(`q % ${shape.depth}`, w.level, "k");
      w.line(`queries[q] = ${s.value(m.q, at(m.q, this.place([m.rows, row], [m.over, k]))).text};`);
    });
    w.line(`if (i32(lane) < rows) { row_most[lane] = -1e30f; row_sum[lane] = 0f; }`);
    w.line("workgroupBarrier();");
  }

  /** Products of the rows with a lane's key, then what is made of them; what is absent gets a score below all. */
  private scores(): void {
    const { s, m, shape } = this;
    const w = s.writer;
    const { rows, depth, four } = shape;
    const keys = this.size([m.keys]);
    w.line("let own_key = start + i32(lane);");
    for (let r = 0; r < rows; r++) w.line(`var product${r} = 0f;`);
    w.nest(`if (own_key < ${keys})`, w.level, () => {
      w.nest(`for (var d = 0; d < ${depth}; d += ${four ? 4 : 1})`, w.level, () => {
        const place = this.place([[m.keys], { text: "own_key", level: w.level }], [m.over, { text: "d", level: w.level }]);
        const key = four ? vectorAt(s, m.k, at(m.k, place)) : s.value(m.k, at(m.k, place));
        for (let r = 0; r < rows; r++) {
          const q = (j: number): string => `queries[${r * depth + j} + d]`;
          w.line(
            four
              ? `product${r} += dot(vec4f(${[0, 1, 2, 3].map(q).join(", ")}), ${key.text});`
              : `product${r} += ${q(0)} * ${key.text};`,
          );
        }
      });
    });
    for (let r = 0; r < rows; r++) w.line(`scores[${r * lanes} + i32(lane)] = product${r};`);
    w.line("workgroupBarrier();");
    w.nest(`for (var e = i32(lane); e < rows * ${lanes}; e += ${lanes})`, w.level, () => {
      const row = w.bind(`first_row + e / ${lanes}`, w.level, "row");
      const key = w.bind(`start + e % ${lanes}`, w.level, "key");
      w.line("var score = -3e38f;");
      w.nest(`if (${key.text} < ${keys})`, w.level, () => {
        const { level } = w;
        const place = this.place([m.rows, row], [[m.keys], { ...key, level }]);
        const write = (): void => {
          s.given(m.product, at(m.product, place), { text: "scores[e]", level });
          w.line(`score = ${s.value(m.scores, at(m.scores, place)).text};`);
        };
        if (!m.present) write();
        else {
          const present = s.value(m.present, at(m.present, place));
          w.nest(`if (${present.text})`, level, () => {
            const inside = this.place([m.rows, row], [[m.keys], { ...key, level: w.level }]);
            s.given(m.product, at(m.product, inside), { text: "scores[e]", level: w.level });
            w.line(`score = ${s.value(m.scores, at(m.scores, inside)).text};`);
          });
        }
      });
      w.line("scores[e] = score;");
    });
    w.line("workgroupBarrier();");
  }

  /** Scores become exp(score - largest so far); what was summed before shrinks by as much as the largest grew. */
  private normalise(): void {
    const w = this.s.writer;
    w.line(`let own_row = i32(lane) / ${share};`);
    w.line(`let first_score = own_row * ${lanes} + i32(lane) % ${share};`);
    const own = (body: string[]): void =>
      w.nest("if (own_row < rows)", w.level, () => {
        for (const l of body) w.line(l);
      });
    own([
      "var most = -3e38f;",
      `for (var j = 0; j < ${lanes}; j += ${share}) { most = max(most, scores[first_score + j]); }`,
      "row_parts[lane] = most;",
    ]);
    w.line("workgroupBarrier();");
    w.line("var largest = 0f;");
    own([
      "largest = row_most[own_row];",
      `for (var j = 0; j < ${share}; j++) { largest = max(largest, row_parts[own_row * ${share} + j]); }`,
    ]);
    w.line("workgroupBarrier();");
    own([
      "var part = 0f;",
      `for (var j = 0; j < ${lanes}; j += ${share}) {`,
      "  let score = scores[first_score + j];",
      "  let share = select(exp(score - largest), 0f, score < -2e38f);",
      "  scores[first_score + j] = share;",
      "  part += share;",
      "}",
      "row_parts[lane] = part;",
    ]);
    w.line("workgroupBarrier();");
    w.nest(`if (own_row < rows && i32(lane) % ${share} == 0)`, w.level, () => {
      w.line("let shrink = exp(row_most[own_row] - largest);");
      w.line("var total = row_sum[own_row] * shrink;");
      w.line(`for (var j = 0; j < ${share}; j++) { total += row_parts[own_row * ${share} + j]; }`);
      w.line("row_sum[own_row] = total;");
      w.line("row_shrink[own_row] = shrink;");
      w.line("row_most[own_row] = largest;");
    });
    w.line("workgroupBarrier();");
  }

  /** Adds the values of the keys, weighed. */
  private values(): void {
    const { s, m, shape } = this;
    const w = s.writer;
    const { rows, across, groups } = shape;
    const columns = countOf(m.columns) as number;
    for (let r = 0; r < rows; r++) for (let g = 0; g < groups; g++) w.line(`sum${r}_${g} *= row_shrink[${r}];`);
    w.line(`let end = min(${lanes}, ${this.size([m.keys])} - start);`);
    w.nest(`for (var j = slice; j < end; j += ${lanes / across})`, w.level, () => {
      const key = w.bind("start + j", w.level, "key");
      for (let g = 0; g < groups; g++) {
        const body = (): void => {
          const column = g === 0 ? { text: "column", level: w.level } : w.bind(`column + ${g * across}`, w.level, "column");
          const place = this.place([[m.keys], { ...key, level: w.level }], [m.columns, { ...column, level: w.level }]);
          const value = s.value(m.v!, at(m.v!, place));
          for (let r = 0; r < rows; r++) w.line(`sum${r}_${g} += scores[${r * lanes} + j] * ${value.text};`);
        };
        if ((g + 1) * across <= columns) body();
        else w.nest(`if (column + ${g * across} < ${columns})`, w.level, body);
      }
    });
  }

  /** Joins the slices of each column, and divides. */
  private attended(finish: (place: Place, value: Bound) => void): void {
    const { s, m, shape } = this;
    const w = s.writer;
    const { rows, across, groups } = shape;
    const columns = countOf(m.columns) as number;
    for (let g = 0; g < groups; g++) {
      const all = Array.from({ length: rows }, (_, r) => `sum${r}_${g}`);
      w.line(`var sums_${g} = array<f32, ${rows}>(${all.join(", ")});`);
      w.nest("for (var r = 0; r < rows; r++)", 0, () => {
        w.line(`row_parts[lane] = sums_${g}[r];`);
        w.line("workgroupBarrier();");
        const inside = columns < (g + 1) * across ? ` && column + ${g * across} < ${columns}` : "";
        w.nest(`if (slice == 0${inside})`, w.level, () => {
          w.line("var total = 0f;");
          w.line(`for (var j = 0; j < ${lanes}; j += ${across}) { total += row_parts[column + j]; }`);
          const value = w.bind("total / max(row_sum[r], 1e-30f)", w.level, "value");
          const row = w.bind("first_row + r", w.level, "row");
          const column = g === 0 ? { text: "column", level: w.level } : w.bind(`column + ${g * across}`, w.level, "column");
          finish(this.place([m.rows, row], [m.columns, column]), value);
        });
        w.line("workgroupBarrier();");
      });
    }
  }

  private normalisers(finish: (place: Place, value: Bound) => void): void {
    const w = this.s.writer;
    w.nest("if (i32(lane) < rows)", 0, () => {
      const value = w.bind("select(-1e30f, row_most[lane] + log(row_sum[lane]), row_sum[lane] > 0f)", w.level, "value");
      const row = w.bind("first_row + i32(lane)", w.level, "row");
      finish(this.place([this.m.rows, row]), value);
    });
  }
}

export const attendTemplate: Template = {
  name: "attention of few rows",
  matches({ stores, loop }, around) {
    if (!loop || !scoring.has(loop.op)) return undefined;
    const m = scoresAt(loop);
    const to = storeOf(stores, loop, around.inMemory);
    const shape = shapeOf(m, around);
    if (!to || !shape) return undefined;
    return {
      lanes,
      dispatch: [
        [
          [countOf(m.batch), 1],
          [countOf(m.rows), shape.rows],
        ],
      ],
      vectors: shape.four ? vectorOf(m.k, around)!.tensors : [],
      about: `one pass over the keys, ${shape.rows === 1 ? "a row" : `${shape.rows} rows`} a workgroup`,
      write(s) {
        const w = s.writer;
        const rows = s.index.params.size(countOf(m.rows));
        const blocks = Math.ceil((countOf(m.rows) as number) / shape.rows);
        w.line(`let batch = group / ${blocks};`);
        w.line(`let first_row = group % ${blocks} * ${shape.rows};`);
        w.line(`let rows = min(${shape.rows}, ${rows} - first_row);`);
        new Attend(s, m, shape).write((place, value) => {
          s.result(loop, value);
          s.finish(kernelPlace(s, to, place));
        });
      },
    };
  },
};
