/**
 * The Hadamard rotation x H / sqrt(n) along an axis: orthogonal, entries of one size, so that outliers are spread over all places
 * (Ashkboos et al. 2024, "QuaRot"). n = 2^m K: the part of powers of two is done in steps of sixteen, for K there is a
 * matrix of Paley's (1933) or Williamson's (1944). A device may do it without the tables that the lowering multiplies by.
 */
import { cast, eq, mod, mul, or, select, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { type Attrs, type Axis, axis, axisOf, fail, hasAxis, make, type Node, namesOf } from "../ir/node.ts";
import { contract } from "../ir/reduce.ts";
import { merge, rename, split } from "../ir/shape.ts";
import { iota, tensor } from "../ir/source.ts";
import { composed } from "./op.ts";

interface Rotation extends Attrs {
  readonly axis: string;
  readonly transpose: boolean;
}

/** A matrix of one part of the axis: how that part is cut, and its entries (1 and -1) over rows and columns cut that way. */
interface Block {
  readonly parts: readonly number[];
  readonly table: (rows: readonly Axis[], columns: readonly Axis[]) => Node;
}

const prime = (n: number): boolean =>
  n > 1 && !Array.from({ length: n }, (_, i) => i).some((i) => i > 1 && i * i <= n && n % i === 0);

/** chi(d mod q): 1 where d is a square, -1 where it is none, `zero` at 0. */
function squares(q: number, zero: number): Node {
  const found = new Set(Array.from({ length: q }, (_, i) => (i * i) % q));
  const values = Array.from({ length: q }, (_, d) => (d === 0 ? zero : found.has(d) ? 1 : -1));
  return tensor(values, [axis("residue", q)]);
}

const chi = (table: Node, i: Node, j: Node, q: number): Node => gather(table, mod(sub(i, j), q), "residue");

/** Paley's first construction: K = q + 1, q a prime, 3 modulo 4. */
const first = (q: number): Block => ({
  parts: [q + 1],
  table: ([row], [column]) => {
    const [i, j] = [iota(row!), iota(column!)];
    return select(eq(i, 0), 1, select(eq(j, 0), -1, chi(squares(q, 1), i, j, q)));
  },
});

/** Paley's second construction: K = 2 (q + 1), q a prime, 1 modulo 4. */
const second = (q: number): Block => ({
  parts: [q + 1, 2],
  table: ([row, half], [column, other]) => {
    const [i, j] = [iota(row!), iota(column!)];
    const squared = select(or(eq(i, 0), eq(j, 0)), 1, chi(squares(q, 0), i, j, q));
    const within = (values: readonly number[]): Node => tensor(values, [half!, other!]);
    return select(eq(i, j), within([1, -1, -1, -1]), mul(squared, within([1, 1, 1, -1])));
  },
});

/** Half of each of Williamson's four symmetric rows for K = 4 n: the signs at 1 .. (n - 1) / 2; at 0 it is plus. */
const williamson: Readonly<Record<number, readonly string[]>> = {
  13: ["--++++", "++-+-+", "-++--+", "-+++--"],
  39: ["+---+--++----+-+-++", "+-++-++---+-----+-+", "+------+--+-+--++-+", "-+-----+-+++--+++--"],
  43: ["---++--++++-+-+++-++-", "+---++++-+--+--++----", "++-+-++--+-+-++++-+--", "+-++++++----+-+--++-+"],
};
/** Which row stands in which block, and its sign. */
const quarters = [
  [1, 2, 3, 4],
  [-2, 1, -4, 3],
  [-3, 4, 1, -2],
  [-4, -3, 2, 1],
].flat();

const third = (n: number, halves: readonly string[]): Block => ({
  parts: [4, n],
  table: ([block, row], [other, column]) => {
    const signs = halves.flatMap((h) => [1, ...[...h, ...[...h].reverse()].map((c) => (c === "+" ? 1 : -1))]);
    const rows = tensor(signs, [axis("which", 4), axis("residue", n)]);
    const which = tensor(
      quarters.map((q) => Math.abs(q) - 1),
      [block!, other!],
      "i32",
    );
    const sign = tensor(quarters.map(Math.sign), [block!, other!]);
    return mul(sign, gather(chi(rows, iota(row!), iota(column!), n), which, "which"));
  },
});

function blockOf(k: number): Block | undefined {
  if ((k - 1) % 4 === 3 && prime(k - 1)) return first(k - 1);
  if (k % 4 === 0 && (k / 2 - 1) % 4 === 1 && prime(k / 2 - 1)) return second(k / 2 - 1);
  const rows = williamson[k / 4];
  return rows && third(k / 4, rows);
}

/** Sylvester's matrix of a power of two: the sign is the parity of the bits that row and column share. */
const sylvester = (n: number): Block => ({
  parts: [n],
  table: ([row], [column]) => {
    const parity = (bits: number): number => (bits === 0 ? 1 : -parity(bits & (bits - 1)));
    return tensor(
      Array.from({ length: n * n }, (_, p) => parity(Math.floor(p / n) & (p % n))),
      [row!, column!],
    );
  },
});

/** The blocks whose product is a Hadamard matrix of n, or undefined where none is known here. */
function blocksOf(n: number): Block[] | undefined {
  const known: Block[] = [];
  let left = n;
  if ((n & (n - 1)) !== 0) {
    let k = 4 * (n / (n & -n));
    while (n % k === 0 && !blockOf(k)) k *= 2;
    const block = n % k === 0 ? blockOf(k) : undefined;
    if (!block) return undefined;
    known.push(block);
    left = n / k;
  }
  for (; left > 16; left /= 16) known.push(sylvester(16));
  return left > 1 ? [...known, sylvester(left)] : known;
}

/** Whether a Hadamard matrix of a size is known here. */
export const hasHadamard = (n: number): boolean => Number.isInteger(n) && n > 0 && blocksOf(n) !== undefined;

/** The rotation of an axis by its blocks: cut, multiplied block by block, joined. */
function rotated(x: Node, { axis: name, transpose }: Rotation): Node {
  const n = axisOf(x, name)!.size as number;
  const blocks = blocksOf(n)!;
  let count = 0;
  const cut = blocks.map(({ parts }) => parts.map((size) => axis(`${name}.${count++}`, size)));
  if (count === 0) return x;
  const all = cut.flat();
  let y = split(x, name, all);
  blocks.forEach(({ table }, i) => {
    const from = cut[i]!;
    const to = from.map((a) => axis(`${a.name}.to`, a.size));
    const entries = transpose ? table(from, to) : table(to, from);
    y = rename(contract(y, cast(entries, x.dtype), namesOf(from)), Object.fromEntries(from.map((a) => [`${a.name}.to`, a.name])));
  });
  return mul(merge(y, namesOf(all), name), 1 / Math.sqrt(n));
}

composed<Rotation>("hadamard", {
  signature: (inputs, { axis: name }) => {
    const [x] = inputs;
    const size = axisOf(x!, name)?.size;
    if (x!.dtype !== "f32" && x!.dtype !== "f16") fail("hadamard", "takes floats", inputs);
    if (!hasAxis(x!, name) || typeof size !== "number") fail("hadamard", `${name} needs a constant size`, inputs);
    if (!hasHadamard(size as number))
      fail(
        "hadamard",
        `no Hadamard matrix of size ${size} is known here; powers of two are, also times 12, 20, 28 and so on`,
        inputs,
      );
    return { dtype: x!.dtype, axes: x!.axes };
  },
  lower: ([x], attrs) => rotated(x!, attrs as Rotation),
  gradient: ({ attrs }, g) => [hadamard(g, attrs.axis as string, { transpose: !attrs.transpose })],
  cases: (given) => {
    const turned = (n: number, options = {}): Node => hadamard(given(`x${n}`, `b n=${n}`), "n", options);
    return [
      ["hadamard of a power of two", turned(64)],
      ["hadamard of 12, Paley's first", turned(12)],
      ["hadamard of 72, Paley's second and a power of two, backwards", turned(72, { transpose: true })],
      ["hadamard of 52, Williamson's", turned(52)],
      ["hadamard of an inner axis", hadamard(given("xn", "b n=8 d"), "n")],
    ];
  },
});

/** x rotated along an axis of constant size; `transpose` turns it back. */
export const hadamard = (x: Node, name: string, { transpose = false } = {}): Node =>
  make("hadamard", [x], { axis: name, transpose });
