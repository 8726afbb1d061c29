/** Programs drawn from a seed, for tests: any mixture of operations on axes whose sizes meet the edges of tiles and workgroups. */
import * as k from "../../kernels/index.ts";
import { numbers } from "../../kernels/ops/drawn.ts";

/** The sizes that random programs are tried with: one tile and a bit, and one more than a power of two. */
export const randomBinding = { b: 2, s: 9, t: 35 } as const;

const sizes: Readonly<Record<string, k.Size>> = { b: "b", s: "s", u: "s", t: "t", d: 16, e: 16, h: 4, n: 4, a: 1, v: 7 };
const axes = (names: string): k.Axis[] => names.split(" ").map((n) => k.axis(n, sizes[n]!));
const places = (node: k.Node): number => node.axes.reduce((n, a) => n * k.evaluate(a.size, randomBinding), 1);

interface Draw {
  /** A whole number below n. */
  below(n: number): number;
  one<T>(list: readonly T[]): T;
  node(): k.Node;
}

/** Keeps numbers where float32 and float64 stay together. */
const tame = (node: k.Node): k.Node => k.tanh(node);

const steps: readonly ((d: Draw) => k.Node | undefined)[] = [
  (d) => d.one([k.sin, k.abs, k.neg, k.sigmoid, k.silu, k.exp])(tame(d.node())),
  (d) => d.one([k.add, k.mul, k.sub, k.maximum])(d.node(), d.node()),
  (d) => d.one([k.add, k.mul, k.sub, k.maximum])(d.node(), d.node()),
  (d) => {
    const x = d.node();
    return x.axes.length === 0 ? undefined : tame(k.mul(d.one([k.sum, k.reduceMax, k.reduceMin])(x, [d.one(x.axes).name]), 0.25));
  },
  (d) => {
    const x = d.node();
    return x.axes.length === 0 ? undefined : d.one([k.softmax, k.logSoftmax])(x, [d.one(x.axes).name]);
  },
  (d) => {
    const [a, b] = [d.node(), d.node()];
    const shared = k.namesOf(a.axes).filter((n) => k.hasAxis(b, n));
    return shared.length === 0 ? undefined : tame(k.mul(k.contract(a, b, shared.slice(0, 1 + d.below(shared.length))), 0.2));
  },
  (d) => {
    const x = d.node();
    const pairs = [
      ["s", "u"],
      ["u", "s"],
      ["d", "e"],
      ["e", "d"],
    ] as const;
    const fit = pairs.filter(([from, to]) => k.hasAxis(x, from) && !k.hasAxis(x, to));
    return fit.length === 0 ? undefined : k.rename(x, Object.fromEntries([d.one(fit)]));
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "d") && !k.hasAxis(x, "h") && !k.hasAxis(x, "n") ? k.split(x, "d", axes("h n")) : undefined;
  },
  (d) => {
    const x = d.node();
    const names = d.below(2) === 0 ? ["h", "n"] : ["n", "h"];
    return names.every((n) => k.hasAxis(x, n)) && !k.hasAxis(x, "d") ? k.merge(x, names, "d") : undefined;
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "s") ? k.cumsum(x, "s", { reverse: d.below(2) === 0 }) : undefined;
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "s") ? k.slice(k.pad(x, "s", 2, 1, 0.5), "s", d.below(4), "s") : undefined;
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "s") ? k.slice(k.concat([x, k.neg(x)], "s"), "s", d.below(5), "s") : undefined;
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "v") ? k.gather(x, k.input("below7", "data", "i32", axes("b s")), "v") : undefined;
  },
  (d) => {
    const x = d.node();
    const index = k.input("below7", "data", "i32", axes("b s"));
    return k.hasAxis(x, "b") && k.hasAxis(x, "s") && !k.hasAxis(x, "v")
      ? k.scatterAdd(x, index, ["s"], k.axis("v", 7))
      : undefined;
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "s") && !k.hasAxis(x, "u")
      ? k.select(k.le(k.iota(axes("s")[0]!), k.iota(axes("u")[0]!)), x, 0)
      : undefined;
  },
  (d) => {
    const x = d.node();
    return k.hasAxis(x, "a") ? undefined : k.expand(x, axes("a"));
  },
];

/** A program of a seed with some 20 operations and four outputs. */
export function randomProgram(seed: number): k.Program {
  const next = numbers(seed);
  const below = (n: number): number => Math.floor(n * next());
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const pool = ["b s d", "s d", "d e", "b t d", "t", "b h n", "d v", "b s v", "a d"].map((names) =>
    k.input(`x.${names.replaceAll(" ", "")}`, "data", "f32", axes(names)),
  );
  // What is new is built upon more often than what is old.
  const draw: Draw = { below, one, node: () => pool[Math.max(0, pool.length - 1 - Math.floor(pool.length * next() * next()))]! };
  const given = pool.length;
  while (pool.length < given + 20) {
    const made = one(steps)(draw);
    if (made && made.axes.length <= 5 && places(made) <= 6000) pool.push(made);
  }
  const chosen = [...new Set([pool.at(-1)!, ...[1, 2, 3].map(() => pool[given + below(20)]!)])];
  return k.program(
    `random.${seed}`,
    chosen.map((node, i) => k.output(`out${i}`, "value", node, below(2) === 0 ? undefined : k.namesOf(node.axes).reverse())),
  );
}
