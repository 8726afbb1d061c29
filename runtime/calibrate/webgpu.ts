/**
 * Measures a graphics card with kernels that the compiler makes: runs and dispatches, memory by size, products by shape, arithmetic.
 * It begins small and stops growing where a run takes long, so that software that only acts as one is measured too.
 */
import type { Calibration, Curve, ProductGrid } from "../../kernels/cost/calibration.ts";
import { axis, contract, input, mul, neg, output, type Program, program, sin, sum } from "../../kernels/index.ts";
import { renderOnnx } from "../../kernels/render/onnx.ts";
import type { Device, Tensor, Tensors } from "../device/device.ts";
import { sourceOf } from "../device/source.ts";
import type { Tell } from "./cpu.ts";
import { constantShape, feedsOf, productsProgram } from "./programs.ts";
import { type Patience, secondsOf } from "./stopwatch.ts";

/** How far to go. */
export interface Reach {
  readonly patience: Patience;
  /** Values to copy, rising; and sides of square products. */
  readonly values: readonly number[];
  readonly sides: readonly number[];
  readonly rows: readonly number[];
  /** Seconds of a run after which nothing larger is tried. */
  readonly longest: number;
}

/** What `neuroc calibrate --device webgpu` does. */
export const reaching: Reach = {
  patience: { least: 0.06, runs: 2 },
  values: [2 ** 14, 2 ** 17, 2 ** 20, 2 ** 23, 2 ** 26],
  sides: [64, 512, 2048],
  rows: [1, 16, 256, 2048],
  longest: 0.15,
};

const least = 1e-9;

async function measured(device: Device, p: Program, patience: Patience): Promise<number> {
  const runnable = await device.prepare(sourceOf(p, renderOnnx));
  const feeds: Tensors = feedsOf(device, p, constantShape);
  const seconds = await secondsOf(device, runnable, feeds, patience);
  await device.discard(runnable);
  device.release(...(Object.values(feeds) as Tensor[]));
  return seconds;
}

const one = (n: number) => input("x", "data", "f32", [axis("n", n)]);
const alone = (y: ReturnType<typeof one>): Program => program("probe", [output("y", "value", y)]);

/** `links` dispatches of next to nothing, each after the one before it: a vector of 4 through matrices of 4 by 4. */
function tiny(links: number): Program {
  let x = input("x", "data", "f32", [axis("a0", 4)]);
  for (let i = 0; i < links; i++)
    x = contract(x, input(`w${i}`, "weight", "f32", [axis(`a${i}`, 4), axis(`a${i + 1}`, 4)]), [`a${i}`]);
  return alone(x);
}

/** Rates of products over a grid; shapes that would take too long have the rate of the largest before them. */
async function products(
  device: Device,
  { patience, rows, sides, longest }: Reach,
  kernel: number,
  run: number,
): Promise<ProductGrid> {
  const known = new Map<string, number>();
  const rates: number[] = [];
  let slowest = 0;
  for (const r of rows)
    for (const c of sides)
      for (const k of sides) {
        const key = [r, Math.min(c, k), Math.max(c, k)].join();
        const flops = 4 * r * c * k;
        let rate = known.get(key);
        // What a shape will take is guessed from the last rate.
        const last = rates.at(-1);
        if (rate === undefined && last !== undefined && flops / last > 4 * longest) rate = last;
        if (rate === undefined) {
          const seconds = await measured(device, productsProgram({ batch: 1, rows: r, columns: c, inner: k }, 1), patience);
          slowest = Math.max(slowest, seconds);
          rate = flops / Math.max(seconds / 4, seconds - run - kernel);
        }
        known.set(key, rate);
        rates.push(rate);
      }
  return { bits: 32, rows, columns: sides, inner: sides, rates };
}

/** Measures a graphics card. */
export async function calibrateWebGpu(
  device: Device,
  about: Pick<Calibration, "key" | "made">,
  how: Reach = reaching,
  tell: Tell = () => {},
): Promise<Calibration> {
  tell("runs and dispatches");
  const single = await measured(device, tiny(1), how.patience);
  const many = 24;
  const kernel = Math.max(least, ((await measured(device, tiny(1 + many), how.patience)) - single) / many);
  const run = Math.max(least, single - kernel);
  tell("memory");
  const copy: [number, number][] = [];
  const read: [number, number][] = [];
  for (const n of how.values) {
    const seconds = await measured(device, alone(neg(one(n))), how.patience);
    copy.push([8 * n, (8 * n) / Math.max(seconds / 4, seconds - single)]);
    const rows = input("x", "data", "f32", [axis("r", n / 1024), axis("k", 1024)]);
    const summed = await measured(device, alone(sum(rows, ["k"])), how.patience);
    read.push([4 * n, (4 * n) / Math.max(summed / 4, summed - single)]);
    if (Math.max(seconds, summed) > how.longest) break;
  }
  tell("arithmetic");
  const count = how.values[1]!;
  const [few, much] = [8, 40];
  const chain = (links: number) => {
    let x = one(count);
    for (let i = 0; i < links; i++) x = mul(sin(x), x);
    return alone(x);
  };
  const longer = await measured(device, chain(much), how.patience);
  const shorter = await measured(device, chain(few), how.patience);
  const arithmetic = (2 * (much - few) * count) / Math.max(longer / 8, longer - shorter);
  tell("products");
  const grid = await products(device, how, kernel, run);
  return {
    schema: 1,
    device: "webgpu",
    about: device.about,
    ...about,
    call: { run, input: least, output: least, kernel, view: least, loop: least },
    read: read as Curve,
    copy: copy as Curve,
    products: [grid],
    operators: {},
    arithmetic,
  };
}
