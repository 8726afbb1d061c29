import { expect, test } from "vitest";
import {
  type Axis,
  add,
  attention,
  axis,
  contract,
  dequantize,
  input,
  iota,
  le,
  mul,
  type Node,
  output,
  type Program,
  program,
  put,
  rename,
  renderOnnx,
  rmsNorm,
  rotary,
  silu,
  sizeInput,
  slice,
} from "../../kernels/index.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { openCpu } from "./cpu.ts";
import { arrayOf, type Device, type Tensor } from "./device.ts";
import { openInterp } from "./interp.ts";
import { sourceOf } from "./source.ts";

const [b, t, d, g, r, k, i] = [
  axis("b", "b"),
  axis("t", 1),
  axis("d", 32),
  axis("g", 2),
  axis("r", 2),
  axis("k", 16),
  axis("i", 64),
];
const room = axis("u", "capacity");
const weight = (name: string, ...axes: Axis[]): Node => input(name, "weight", "f32", axes);

/** A node with one axis called otherwise. */
const renamed = (node: Node, from: string, to: string): Node => rename(node, { [from]: to });

/** A matrix as it is given, or in so many bits with scales in groups of 16 along what a product sums last. */
type Matrix = (name: string, over: readonly Axis[], columns: readonly Axis[]) => Node;
const plain: Matrix = (name, over, columns) => weight(name, ...over, ...columns);
const packed =
  (dtype: "i8" | "i4"): Matrix =>
  (name, over, columns) => {
    const last = over.at(-1)!;
    const scale = weight(`${name}.scale`, ...columns, ...over.slice(0, -1), axis(last.name, (last.size as number) / 16));
    return dequantize(input(name, "weight", dtype, [...columns, ...over]), scale, last.name);
  };

/** One layer of a decoder at its step: norms, rotary positions, grouped queries over caches, a gated feed-forward part. */
function step(matrix: Matrix, { rows = false } = {}): Program {
  const past = sizeInput("past");
  const at = rows ? input("at", "data", "i32", [b]) : past;
  const place = add(iota(t), at);
  const x = input("x", "data", "f32", [b, t, d]);
  const y = mul(rmsNorm(x, ["d"]), weight("norm", d));
  const twin = (node: Node): Node => put(input(`cache.${node.id}`, "state", "f32", [b, g, room, k]), node, at, "u");
  const [q, n, v] = [
    contract(y, matrix("wq", [d], [g, r, k]), ["d"]),
    contract(y, matrix("wk", [d], [g, k]), ["d"]),
    contract(y, matrix("wv", [d], [g, k]), ["d"]),
  ];
  const moved = (node: Node): Node => renamed(node, "t", "u");
  const [keys, values] = [twin(moved(rotary(n, place, "k"))), twin(moved(v))];
  const seen = (cache: Node): Node => slice(cache, "u", 0, "past+1");
  const present = le(iota(axis("u", "past+1")), place);
  const look = attention(rotary(q, place, "k"), seen(keys), seen(values), { over: ["k"], along: "u", scale: 0.25, present });
  const z = add(x, renamed(contract(look, matrix("wo", [g, r, k], [axis("o", 32)]), ["g", "r", "k"]), "o", "d"));
  const inside = mul(silu(contract(z, matrix("gate", [d], [i]), ["d"])), contract(z, matrix("up", [d], [i]), ["d"]));
  const out = add(z, renamed(contract(inside, matrix("down", [i], [axis("o", 32)]), ["i"]), "o", "d"));
  return program(
    "step",
    [
      output("out", "value", out, ["b", "t", "d"]),
      output(String(keys.inputs[0]!.attrs.name), "state", keys),
      output(String(values.inputs[0]!.attrs.name), "state", values),
    ],
    [past],
  );
}

/** The results of three steps, one after another, with the caches where they lie. */
async function written(device: Device, p: Program, known: boolean): Promise<number[]> {
  const source = sourceOf(p, renderOnnx);
  const sizes: Record<string, number> = { b: 2, capacity: 8, past: 0 };
  const feeds = drawn(p, sizes as never);
  const given: Record<string, Tensor> = {};
  const constants: Record<string, Tensor> = {};
  for (const { name, dtype, axes, role } of source.inputs) {
    const shape = axes.map((a) => (typeof a.size === "number" ? a.size : sizes[a.size]!));
    const count = shape.reduce((n, s) => n * s, 1);
    const bytes = new Uint8Array(count / 2).map((_, j) => (j * 37) % 256);
    const values =
      role === "state" || dtype === "i32"
        ? new (arrayOf(dtype))(count)
        : dtype === "i4"
          ? bytes
          : arrayOf(dtype).from(
              [...feeds[name]!].map((v) =>
                dtype === "i8" ? Math.round(v * 40) : name.endsWith("scale") ? Math.abs(v) / 100 : v,
              ),
            );
    (role === "weight" && known ? constants : given)[name] = device.upload(dtype, shape, values);
  }
  const runnable = await device.prepare(source, known ? { constants } : {});
  const found: number[] = [];
  const state = Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith("cache.")));
  for (let past = 0; past < 3; past++) {
    device.write(given.past!, Int32Array.of(past));
    if (given.at) device.write(given.at, Int32Array.of(past, Math.max(0, past - 1)));
    const { out } = await device.run(runnable, given, state);
    found.push(...((await device.read(out!)) as Float32Array));
  }
  await device.close();
  return found;
}

const layers: [string, Program, number][] = [
  ["in f32", step(plain), 1e-5],
  ["in f32, each row at a place of its own", step(plain, { rows: true }), 1e-5],
  // MatMulNBits rounds what it multiplies to eight bits in blocks (accuracy level 4).
  ["in eight bits", step(packed("i8")), 2e-2],
  ["in four bits", step(packed("i4")), 2e-2],
];

test.each(layers)("a layer that decodes over its own caches is what the interpreter says: %s", async (_, p, within) => {
  const exact = await written(openInterp(), p, false);
  const scale = Math.max(1, ...exact.map(Math.abs));
  for (const known of [false, true]) {
    const found = await written(await openCpu({ threads: 1 }), p, known);
    found.forEach((v, j) => void expect(Math.abs(v - exact[j]!) / scale, `${j} of ${known}`).toBeLessThan(known ? within : 1e-5));
  }
});
