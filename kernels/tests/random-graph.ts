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

/** Attention of x over y, or the logarithm of what would be its sum; undefined where they have no axis to compare along. */
function attended(x: k.Node, y: k.Node, pick: Pick, fresh: () => string): k.Node | undefined {
  if (y.axes.length === 0) return undefined;
  const [from, along] = [pick(k.namesOf(y.axes)), fresh()];
  const keys = k.rename(y, { [from]: along });
  const shared = k.namesOf(x.axes).filter((n) => k.hasAxis(keys, n));
  if (shared.length === 0) return undefined;
  const over = [pick(shared)];
  const row = x.axes.find((a) => !over.includes(a.name) && !k.hasAxis(keys, a.name));
  const place = k.iota(k.axisOf(keys, along)!);
  const present = row ? pick([undefined, k.le(place, k.iota(row))]) : pick([undefined, k.gt(place, 0), k.lt(place, 0)]);
  const bias = pick([
    undefined,
    k.tanh(
      k.sum(
        keys,
        k.namesOf(keys.axes).filter((n) => n !== along),
      ),
    ),
  ]);
  const scoring = { over, along, scale: pick([1, 0.5]), present, bias };
  return pick([
    () => k.attention(x, keys, keys, scoring),
    () => k.attention(x, keys, k.mul(keys, 2), scoring),
    () => k.maximum(k.scoreLogSumExp(x, keys, scoring), -20),
  ])();
}

/** Numbers of eight bits in groups along an axis of constant size, as what they stand for. */
function quantized(x: k.Node, along: string, scale: k.Node): k.Node {
  const q = k.input(`q.${k.namesOf(x.axes).join("")}`, "data", "i8", x.axes);
  return k.mul(x, k.mul(k.dequantize(q, k.mul(k.tanh(scale), 0.01), along), 0.5));
}

/** Operations that are done in f16 here and there; what comes out is f32 again. */
const halves: readonly ((x: k.Node, y: k.Node) => k.Node)[] = [
  (x) => k.tanh(x),
  (x, y) => k.mul(x, y),
  (x, y) => k.add(k.neg(x), y),
  (x, y) => k.maximum(x, y),
  (x) => (x.axes.length > 0 ? k.sum(x, [x.axes[0]!.name]) : k.sigmoid(x)),
  (x) => (x.axes.length > 0 ? k.softmax(x, [x.axes.at(-1)!.name]) : k.silu(x)),
  (x, y) => {
    const shared = k.namesOf(x.axes).filter((n) => k.hasAxis(y, n));
    return shared.length > 0 ? k.contract(x, y, shared.slice(0, 1)) : k.sub(x, y);
  },
];

const half = (x: k.Node): k.Node => k.cast(k.tanh(x), "f16");

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
      () => k.gather(x, k.mod(k.cast(k.floor(k.add(k.mul(k.tanh(k.stop(y)), 2.9), 0.37)), "i32"), 2), along),
      () => (typeof size === "number" ? k.rmsNorm(x, [along], 0.1) : k.layerNorm(x, [along], 0.1)),
    );
  }
  const seen = attended(x, y, pick, fresh);
  if (seen) makers.push(() => seen);
  if (along && x.axes.length > 0) {
    const { size } = k.axisOf(x, along)!;
    makers.push(() => k.put(x, k.mul(k.slice(x, along, 0, 1), 2), k.constant(pick([0, 1]), "i32"), along));
    const scale = k.sum(y, k.namesOf(y.axes));
    if (typeof size === "number") makers.push(() => quantized(x, along, scale));
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

/** A graph of about `steps` operations over a few inputs; `narrow` does some of them in f16. */
export function randomGraph(seed: number, steps: number, narrow = false): k.Node {
  const next = numbers(seed);
  const pick: Pick = (list) => list[Math.floor(next() * list.length)]!;
  let names = 0;
  const fresh = (): string => `n${++names}`;
  const pool = ["bsd", "bd", "sd", "btd", "de", "bst", "d", "b"].map((a, i) => k.input(`x${i}`, "data", "f32", axesOf(a)));
  const made: k.Node[] = [];
  while (made.length < steps) {
    const [x, y] = [pick([...pool, ...made.slice(-3)]), pick([...pool, ...made])];
    const node = narrow && next() < 0.5 ? k.cast(pick(halves)(half(x), half(y)), "f32") : grown(x, y, pick, fresh);
    // Renamed axes multiply when tensors meet, so that only small ones are kept.
    const size = node.axes.reduce((n, a) => n * k.evaluate(a.size, graphBinding), 1);
    if (node.axes.length <= 5 && size <= 500) made.push(node);
  }
  // All inputs are in, so that every symbol is bound.
  const all = [...pool, ...made.slice(-4)].map((x) => k.mean(k.tanh(x), k.namesOf(x.axes)));
  return all.reduce((a, b) => k.add(a, b));
}
