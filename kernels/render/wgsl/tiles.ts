/**
 * Products of matrices in tiles: a workgroup of 64 makes 32 by 32 results, each invocation 4 by 4, from pieces of both operands held in
 * workgroup memory. Operands and what follows the product are any expressions; several products of one left operand are made together.
 */
import { manyRows, type Product } from "../../fuse/product.ts";
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Scope } from "../wgsl-values.ts";
import type { Bound } from "../wgsl-writer.ts";
import type { Template } from "./template.ts";
import { kernelPlace, orderOf, spread, storeOf } from "./way.ts";

/** A product whose columns hold the axis that is fastest in the store's memory. */
function turned(p: Product, order: readonly string[]): Product {
  const inOrder = (axes: readonly Axis[]): Axis[] => order.flatMap((n) => axes.filter((a) => a.name === n));
  const swap = p.rows.some((a) => a.name === order.at(-1));
  const [left, right, rows, columns] = swap ? [p.right, p.left, p.columns, p.rows] : [p.left, p.right, p.rows, p.columns];
  return { ...p, left, right, batch: inOrder(p.batch), rows: inOrder(rows), columns: inOrder(columns) };
}

/** A piece of an operand in workgroup memory: lines (rows or columns) by places summed over. */
interface Piece {
  readonly name: string;
  readonly operand: Node;
  readonly lines: readonly Axis[];
  readonly over: readonly Axis[];
  /** The first line of the piece, and how many there are. */
  readonly first: string;
  readonly count: string;
}

/** The distinct pieces of products, and which two each product multiplies. */
function piecesOf(s: Scope, all: readonly Product[]): { pieces: Piece[]; of: { left: string; right: string }[] } {
  const pieces: Piece[] = [];
  const piece = (side: "left" | "right", operand: Node, lines: readonly Axis[], over: readonly Axis[]): string => {
    const known = pieces.find((q) => q.operand === operand && q.name.startsWith(side));
    if (known) return known.name;
    const count = pieces.filter((q) => q.name.startsWith(side)).length;
    const name = `${side}${count === 0 ? "" : count}`;
    const first = side === "left" ? "tile_row" : "tile_column";
    pieces.push({ name, operand, lines, over, first, count: s.index.params.size(countOf(lines)) });
    return name;
  };
  const of = all.map((p) => ({ left: piece("left", p.left, p.rows, p.over), right: piece("right", p.right, p.columns, p.over) }));
  return { pieces, of };
}

/** Fills one piece: 32 lines by 16 places summed over, zero beyond the edges. */
function fill(s: Scope, { name, operand, lines, over, first, count }: Piece, fixed: Place, depth: string): void {
  const w = s.writer;
  const q = w.fresh("q");
  // Neighbouring lanes read neighbouring memory: along the summed axis when it is the operand's fastest, else along the lines.
  const deep = over.some((a) => a.name === operand.axes.at(-1)?.name);
  w.nest(`for (var ${q} = i32(lane); ${q} < 512; ${q} += 64)`, w.level, () => {
    const level = w.level;
    const k = w.bind(`start + ${deep ? `${q} % 16` : `${q} / 32`}`, level, "k");
    const line = w.bind(`${first} + ${deep ? `${q} / 16` : `${q} % 32`}`, level, "line");
    const x = w.fresh("x");
    w.line(`var ${x} = 0f;`);
    w.nest(`if (${k.text} < ${depth} && ${line.text} < ${count})`, level, () => {
      const inside = { level: w.level };
      const place: Place = new Map([
        ...fixed,
        ...spread(s, lines, { ...line, ...inside }),
        ...spread(s, over, { ...k, ...inside }),
      ]);
      const value = s.value(operand, new Map(operand.axes.map((a) => [a.name, place.get(a.name)!])));
      w.line(`${x} = ${value.text};`);
    });
    w.line(`${name}[(${k.text} - start) * 32 + ${line.text} - ${first}] = ${x};`);
  });
}

/** Writes a kernel body. `finish` is called once, inside the loop over an invocation's results, with the product's place and the products. */
function writeTiles(s: Scope, all: readonly Product[], finish: (place: Place, products: readonly Bound[]) => void): void {
  const w = s.writer;
  const [m] = all as [Product];
  const { params } = s.index;
  const size = (axes: readonly Axis[]): string => params.size(countOf(axes));
  const [rows, columns, depth] = [size(m.rows), size(m.columns), size(m.over)];
  const { pieces, of } = piecesOf(s, all);
  for (const { name } of pieces) s.declare(`var<workgroup> ${name}: array<f32, 512>;`);
  w.line(`let across = (${columns} + 31) / 32;`);
  w.line(`let down = (${rows} + 31) / 32;`);
  w.line(`let batch = group / (across * down);`);
  w.line(`let tile_row = group / across % down * 32;`);
  w.line(`let tile_column = group % across * 32;`);
  w.line(`let my_row = i32(lane) / 8 * 4;`);
  w.line(`let my_column = i32(lane) % 8 * 4;`);
  const fixed: Place = new Map(spread(s, m.batch, { text: "batch", level: 0 }));
  const sum = (product: number): string => `sum${"abcdefgh"[product]}`;
  for (const i of all.keys()) for (let r = 0; r < 4; r++) w.line(`var ${sum(i)}${r} = vec4f();`);
  w.nest(`for (var start = 0; start < ${depth}; start += 16)`, 0, () => {
    for (const piece of pieces) fill(s, piece, fixed, depth);
    w.line("workgroupBarrier();");
    w.nest("for (var k = 0; k < 512; k += 32)", w.level, () => {
      w.line("let c = k + my_column;");
      for (const [i, { left, right }] of of.entries()) {
        w.line(`let r${i} = vec4f(${[0, 1, 2, 3].map((j) => `${right}[c + ${j}]`).join(", ")});`);
        for (let r = 0; r < 4; r++) w.line(`${sum(i)}${r} += ${left}[k + my_row + ${r}] * r${i};`);
      }
    });
    w.line("workgroupBarrier();");
  });
  for (const i of all.keys()) w.line(`var ${sum(i)} = array<vec4f, 4>(${[0, 1, 2, 3].map((r) => `${sum(i)}${r}`).join(", ")});`);
  w.nest("for (var e = 0; e < 16; e++)", 0, () => {
    const row = w.bind("tile_row + my_row + e / 4", w.level, "row");
    const column = w.bind("tile_column + my_column + e % 4", w.level, "column");
    w.nest(`if (${row.text} < ${rows} && ${column.text} < ${columns})`, w.level, () => {
      const level = w.level;
      const place: Place = new Map([
        ...fixed,
        ...spread(s, m.rows, { ...row, level }),
        ...spread(s, m.columns, { ...column, level }),
      ]);
      finish(
        place,
        [...all.keys()].map((i) => w.bind(`${sum(i)}[e / 4][e % 4]`, level)),
      );
    });
  });
}

export const tilesTemplate: Template = {
  name: "tiles",
  matches({ stores, loops }, { inMemory }) {
    const [loop] = loops;
    const to = loop && manyRows(loop) && storeOf(stores, loop, inMemory);
    if (!to) return undefined;
    const all = loops.map((l) => {
      const way = storeOf([to.store], l, inMemory)?.way;
      return way && turned(manyRows(l)!, orderOf(to.store, way));
    });
    if (all.includes(undefined)) return undefined;
    const products = all as Product[];
    const [m] = products as [Product];
    return {
      dispatch: [
        [
          [countOf(m.batch), 1],
          [countOf(m.rows), 32],
          [countOf(m.columns), 32],
        ],
      ],
      about: `tiles of 32 by 32${all.length > 1 ? ` of ${all.length} products` : ""}`,
      write(s) {
        writeTiles(s, products, (place, values) => {
          for (const [i, p] of products.entries()) s.result(p.node, values[i]!);
          s.finish(kernelPlace(s, to, place));
        });
      },
    };
  },
};
