/**
 * Products of matrices in tiles: a workgroup of 64 makes 32 by 32 results, each invocation 4 by 4, from pieces of both operands held in
 * workgroup memory. Operands and what follows the product are any expressions; several products of one left operand are made together.
 */
import { manyRows, type Product } from "../../fuse/product.ts";
import type { Axis } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Scope } from "../wgsl-values.ts";
import type { Bound } from "../wgsl-writer.ts";
import { letter, sumTiles } from "./pieces.ts";
import type { Template } from "./template.ts";
import { kernelPlace, orderOf, spread, storeOf } from "./way.ts";

/** A product whose columns hold the axis that is fastest in the store's memory. */
export function turned(p: Product, order: readonly string[]): Product {
  const inOrder = (axes: readonly Axis[]): Axis[] => order.flatMap((n) => axes.filter((a) => a.name === n));
  const swap = p.rows.some((a) => a.name === order.at(-1));
  const [left, right, rows, columns] = swap ? [p.right, p.left, p.columns, p.rows] : [p.left, p.right, p.rows, p.columns];
  return { ...p, left, right, batch: inOrder(p.batch), rows: inOrder(rows), columns: inOrder(columns) };
}

/** Writes a kernel body. `finish` is called once, inside the loop over an invocation's results, with the product's place and the products. */
function writeTiles(s: Scope, all: readonly Product[], finish: (place: Place, products: readonly Bound[]) => void): void {
  const w = s.writer;
  const [m] = all as [Product];
  const { params } = s.index;
  const size = (axes: readonly Axis[]): string => params.size(countOf(axes));
  const [rows, columns] = [size(m.rows), size(m.columns)];
  w.line(`let across = (${columns} + 31) / 32;`);
  w.line(`let down = (${rows} + 31) / 32;`);
  w.line(`let batch = group / (across * down);`);
  w.line(`let tile_row = group / across % down * 32;`);
  w.line(`let tile_column = group % across * 32;`);
  w.line(`let my_row = i32(lane) / 8 * 4;`);
  w.line(`let my_column = i32(lane) % 8 * 4;`);
  const fixed: Place = new Map(spread(s, m.batch, { text: "batch", level: 0 }));
  sumTiles(s, all, { row: "tile_row", column: "tile_column" }, fixed);
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
        [...all.keys()].map((i) => w.bind(`sum${letter(i)}[e / 4][e % 4]`, level)),
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
      kind: "tiles",
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
