/** Pieces of operands in workgroup memory, from which products in tiles are made: 32 lines (rows or columns) by some places summed over. */
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Scope } from "../wgsl-values.ts";
import { spread } from "./way.ts";

/** Two operands that share the axes which are summed. */
export interface Pair {
  readonly left: Node;
  readonly right: Node;
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly over: readonly Axis[];
}

/** A piece of an operand: 32 lines by `deep` places summed over, the places slower. */
export interface Piece {
  readonly name: string;
  readonly operand: Node;
  readonly lines: readonly Axis[];
  readonly over: readonly Axis[];
  /** The expression of the first line, and of the first place that is summed over. */
  readonly first: string;
  readonly start: string;
  readonly deep: number;
}

/** The distinct pieces of products, 16 deep from `start`, and which two each product multiplies; they are declared. */
export function piecesOf(
  s: Scope,
  all: readonly Pair[],
  first: { readonly row: string; readonly column: string },
): { pieces: Piece[]; of: { left: string; right: string }[] } {
  const pieces: Piece[] = [];
  const piece = (side: "left" | "right", operand: Node, lines: readonly Axis[], over: readonly Axis[]): string => {
    const known = pieces.find((q) => q.operand === operand && q.name.startsWith(side));
    if (known) return known.name;
    const count = pieces.filter((q) => q.name.startsWith(side)).length;
    const name = `${side}${count === 0 ? "" : count}`;
    pieces.push({ name, operand, lines, over, first: side === "left" ? first.row : first.column, start: "start", deep: 16 });
    s.declare(`var<workgroup> ${name}: array<f32, 512>;`);
    return name;
  };
  const of = all.map((p) => ({ left: piece("left", p.left, p.rows, p.over), right: piece("right", p.right, p.columns, p.over) }));
  return { pieces, of };
}

/** Fills a piece by 64 lanes, with zero beyond the edges. `fixed` holds the coordinates that all places share. */
export function fill(s: Scope, { name, operand, lines, over, first, start, deep }: Piece, fixed: Place): void {
  const w = s.writer;
  const [count, depth] = [lines, over].map((axes) => s.index.params.size(countOf(axes)));
  const q = w.fresh("q");
  // Neighbouring lanes read neighbouring memory: along the summed axis when it is the operand's fastest, else along the lines.
  const along = over.some((a) => a.name === operand.axes.at(-1)?.name);
  w.nest(`for (var ${q} = i32(lane); ${q} < ${deep * 32}; ${q} += 64)`, w.level, () => {
    const level = w.level;
    const k = w.bind(`${start} + ${along ? `${q} % ${deep}` : `${q} / 32`}`, level, "k");
    const line = w.bind(`${first} + ${along ? `${q} / ${deep}` : `${q} % 32`}`, level, "line");
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
    w.line(`${name}[(${k.text} - ${start}) * 32 + ${line.text} - ${first}] = ${x};`);
  });
}

/** A product's name among several. */
export const letter = (product: number): string => "abcdefgh"[product]!;

/** Sums over `depth` places, 16 at a time: `<prefix>a0` to `<prefix>a3` are a lane's 4 by 4 results of the first product, and so on. */
export function sumTiles(
  s: Scope,
  all: readonly Pair[],
  first: { readonly row: string; readonly column: string },
  fixed: Place,
  prefix = "sum",
): void {
  const w = s.writer;
  const { pieces, of } = piecesOf(s, all, first);
  for (const i of all.keys()) for (let r = 0; r < 4; r++) w.line(`var ${prefix}${letter(i)}${r} = vec4f();`);
  w.nest(`for (var start = 0; start < ${s.index.params.size(countOf(all[0]!.over))}; start += 16)`, w.level, () => {
    for (const piece of pieces) fill(s, piece, fixed);
    w.line("workgroupBarrier();");
    w.nest("for (var k = 0; k < 512; k += 32)", w.level, () => {
      w.line("let c = k + my_column;");
      for (const [i, { left, right }] of of.entries()) {
        w.line(`let r${i} = vec4f(${[0, 1, 2, 3].map((j) => `${right}[c + ${j}]`).join(", ")});`);
        for (let r = 0; r < 4; r++) w.line(`${prefix}${letter(i)}${r} += ${left}[k + my_row + ${r}] * r${i};`);
      }
    });
    w.line("workgroupBarrier();");
  });
  for (const i of all.keys())
    w.line(`var ${prefix}${letter(i)} = array<vec4f, 4>(${[0, 1, 2, 3].map((r) => `${prefix}${letter(i)}${r}`).join(", ")});`);
}
