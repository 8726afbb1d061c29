/**
 * Products of matrices in tiles: a workgroup of 64 makes 32 by 32 results, each invocation 4 by 4, or 64 by 64 of large ones, each invocation
 * 8 by 8, from pieces of both operands held in workgroup memory. Operands and what follows the product are any expressions; several products of one left operand are made together.
 */
import { many, manyRows, type Product } from "../../fuse/product.ts";
import type { Axis } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import { ofBytes } from "./bytes.ts";
import { resultOf, sumTiles, vectorsOf } from "./pieces.ts";
import type { KernelScope, Template } from "./template.ts";
import { kernelPlace, orderOf, spread, storeOf } from "./way.ts";

/** A product whose columns hold the axis that is fastest in the store's memory. */
export function turned(p: Product, order: readonly string[]): Product {
  const inOrder = (axes: readonly Axis[]): Axis[] => order.flatMap((n) => axes.filter((a) => a.name === n));
  const swap = p.rows.some((a) => a.name === order.at(-1));
  const [left, right, rows, columns] = swap ? [p.right, p.left, p.columns, p.rows] : [p.left, p.right, p.rows, p.columns];
  return { ...p, left, right, batch: inOrder(p.batch), rows: inOrder(rows), columns: inOrder(columns) };
}

/** Writes a kernel body. `finish` is called once, inside the loop over an invocation's results, with the product's place and the products. */
function writeTiles(
  s: KernelScope,
  all: readonly Product[],
  side: 32 | 64,
  finish: (place: Place, products: readonly Bound[]) => void,
): void {
  const w = s.writer;
  const [m] = all as [Product];
  const { params } = s.index;
  const size = (axes: readonly Axis[]): string => params.size(countOf(axes));
  const [rows, columns] = [size(m.rows), size(m.columns)];
  const own = side / 8;
  w.line(`let across = (${columns} + ${side - 1}) / ${side};`);
  w.line(`let down = (${rows} + ${side - 1}) / ${side};`);
  w.line(`let batch = group / (across * down);`);
  w.line(`let tile_row = group / across % down * ${side};`);
  w.line(`let tile_column = group % across * ${side};`);
  w.line(`let my_row = i32(lane) / 8 * ${own};`);
  w.line(`let my_column = i32(lane) % 8 * ${own};`);
  const fixed: Place = new Map(spread(s, m.batch, { text: "batch", level: 0 }));
  sumTiles(s, all, { row: "tile_row", column: "tile_column", side }, fixed);
  w.nest(`for (var e = 0; e < ${own * own}; e++)`, 0, () => {
    const row = w.bind(`tile_row + my_row + e / ${own}`, w.level, "row");
    const column = w.bind(`tile_column + my_column + e % ${own}`, w.level, "column");
    w.nest(`if (${row.text} < ${rows} && ${column.text} < ${columns})`, w.level, () => {
      const level = w.level;
      const place: Place = new Map([
        ...fixed,
        ...spread(s, m.rows, { ...row, level }),
        ...spread(s, m.columns, { ...column, level }),
      ]);
      finish(
        place,
        [...all.keys()].map((i) => w.bind(resultOf(i), level)),
      );
    });
  });
}

export const tilesTemplate: Template = {
  name: "tiles",
  matches({ stores, loops }, around) {
    const { inMemory } = around;
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
    const side = products.length === 1 && many(m.rows, 256) && many(m.columns, 256) ? 64 : 32;
    return {
      dispatch: [
        [
          [countOf(m.batch), 1],
          [countOf(m.rows), side],
          [countOf(m.columns), side],
        ],
      ],
      kind: `tiles ${side}${ofBytes(m.left) ? " of bytes" : ""}`,
      vectors: vectorsOf(products, around),
      about: `tiles of ${side} by ${side}${all.length > 1 ? ` of ${all.length} products` : ""}`,
      write(s) {
        writeTiles(s, products, side, (place, values) => {
          for (const [i, p] of products.entries()) s.result(p.node, values[i]!);
          s.finish(kernelPlace(s, to, place));
        });
      },
    };
  },
};
