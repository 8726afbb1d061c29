/**
 * The contraction as a product of matrices in tiles: a workgroup of 64 makes 32 by 32 results, each invocation 4 by 4, from
 * pieces of both operands held in workgroup memory. Operands and what follows the product are any expressions.
 */
import { isLoop } from "../../fuse/needs.ts";
import type { Store } from "../../fuse.ts";
import { type Axis, type Node, namesOf } from "../../ir/node.ts";
import { contractionAxes } from "../../ops/reductions.ts";
import { opOf } from "../../ops/table.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Dispatch } from "../wgsl-plan.ts";
import type { Scope } from "../wgsl-values.ts";
import type { Bound } from "../wgsl-writer.ts";
import type { Template } from "./template.ts";

/** A contraction seen as products of matrices: for each place of `batch`, rows by columns, summed over `over`. */
interface Matrices {
  readonly node: Node;
  /** The store that the product leads to, and what stands between. */
  readonly store: Store;
  readonly way: Way;
  /** The operand that has the rows, and the one that has the columns. */
  readonly left: Node;
  readonly right: Node;
  readonly batch: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly over: readonly Axis[];
}

const many = (axes: readonly Axis[], least: number): boolean => {
  const size = countOf(axes);
  return typeof size !== "number" || size >= least;
};

/** What stands between a kernel's places and its loop: views that only name places differently, outermost first. */
type Way = readonly Node[];

const renaming = new Set(["rename", "merge", "split"]);

/** The way from a node to a loop inside its kernel; undefined when it leads through a view that is no renaming. */
function wayTo(from: Node, loop: Node, inMemory: (n: Node) => boolean): Way | undefined {
  if (from === loop) return [];
  for (const input of from.inputs) {
    if (input !== loop && (inMemory(input) || isLoop(input))) continue;
    const rest = wayTo(input, loop, inMemory);
    if (rest === undefined) continue;
    if (renaming.has(from.op)) return [from, ...rest];
    return opOf(from.op).wgsl && input.axes.length === from.axes.length ? rest : undefined;
  }
  return undefined;
}

/** Names of axes at the kernel's places, in order, as the loop names them. */
function inward(names: readonly string[], { op, attrs }: Node): string[] {
  const replaced = (one: string, by: readonly string[]): string[] => names.flatMap((n) => (n === one ? by : [n]));
  if (op === "merge") return replaced(attrs.into as string, attrs.axes as readonly string[]);
  if (op === "rename")
    return names.map((n) => (attrs.from as readonly string[])[(attrs.to as readonly string[]).indexOf(n)] ?? n);
  const parts = (attrs.into as readonly Axis[]).map((a) => a.name);
  return names.flatMap((n) => (n === parts.at(-1) ? [attrs.axis as string] : parts.includes(n) ? [] : [n]));
}

/** A place as the loop has it, seen from outside a view. */
function outward(s: Scope, view: Node, place: Place): Place {
  const { op, attrs, inputs } = view;
  const changed = new Map(place);
  if (op === "rename")
    for (const [i, n] of (attrs.from as readonly string[]).entries())
      changed.set((attrs.to as readonly string[])[i]!, place.get(n)!);
  else if (op === "merge") {
    const parts = (attrs.axes as readonly string[]).map((n) => inputs[0]!.axes.find((a) => a.name === n)!);
    const whole = s.index.flatten(
      parts.map((a) => place.get(a.name)!),
      parts.map((a) => a.size),
    );
    changed.set(attrs.into as string, whole);
  } else for (const [name, c] of spread(s, attrs.into as readonly Axis[], place.get(attrs.axis as string)!)) changed.set(name, c);
  return new Map(view.axes.map((a) => [a.name, changed.get(a.name)!]));
}

/**
 * The loop of a kernel as matrices whose columns hold the axis that is fastest in the store's memory; undefined when it is no
 * contraction, tiles would be mostly empty, or the kernel's places are not the contraction's.
 */
function matricesOf(node: Node, store: Store, inMemory: (n: Node) => boolean): Matrices | undefined {
  if (node.op !== "contract") return undefined;
  const { batch, left: own, right: other, over } = contractionAxes(node);
  if (!many(own, 8) || !many(other, 8) || !many(over, 8)) return undefined;
  const way = wayTo(store.node, node, inMemory);
  if (!way) return undefined;
  const order = way.reduce(inward, namesOf(store.axes));
  const inOrder = (axes: readonly Axis[]): Axis[] => order.flatMap((n) => axes.filter((a) => a.name === n));
  const [a, b] = node.inputs as [Node, Node];
  return own.some((x) => x.name === order.at(-1))
    ? { node, store, way, left: b, right: a, batch: inOrder(batch), rows: inOrder(other), columns: inOrder(own), over }
    : { node, store, way, left: a, right: b, batch: inOrder(batch), rows: inOrder(own), columns: inOrder(other), over };
}

/** The workgroups that a product of matrices takes. */
const tilesOf = (m: Matrices): Dispatch => [
  [
    [countOf(m.batch), 1],
    [countOf(m.rows), 32],
    [countOf(m.columns), 32],
  ],
];

const tileMemory = `var<workgroup> left: array<f32, 512>;
var<workgroup> right: array<f32, 512>;
`;

const spread = (s: Scope, axes: readonly Axis[], at: Bound): [string, Bound][] =>
  s.index
    .unflatten(
      at,
      axes.map((a) => a.size),
    )
    .map((c, i) => [axes[i]!.name, c]);

/** Fills one piece: 32 lines by 16 places summed over, zero beyond the edges. */
function fill(
  s: Scope,
  name: string,
  operand: Node,
  lines: readonly Axis[],
  over: readonly Axis[],
  fixed: Place,
  m: { first: string; count: string; depth: string; start: string },
): void {
  const w = s.writer;
  const q = w.fresh("q");
  // Neighbouring lanes read neighbouring memory: along the summed axis when it is the operand's fastest, else along the lines.
  const deep = over.some((a) => a.name === operand.axes.at(-1)?.name);
  w.nest(`for (var ${q} = i32(lane); ${q} < 512; ${q} += 64)`, w.level, () => {
    const level = w.level;
    const k = w.bind(`${m.start} + ${deep ? `${q} % 16` : `${q} / 32`}`, level, "k");
    const line = w.bind(`${m.first} + ${deep ? `${q} / 16` : `${q} % 32`}`, level, "line");
    const x = w.fresh("x");
    w.line(`var ${x} = 0f;`);
    w.nest(`if (${k.text} < ${m.depth} && ${line.text} < ${m.count})`, level, () => {
      const inside = { level: w.level };
      const place: Place = new Map([
        ...fixed,
        ...spread(s, lines, { ...line, ...inside }),
        ...spread(s, over, { ...k, ...inside }),
      ]);
      const value = s.value(operand, new Map(operand.axes.map((a) => [a.name, place.get(a.name)!])));
      w.line(`${x} = ${value.text};`);
    });
    w.line(`${name}[(${k.text} - ${m.start}) * 32 + ${line.text} - ${m.first}] = ${x};`);
  });
}

/**
 * Writes a kernel body. `finish` is called once, inside the loop over an invocation's results, with the kernel's place, the
 * product's place and the product.
 */
function writeTiles(s: Scope, m: Matrices, finish: (place: Place, inner: Place, product: Bound) => void): void {
  const w = s.writer;
  const { params } = s.index;
  const [rows, columns, depth] = [m.rows, m.columns, m.over].map((axes) => params.size(countOf(axes))) as [
    string,
    string,
    string,
  ];
  w.line(`let across = (${columns} + 31) / 32;`);
  w.line(`let down = (${rows} + 31) / 32;`);
  w.line(`let batch = group / (across * down);`);
  w.line(`let tile_row = group / across % down * 32;`);
  w.line(`let tile_column = group % across * 32;`);
  w.line(`let my_row = i32(lane) / 8 * 4;`);
  w.line(`let my_column = i32(lane) % 8 * 4;`);
  const fixed: Place = new Map(spread(s, m.batch, { text: "batch", level: 0 }));
  for (let i = 0; i < 4; i++) w.line(`var sum${i} = vec4f();`);
  w.nest(`for (var start = 0; start < ${depth}; start += 16)`, 0, () => {
    fill(s, "left", m.left, m.rows, m.over, fixed, { first: "tile_row", count: rows, depth, start: "start" });
    fill(s, "right", m.right, m.columns, m.over, fixed, { first: "tile_column", count: columns, depth, start: "start" });
    w.line("workgroupBarrier();");
    w.nest("for (var k = 0; k < 512; k += 32)", w.level, () => {
      w.line("let c = k + my_column;");
      w.line("let r = vec4f(right[c], right[c + 1], right[c + 2], right[c + 3]);");
      for (let i = 0; i < 4; i++) w.line(`sum${i} += left[k + my_row + ${i}] * r;`);
    });
    w.line("workgroupBarrier();");
  });
  w.line("var sums = array<vec4f, 4>(sum0, sum1, sum2, sum3);");
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
      const product = w.bind("sums[e / 4][e % 4]", level);
      finish(
        [...m.way].reverse().reduce<Place>((p, view) => outward(s, view, p), place),
        place,
        product,
      );
    });
  });
}

export const tilesTemplate: Template = {
  name: "tiles",
  matches({ stores, loop }, { inMemory }) {
    const m = loop && stores.map((store) => matricesOf(loop, store, inMemory)).find((found) => found !== undefined);
    if (!m) return undefined;
    return {
      dispatch: tilesOf(m),
      about: "tiles of 32 by 32",
      write(s) {
        s.declare(tileMemory.trim());
        writeTiles(s, m, (place, inner, product) => {
          s.given(m.node, inner, product);
          s.finish(new Map([...place].map(([name, at]) => [m.store.names.get(name) ?? name, at])));
        });
      },
    };
  },
};
