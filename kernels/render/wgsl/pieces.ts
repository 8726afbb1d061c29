/** Pieces of operands in workgroup memory, from which products in tiles are made: lines (rows or columns) by some places summed over. */
import type { Axis, Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import { dotOf, ofBytes, wordAt } from "./bytes.ts";
import type { Around, KernelScope } from "./template.ts";
import { vectorAt, vectorOf } from "./vector.ts";
import { spread } from "./way.ts";

/** Two operands that share the axes which are summed. */
export interface Pair {
  readonly left: Node;
  readonly right: Node;
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly over: readonly Axis[];
}

/**
 * A piece of an operand: `side` lines by `deep` places summed over, the places slower. Each element holds four neighbouring lines, so that
 * an invocation reads four values at a time. Where the values are whole numbers of eight bits, words of four stand for the places.
 */
export interface Piece {
  readonly name: string;
  readonly operand: Node;
  readonly lines: readonly Axis[];
  readonly over: readonly Axis[];
  /** The expression of the first line, and of the first place that is summed over. */
  readonly first: string;
  readonly start: string;
  readonly deep: number;
  readonly side: number;
}

const elementOf = (operand: Node): string => (ofBytes(operand) ? "vec4u" : "vec4f");
/** How many places that are summed over an element holds of each of its lines. */
const eachOf = (operand: Node): number => (ofBytes(operand) ? 4 : 1);

const declaration = ({ name, operand, deep, side }: Piece): string =>
  `var<workgroup> ${name}: array<${elementOf(operand)}, ${(deep * side) / 4}>;`;

/** The distinct pieces of products, 16 deep from `start`, and which two each product multiplies. */
function piecesOf(all: readonly Pair[], { row, column, side }: Tile): { pieces: Piece[]; of: { left: string; right: string }[] } {
  const pieces: Piece[] = [];
  const piece = (hand: "left" | "right", operand: Node, lines: readonly Axis[], over: readonly Axis[]): string => {
    const known = pieces.find((q) => q.operand === operand && q.name.startsWith(hand));
    if (known) return known.name;
    const count = pieces.filter((q) => q.name.startsWith(hand)).length;
    const name = `${hand}${count === 0 ? "" : count}`;
    pieces.push({ name, operand, lines, over, first: hand === "left" ? row : column, start: "start", deep: 16, side });
    return name;
  };
  const of = all.map((p) => ({ left: piece("left", p.left, p.rows, p.over), right: piece("right", p.right, p.columns, p.over) }));
  return { pieces, of };
}

/** Whether an operand has its lines four at a time: its fastest axis is the lines' last. */
const byLines = (operand: Node, lines: readonly Axis[], around: Around): readonly Node[] => {
  const vector = vectorOf(operand, around);
  return vector && vector.axis === lines.at(-1)?.name ? vector.tensors : [];
};

/** The tensors that products read four values at a time. */
export const vectorsOf = (all: readonly Pair[], around: Around): Node[] =>
  all.flatMap((p) => [...byLines(p.left, p.rows, around), ...byLines(p.right, p.columns, around)]);

/** Fills a piece by 64 lanes, with zero beyond the edges, and declares it. `fixed` holds the coordinates that all places share. */
export function fill(s: KernelScope, piece: Piece, fixed: Place): void {
  const { name, operand, lines, over, first, start, deep, side } = piece;
  const w = s.writer;
  const quads = side / 4;
  const each = eachOf(operand);
  s.declare(declaration(piece));
  const [count, depth] = [lines, over].map((axes) => s.index.params.size(countOf(axes)));
  // Neighbouring lanes read neighbouring memory: along the summed axis when it is the operand's fastest, else along the lines.
  const along = over.some((a) => a.name === operand.axes.at(-1)?.name);
  const [q, x] = [w.fresh("q"), w.fresh("x")];
  const at = (line: Bound, k: Bound): Place => {
    const place: Place = new Map([...fixed, ...spread(s, lines, line), ...spread(s, over, k)]);
    return new Map(operand.axes.map((a) => [a.name, place.get(a.name)!]));
  };
  w.nest(`for (var ${q} = i32(lane); ${q} < ${deep * quads}; ${q} += 64)`, w.level, () => {
    const k = w.bind(`${start} + ${along ? `${q} % ${deep}` : `${q} / ${quads}`}${each > 1 ? ` * ${each}` : ""}`, w.level, "k");
    const line = w.bind(`${first} + ${along ? `${q} / ${deep}` : `${q} % ${quads}`} * 4`, w.level, "line");
    w.line(`var ${x} = ${elementOf(operand)}();`);
    if (byLines(operand, lines, s.around).length > 0)
      w.nest(`if (${k.text} < ${depth} && ${line.text} < ${count})`, w.level, () => {
        const { level } = w;
        w.line(`${x} = ${vectorAt(s, operand, at({ ...line, level }, { ...k, level })).text};`);
      });
    else
      w.nest(`if (${k.text} < ${depth})`, w.level, () => {
        const j = w.fresh("j");
        const inner = { ...k, level: w.level };
        w.nest(`for (var ${j} = 0; ${j} < min(4, ${count} - ${line.text}); ${j}++)`, w.level, () => {
          const own = w.bind(`${line.text} + ${j}`, w.level, "line");
          const placeAt = (k: Bound): Place => at(own, k);
          const value = each > 1 ? wordAt(s, operand, over.at(-1)!.name, inner, placeAt) : s.value(operand, placeAt(inner));
          w.line(`${x}[${j}] = ${value.text};`);
        });
      });
    w.line(`${name}[(${k.text} - ${start})${each > 1 ? ` / ${each}` : ""} * ${quads} + (${line.text} - ${first}) / 4] = ${x};`);
  });
}

/** A tile of results: the expressions of its first row and column, and its side; each of 64 lanes makes a square of an eighth of it. */
export interface Tile {
  readonly row: string;
  readonly column: string;
  readonly side: 32 | 64;
}

/** A product's name among several. */
const letter = (product: number): string => "abcdefgh"[product]!;

/** The e-th of a lane's results of a product, in rows. */
export const resultOf = (product: number): string => `sum${letter(product)}[e / 4][e % 4]`;

/** Sums over all places, 16 at a time: `suma` holds a lane's results of the first product in rows, four to a vector, `sumb` of the second. */
export function sumTiles(s: KernelScope, all: readonly Pair[], tile: Tile, fixed: Place): void {
  const w = s.writer;
  const own = tile.side / 8;
  const quads = own / 4;
  const [first] = all as [Pair];
  const kind = ofBytes(first.left) ? "vec4i" : "vec4f";
  const { pieces, of } = piecesOf(all, tile);
  const term = ({ left, right }: Pair, a: string, b: string): string => {
    if (!ofBytes(left)) return `${a} * ${b}`;
    const dot = dotOf(s.around.target, left.dtype, right.dtype);
    return `vec4i(${[..."xyzw"].map((c) => dot(a, `${b}.${c}`)).join(", ")})`;
  };
  const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const sums = (i: number): string[] => numbers(own * quads).map((n) => `sum${letter(i)}${n}`);
  for (const i of all.keys()) for (const sum of sums(i)) w.line(`var ${sum} = ${kind}();`);
  w.nest(
    `for (var start = 0; start < ${s.index.params.size(countOf(first.over))}; start += ${16 * eachOf(first.left)})`,
    w.level,
    () => {
      for (const piece of pieces) fill(s, piece, fixed);
      w.line("workgroupBarrier();");
      w.nest(`for (var k = 0; k < ${4 * tile.side}; k += ${tile.side / 4})`, w.level, () => {
        for (const { name } of pieces)
          for (const n of numbers(quads)) {
            const line = name.startsWith("left") ? "my_row" : "my_column";
            w.line(`let ${name}_${n} = ${name}[k + ${line} / 4${n > 0 ? ` + ${n}` : ""}];`);
          }
        for (const [i, { left, right }] of of.entries())
          for (const [n, sum] of sums(i).entries()) {
            const r = Math.floor(n / quads);
            w.line(`${sum} += ${term(all[i]!, `${left}_${r >> 2}[${r & 3}]`, `${right}_${n % quads}`)};`);
          }
      });
      w.line("workgroupBarrier();");
    },
  );
  for (const i of all.keys()) w.line(`var sum${letter(i)} = array<${kind}, ${own * quads}>(${sums(i).join(", ")});`);
}
