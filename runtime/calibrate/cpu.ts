/**
 * Measures the CPU through the engine that runs programs: calls, nodes, memory, products by shape, operators by how they visit memory.
 * Every number is a time of a graph or a difference of two.
 */
import type { Calibration, Curve, ProductGrid } from "../../kernels/cost/calibration.ts";
import { onnxModelCosts } from "../../kernels/cost/onnx.ts";
import { evaluate } from "../../kernels/index.ts";
import type { OnnxModel } from "../../kernels/render/onnx/proto.ts";
import { renderOnnx } from "../../kernels/render/onnx.ts";
import type { Device, ProgramSource, Tensor, Tensors } from "../device/device.ts";
import { sourceOf as sourceOfProgram } from "../device/source.ts";
import { Graph, sourceOf } from "./graph.ts";
import { samples } from "./operators.ts";
import { chainProgram, constantShape, feedsOf, filled, type Layout, productsProgram, type Shape } from "./programs.ts";
import { type Patience, secondsOf } from "./stopwatch.ts";

/** How far a calibration goes: the sizes it visits and how long it looks at each. */
export interface Thoroughness {
  readonly patience: Patience;
  readonly values: readonly number[];
  readonly sides: readonly number[];
  readonly rows: readonly number[];
  readonly batchedSides: readonly number[];
  readonly footprints: readonly number[];
}

/** What `neuroc calibrate` does. */
export const thorough: Thoroughness = {
  patience: { least: 0.012, runs: 2 },
  values: [2 ** 12, 2 ** 15, 2 ** 18, 2 ** 21],
  sides: [64, 256, 1024],
  rows: [1, 8, 128, 1024],
  batchedSides: [16, 64, 256],
  footprints: [2 ** 22, 2 ** 24, 2 ** 26, 2 ** 27],
};

/** A batch of products stands for many heads of many rows of text. */
const batch = 32;
const least = 1e-12;

/** Says what is being measured. */
export type Tell = (what: string) => void;

class Bench {
  readonly device: Device;
  readonly patience: Patience;

  constructor(device: Device, patience: Patience) {
    this.device = device;
    this.patience = patience;
  }

  /** Seconds of a run of a program with its inputs; `constants` are known when it is loaded. */
  async seconds(source: ProgramSource, feeds: Tensors, constants?: Tensors): Promise<number> {
    const runnable = await this.device.prepare(source, constants ? { constants } : {});
    const seconds = await secondsOf(this.device, runnable, feeds, this.patience);
    await this.device.discard(runnable);
    this.device.release(...(Object.values(feeds) as Tensor[]));
    return seconds;
  }

  /** Seconds of a run of a graph. */
  graph(model: OnnxModel): Promise<number> {
    const source = sourceOf(model);
    const feeds = source.inputs.map((p) => [
      p.name,
      filled(
        this.device,
        p.dtype,
        p.axes.map((a) => a.size as number),
      ),
    ]);
    return this.seconds(source, Object.fromEntries(feeds));
  }
}

/** A graph of `nodes` tiny operators one after the other, `more` inputs summed before them, and as many outputs. */
function tiny({ nodes = 1, inputs = 1, outputs = 1, views = false }): OnnxModel {
  const g = new Graph();
  const [one, four] = [g.ints(16), g.ints(4, 4)];
  const first = Array.from({ length: inputs }, () => g.input([16]));
  let x = inputs > 1 ? g.op("Sum", first) : first[0]!;
  for (let i = 0; i < nodes; i++) {
    x = g.op("Neg", [x]);
    if (views) x = g.op("Reshape", [x, i % 2 === 0 ? four : one]);
  }
  for (let i = 1; i < outputs; i++) g.output(g.op("Neg", [x]), [16]);
  g.output(g.op("Abs", [x]), [16]);
  return g.model();
}

/** How many nodes a round of `mixed` has. */
const mix = 12;

/** Rounds of different operators over a few values, as a network has them: each finds the processor busy with another one's code. */
function mixed(rounds: number): OnnxModel {
  const g = new Graph();
  const shape = [4, 16];
  const [row, column, square, truth] = [g.input([16]), g.input([4, 1]), g.input([16, 16]), g.input(shape, "bool")];
  let x = g.input(shape);
  for (let i = 0; i < rounds; i++) {
    const y = g.op("Softmax", [g.op("Mul", [g.op("Add", [x, row]), column])], { axis: -1n });
    const normal = g.op("SimplifiedLayerNormalization", [g.op("Gelu", [y]), row], { axis: -1n, epsilon: 1e-6 });
    const z = g.op("MatMul", [normal, square]);
    const halves = [0, 8].map((from) => g.op("Slice", [z, g.ints(from), g.ints(from + 8), g.ints(1)]));
    const chosen = g.op("Where", [truth, g.op("Concat", halves, { axis: 1n }), y]);
    x = g.op("Sub", [chosen, g.op("ReduceSum", [chosen, g.ints(1)], { keepdims: 1n })]);
  }
  g.output(x, shape);
  return g.model();
}

/** What starting costs, and one more of the same operator in a row: differences of graphs that compute next to nothing. */
async function calls(bench: Bench): Promise<{ call: Calibration["call"]; link: number }> {
  // The first runs of a process are slower: its code is compiled as it runs.
  for (let i = 0; i < 5; i++) await bench.graph(tiny({}));
  const run = await bench.graph(tiny({}));
  const many = 64;
  const link = Math.max(least, ((await bench.graph(tiny({ nodes: 1 + 4 * many }))) - run) / (4 * many));
  const kernel = Math.max(link, ((await bench.graph(mixed(17))) - (await bench.graph(mixed(1)))) / (16 * mix));
  const view = Math.max(least, ((await bench.graph(tiny({ nodes: 4 * many, views: true }))) - run) / (4 * many) - link);
  const input = Math.max(least, ((await bench.graph(tiny({ inputs: many }))) - run) / (many - 1));
  const output = Math.max(least, ((await bench.graph(tiny({ outputs: many }))) - run) / (many - 1) - link);
  const values = 2 ** 14;
  const loops = (shape: number[]): OnnxModel => {
    const g = new Graph();
    g.output(g.op("Max", [g.input(shape), g.input([])]), shape);
    return g.model();
  };
  const loop = Math.max(least, ((await bench.graph(loops([values, 1]))) - (await bench.graph(loops([values])))) / values);
  return { call: { run: Math.max(least, run - 2 * link), input, output, kernel, view, loop }, link };
}

/** Bytes a second of weights that a vector goes through, by all of their bytes. */
async function reading(bench: Bench, footprints: readonly number[], call: Calibration["call"]): Promise<Curve> {
  const curve: [number, number][] = [];
  for (const bytes of footprints) {
    const side = Math.min(1024, 2 ** Math.floor(Math.log2(Math.sqrt(bytes / 16))));
    const matrices = Math.round(bytes / (4 * side * side));
    const p = chainProgram(side, matrices);
    const feeds = feedsOf(bench.device, p, constantShape);
    const { x, ...weights } = feeds as Tensors & { x: Tensor };
    const seconds = await bench.seconds(sourceOfProgram(p, renderOnnx), { x }, weights);
    bench.device.release(...(Object.values(weights) as Tensor[]));
    curve.push([bytes, bytes / Math.max(seconds / 4, seconds - call.run - matrices * call.kernel)]);
  }
  return curve;
}

/** Bytes a second of an operator that only hands values on, read and written together. */
async function copying(bench: Bench, values: readonly number[], call: Calibration["call"]): Promise<Curve> {
  const curve: [number, number][] = [];
  for (const n of values) {
    const g = new Graph();
    const links = Math.max(2, Math.min(128, 2 ** 19 / n));
    let x = g.input([n]);
    for (let i = 0; i < links; i++) x = g.op("Neg", [x]);
    g.output(x, [n]);
    const seconds = await bench.graph(g.model());
    curve.push([8 * n, (8 * n * links) / Math.max(seconds / 4, seconds - call.run - links * call.kernel)]);
  }
  return curve;
}

type Kind = Pick<ProductGrid, "bits" | "constant" | "batched" | "operator">;

/** Operators over packed weights: bits, and weights to a scale. */
const packings = [
  { dtype: "i8", group: 32 },
  { dtype: "i4", group: 32 },
  { dtype: "i4", group: 128 },
] as const;

/** Rates of products over a grid of shapes. */
async function products(
  bench: Bench,
  kind: Kind,
  [rows, columns, inner]: readonly (readonly number[])[],
  call: Calibration["call"],
  layout: Layout = "plain",
): Promise<ProductGrid> {
  const known = new Map<string, number>();
  const rates: number[] = [];
  for (const r of rows!)
    for (const c of columns!)
      for (const k of inner!) {
        const shape: Shape = { batch: kind.batched ? batch : 1, rows: r, columns: c, inner: k };
        // Every pair has the shape and the same with columns and inner exchanged.
        const key = [r, Math.min(c, k), Math.max(c, k)].join();
        const rate = known.get(key) ?? (await productRate(bench, shape, kind, call, layout));
        known.set(key, rate);
        rates.push(rate);
      }
  return { ...kind, rows: rows!, columns: columns!, inner: inner!, rates };
}

/** Operations a second of a product, from a chain long enough that starting it weighs little. */
async function productRate(
  bench: Bench,
  shape: Shape,
  { constant }: Kind,
  call: Calibration["call"],
  layout: Layout,
): Promise<number> {
  const flops = 4 * shape.batch * shape.rows * shape.columns * shape.inner;
  const pairs = Math.max(1, Math.min(16, Math.ceil(2 ** 25 / flops)));
  const p = productsProgram(shape, pairs, layout);
  const { x, ...weights } = feedsOf(bench.device, p, constantShape) as Tensors & { x: Tensor };
  const source = sourceOfProgram(p, renderOnnx);
  const seconds = await (constant ? bench.seconds(source, { x }, weights) : bench.seconds(source, { x, ...weights }));
  if (constant) bench.device.release(...(Object.values(weights) as Tensor[]));
  const starting = call.run + 2 * pairs * (call.kernel + (constant ? 0 : call.input));
  // Products cannot take less than a part of what was measured: differences of tiny times are noise.
  return (pairs * flops) / Math.max(seconds / 4, seconds - starting);
}

/** Seconds a value of each operator, under the names that the cost model gives them. */
async function operators(
  bench: Bench,
  values: readonly number[],
  call: Calibration["call"],
): Promise<Record<string, [number, number][]>> {
  const found: Record<string, [number, number][]> = {};
  for (const sample of samples)
    for (const n of values) {
      const model = sample(n);
      const lines = onnxModelCosts(model);
      const { kind, items } = lines.find((l) => l.kind !== "view" && l.what !== "Expand") ?? lines[0]!;
      const mine = lines.filter((l) => l.kind === kind);
      // What else the graph needs was measured before it.
      const known = lines
        .filter((l) => l.kind !== kind)
        .reduce((s, l) => s + knownSeconds(found, l.kind, evaluate(l.items, {})), 0);
      const border =
        call.run + call.input * (model.inputs.length - 1) + call.output * (model.outputs.length - 1) + lines.length * call.kernel;
      const seconds = await bench.graph(model);
      // An operator takes at least a part of what was measured: differences of tiny times are noise.
      const own = Math.max(seconds / 8, seconds - border - known) / mine.length;
      const size = evaluate(items, {});
      const points = found[kind] ?? [];
      if (!points.some(([s]) => s === size)) found[kind] = [...points, [size, own / size]];
    }
  return Object.fromEntries(Object.entries(found).map(([kind, curve]) => [kind, curve.sort((a, b) => a[0] - b[0])]));
}

/** Seconds of an operator that was measured before, at the nearest size; 0 of one that only sees a tensor otherwise. */
function knownSeconds(found: Readonly<Record<string, readonly [number, number][]>>, kind: string, items: number): number {
  const near = [...(found[kind] ?? [])].sort((a, b) => Math.abs(Math.log(a[0] / items)) - Math.abs(Math.log(b[0] / items)))[0];
  return near ? near[1] * items : 0;
}

/** Measures a CPU. */
export async function calibrateCpu(
  device: Device,
  about: Pick<Calibration, "key" | "made">,
  how: Thoroughness = thorough,
  tell: Tell = () => {},
): Promise<Calibration> {
  const bench = new Bench(device, how.patience);
  tell("calls and nodes");
  const { call, link } = await calls(bench);
  // Between alike operators a start is cheaper; that is what is taken off where they are measured.
  const alike = { ...call, kernel: link };
  tell("memory");
  const read = await reading(bench, how.footprints, alike);
  const copy = await copying(bench, how.values, alike);
  const grids: ProductGrid[] = [];
  tell("products");
  const sides = [how.sides, how.sides] as const;
  const heads = [how.batchedSides, how.batchedSides] as const;
  grids.push(await products(bench, { bits: 32, constant: true }, [how.rows, ...sides], alike));
  grids.push(await products(bench, { bits: 32 }, [how.rows, ...sides], alike));
  grids.push(await products(bench, { bits: 32, operator: "Gemm" }, [how.rows, ...sides], alike, "turned"));
  grids.push(await products(bench, { bits: 32, batched: true }, [[1, ...how.batchedSides], ...heads], alike));
  grids.push(
    await products(
      bench,
      { bits: 32, batched: true, operator: "FusedMatMul" },
      [[1, ...how.batchedSides], ...heads],
      alike,
      "turned",
    ),
  );
  const packedSides = how.sides.filter((s) => s % 128 === 0);
  for (const layout of packings) {
    const kind = { bits: layout.dtype === "i8" ? 8 : 4, constant: true, operator: `MatMulNBits.${layout.group}` };
    grids.push(await products(bench, kind, [how.rows, packedSides, packedSides], alike, layout));
  }
  tell("operators");
  return {
    schema: 1,
    device: "cpu",
    about: device.about,
    ...about,
    call,
    read,
    copy,
    products: grids,
    operators: await operators(bench, how.values, alike),
  };
}
