// A trained model (karpathy's stories260K) with narrow weights: the losses that an independent forward pass computed for each scheme.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decoderPrograms } from "../compiler/lower/decoder-testing.ts";
import { optimized, quantized, renderOnnx, type Scheme } from "../kernels/index.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device, Tensor } from "../runtime/device/device.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { Tokenizer } from "../runtime/text/tokenizer.ts";
import { narrowed } from "../runtime/weights/narrow.ts";
import { openForeign } from "../runtime/weights/open.ts";
import type { Weights } from "../runtime/weights/tensors.ts";

// The data is read where it lies beside the project, and is no part of it; a checkout without it has nothing to compare with here.
const places = ["../../shared", "../shared"].map((each) => join(import.meta.dirname, each, "data/stories260K"));
const folder = places.find((each) => existsSync(join(each, "stories260K.bin")));

/** Mean losses of two texts, A and B, by what the seven linear maps of a layer are stored as. */
const table: readonly (readonly [string, Scheme | undefined, number])[] = [
  ["full precision", undefined, 0.473418],
  ["eight bits a row", { dtype: "i8" }, 0.47508],
  ["four bits a row", { dtype: "i4" }, 0.57807],
  ["four bits in groups of 32", { dtype: "i4", group: 32 }, 0.52371],
  ["four bits with zero points", { dtype: "u4", zero: true }, 0.57474],
  ["three bits a row", { dtype: "i4", most: 3 }, 2.07374],
  ["three bits in groups of 32", { dtype: "i4", most: 3, group: 32 }, 1.31412],
];

describe.runIf(folder !== undefined)("stories260K", () => {
  let device: Device;
  let weights: Weights;
  let ids: number[];
  const shape = { depth: 5, width: 64, heads: 8, kv: 4, inner: 172, epsilon: 1e-5 };
  const { forward } = folder === undefined ? ({} as never) : decoderPrograms(shape, 512);

  beforeAll(async () => {
    device = await openCpu();
    const foreign = openForeign(join(folder!, "stories260K.bin"));
    weights = new Map([...foreign.tensors].map(([path, t]) => [path, { shape: t.shape, data: Float32Array.from(t.read()) }]));
    const tokenizer = Tokenizer.parse(foreign.tokenizer!.json, "tokenizer.bin", foreign.tokenizer!.config);
    ids = [tokenizer.special.begin, ...tokenizer.encode(readFileSync(join(folder!, "greedy200.expected.txt"), "utf8"))];
    foreign.close();
  });
  afterAll(() => device.close());

  /** The mean loss of the text when the layers' products are stored by a scheme. */
  async function loss(scheme: Scheme | undefined, which = /attention\.w|swiglu/, count = 35): Promise<number> {
    const { program, layouts } = quantized(forward, (path) => (which.test(path) ? scheme : undefined));
    if (scheme) expect(layouts.length).toBe(count);
    const source = sourceOf(optimized(program), renderOnnx);
    const runnable = await device.prepare(source);
    const inputs: Record<string, Tensor> = {};
    const data = {
      "text.input": ["i32", Int32Array.from(ids.slice(0, -1))],
      "text.present": ["f32", new Float32Array(ids.length - 1).fill(1)],
      "answer.ids": ["i32", Int32Array.from(ids.slice(1))],
      "answer.present": ["f32", new Float32Array(ids.length - 1).fill(1)],
    } as const;
    for (const [name, [dtype, values]] of Object.entries(data)) inputs[name] = device.upload(dtype, [1, values.length], values);
    inputs["text.given"] = device.upload("i32", [1], Int32Array.of(0));
    for (const [path, t] of narrowed(weights, layouts)) inputs[path] = device.upload(t.dtype, t.shape, t.data);
    const { logp } = await device.run(runnable, inputs);
    const told = (await device.read(logp!)) as Float32Array;
    return -told.reduce((sum, x) => sum + x, 0) / told.length;
  }

  for (const [title, scheme, expected] of table)
    test(`${title}: the loss that the reference has`, async () => {
      expect(await loss(scheme)).toBeCloseTo(expected, 4);
    });

  test("other formats cost little, the table may be narrow too, and eight-bit activations little more", async () => {
    for (const scheme of [
      { dtype: "f16" },
      { dtype: "bf16" },
      { dtype: "e4m3" },
      { dtype: "u4", code: "nf4", group: 32 },
    ] as Scheme[])
      expect(Math.abs((await loss(scheme)) - 0.473418), JSON.stringify(scheme)).toBeLessThan(0.1);
    // The tied table is looked up by rows and multiplied with, too.
    expect(Math.abs((await loss({ dtype: "i8" }, /attention\.w|swiglu|table/, 36)) - 0.47508)).toBeLessThan(0.02);
    expect(Math.abs((await loss({ dtype: "i8", activations: true })) - 0.47508)).toBeLessThan(0.02);
  });
});
