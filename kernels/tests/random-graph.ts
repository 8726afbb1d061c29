/** Random graphs from a seed: every draw picks an operation that fits what is there already. For agreement tests. */
import * as k from "../index.ts";
import { numbers } from "../ops/drawn.ts";

/** The numbers that stand for symbols in random graphs. */
export const graphBinding = { b: 2, s: 3, t: 2 } as const;

const lengths: Readonly<Record<string, k.Size>> = { b: "b", s: "s", t: "t", d: 4, e: 3 };
const axesOf = (names: string): k.Axis[] => [...names].map((n) => k.axis(n, lengths[n]!));

type Pick = <T>(list: readonly T[]) => T;

const unary = [
  k.neg,
  k.abs,
  k.tanh,
  k.sin,
  k.cos,
  k.sigmoid,
  k.gelu,
  k.silu,
  k.logSigmoid,
  k.erf,
  (x: k.Node) => k.exp(k.tanh(x)),
  (x: k.Node) => k.sqrt(k.add(k.mul(x, x), 0.1)),
];
const binary = [
  k.add,
  k.sub,
  k.mul,
  k.maximum,
  k.minimum,
  (a: k.Node, b: k.Node) => k.div(a, k.add(k.mul(b, b), 1)),
  (a: k.Node, b: k.Node) => k.logAddExp(a, b),
];

function grown(x: k.Node, y: k.Node, pick: Pick, fresh: () => string): k.Node {
  const shared = k.namesOf(x.axes).filter((n) => k.hasAxis(y, n));
  const along = x.axes.length > 0 ? pick(k.namesOf(x.axes)) : undefined;
  const makers: (() => k.Node)[] = [
    () => pick(unary)(x),
    () => pick(binary)(x, y),
    () => k.select(k.gt(x, y), x, pick([y, k.mul(y, 2)])),
  ];
  if (along) {
    const { size } = k.axisOf(x, along)!;
    makers.push(
      () => pick([k.sum, k.reduceMax, (v: k.Node, o: string[]) => k.mean(v, o)])(x, [along]),
      () => k.softmax(x, [along]),
      () => k.maximum(k.logSoftmax(x, [along], k.gt(y, -1)), -20),
      () => k.logSumExp(x, [along]),
      () => k.cumsum(x, along, { reverse: pick([true, false]), exclusive: pick([true, false]) }),
      () => k.slice(k.concat([x, k.mul(x, 2)], along), along, 1, size),
      () => k.pad(k.dropLast(x, along, 1), along, 1, 0, 0),
      () => k.rename(x, { [along]: fresh() }),
      () => k.pick(x, along, 0),
      () => k.gather(x, k.mod(k.cast(k.floor(k.mul(k.tanh(k.stop(y)), 2.9)), "i32"), 2), along),
      () => (typeof size === "number" ? k.rmsNorm(x, [along], 0.1) : k.layerNorm(x, [along], 0.1)),
    );
  }
  if (shared.length > 0)
    makers.push(
      () => k.contract(x, y, [pick(shared)]),
      () => k.contract(x, y, shared),
    );
  if (x.axes.length >= 2) {
    const [a, b] = [x.axes[0]!, x.axes.at(-1)!];
    const name = fresh();
    makers.push(() => k.split(k.merge(x, [b.name, a.name], name), name, [b, a]));
  }
  return pick(makers)();
}

/** A graph of about `steps` operations over a few inputs. */
export function randomGraph(seed: number, steps: number): k.Node {
  const next = numbers(seed);
  const pick: Pick = (list) => list[Math.floor(next() * list.length)]!;
  let names = 0;
  const fresh = (): string => `n${++names}`;
  const pool = ["bsd", "bd", "sd", "btd", "de", "bst", "d", "b"].map((a, i) => k.input(`x${i}`, "data", "f32", axesOf(a)));
  const made: k.Node[] = [];
  while (made.length < steps) {
    const [x, y] = [pick([...pool, ...made.slice(-3)]), pick([...pool, ...made])];
    const node = grown(x, y, pick, fresh);
    // Renamed axes multiply when tensors meet, so that only small ones are kept.
    const size = node.axes.reduce((n, a) => n * k.evaluate(a.size, graphBinding), 1);
    if (node.axes.length <= 5 && size <= 500) made.push(node);
  }
  // All inputs are in, so that every symbol is bound.
  const all = [...pool, ...made.slice(-4)].map((x) => k.mean(k.tanh(x), k.namesOf(x.axes)));
  return all.reduce((a, b) => k.add(a, b));
}
