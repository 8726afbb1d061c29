/** Our side of bench/decoding.ts: std's Decoder, compiled. `node ours.ts PRECISION THREADS ROWS`. */
import { modelPrograms } from "../../compiler/lower/model.ts";
import { modelOf, stdlib } from "../../compiler/lower/testing.ts";
import { axis, divide, evaluate, input, type Port, type Program, renderOnnx } from "../../kernels/index.ts";
import { mapProgram } from "../../kernels/ir/rewrite.ts";
import { dequantize } from "../../kernels/ops/dequantize.ts";
import { openCpu } from "../../runtime/device/cpu.ts";
import { arrayOf, type Data, type Tensor } from "../../runtime/device/device.ts";
import { sourceOf } from "../../runtime/device/source.ts";
import { byKind, printed, Worker } from "../peer.ts";
import { type Precision, shape, weights } from "./model.ts";

/** The decoding step of one token. */
function step(): Program {
  const { width, heads, layers, inner, vocabulary } = shape;
  const spec = `model m: Decoder { depth: ${layers} layers, width: ${width}, heads: ${heads}, inner: ${inner}, tied: false }`;
  const texts = [stdlib("models"), stdlib("decoders"), spec].map((text) => text.replace(/^use .*$/gm, ""));
  const { context, instance } = modelOf(texts, "m", vocabulary);
  return modelPrograms(context, instance).programs.find(({ program }) => program.name === "m.step")!.program;
}

const capacity = 256;

/** The program with its matrices in so many bits, in groups along what products sum: the summed axes lie last. */
function quantized(p: Program, precision: Precision): Program {
  if (precision === "f32") return p;
  const [dtype, group] = precision === "int8" ? (["i8", 64] as const) : (["i4", 64] as const);
  const reduced: Record<string, string[]> = { wo: ["g", "r", "k"], down: ["i"] };
  return mapProgram(p, (node) => {
    const name = node.op === "input" && node.attrs.role === "weight" ? String(node.attrs.name) : "";
    if (name === "" || node.axes.length < 2 || name === "table") return node;
    const summed = reduced[name.split(".").at(-1)!] ?? ["d"];
    const [over, columns] = [true, false].map((inside) => node.axes.filter((a) => summed.includes(a.name) === inside));
    const along = over!.at(-1)!;
    const q = input(name, "weight", dtype, [...columns!, ...over!]);
    const groups = axis(along.name, divide(along.size, Math.min(group, along.size as number))!);
    const scale = input(`${name}.scales`, "weight", "f32", [...columns!, ...over!.slice(0, -1), groups]);
    return dequantize(q, scale, along.name);
  });
}

export async function opened(precision: Precision, threads: number, rows: number) {
  const device = await openCpu({ threads });
  const source = sourceOf(quantized(step(), precision), renderOnnx);
  const size = (port: Port) => port.axes.map((a) => evaluate(a.size, { batch: rows, capacity, past: 0 }));
  const constants: Record<string, Tensor> = {};
  const state: Record<string, Tensor> = {};
  for (const port of source.inputs) {
    const dims = size(port);
    const count = dims.reduce((n, d) => n * d, 1);
    if (port.role === "weight") constants[port.name] = device.upload(port.dtype, dims, weightsOf(port, count));
    else state[port.name] = device.upload(port.dtype, dims, new (arrayOf(port.dtype))(count));
  }
  const program = await device.prepare(source, { constants });
  return { device, program, state, rows, constants };
}

function weightsOf({ name, dtype }: Port, count: number): Data {
  if (dtype === "f32")
    return name.endsWith("scale")
      ? new Float32Array(count).fill(1)
      : name.endsWith("scales")
        ? new Float32Array(count).fill(0.002)
        : weights(count);
  const bytes = dtype === "i4" ? count / 2 : count;
  return new (arrayOf(dtype))(Uint8Array.from({ length: bytes }, (_, i) => (i * 2654435761) >>> 24).buffer) as Data;
}

/** The place of the largest of each row. */
function largest(values: Float32Array, rows: number): Int32Array {
  const width = values.length / rows;
  return Int32Array.from({ length: rows }, (_, r) => {
    let best = 0;
    for (let i = 1; i < width; i++) if (values[r * width + i]! > values[r * width + best]!) best = i;
    return best;
  });
}

export async function written(
  { device, program, state, rows }: Awaited<ReturnType<typeof opened>>,
  count: number,
): Promise<void> {
  const caches = Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith("cache.")));
  let token: Int32Array = Int32Array.from({ length: rows }, (_, r) => 300 + r);
  for (let past = 0; past < count; past++) {
    device.write(state.token!, token);
    device.write(state.past!, Int32Array.of(past));
    if (state.at) device.write(state.at, new Int32Array(rows).fill(past));
    const { next } = await device.run(program, state, caches);
    token = largest((await device.read(next!)) as Float32Array, rows);
    device.release(next!);
  }
}

/** Where the time of one step goes, with 100 tokens before it. */
export async function profile(precision: Precision, threads: number, rows: number): Promise<void> {
  const open = await opened(precision, threads, rows);
  open.device.write(open.state.past!, Int32Array.of(100));
  if (open.state.at) open.device.write(open.state.at, new Int32Array(rows).fill(100));
  console.log(`${precision}, ${threads} threads, ${rows} streams`);
  const times = await open.device.profile(open.program, open.state);
  printed(byKind(times));
  await open.device.close();
}

if (process.argv[1] === import.meta.filename) {
  const [, , precision, threads, rows] = process.argv;
  const open = await opened(precision as Precision, Number(threads), Number(rows));
  open.device.release(...Object.values(open.constants));
  await Worker.answer({}, async (count) => {
    const from = performance.now();
    await written(open, count);
    return { seconds: (performance.now() - from) / 1000, memory: process.resourceUsage().maxRSS * 1024 };
  });
}
