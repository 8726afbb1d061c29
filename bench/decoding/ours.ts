/** Our side of bench/decoding.ts: std's Decoder, compiled. `node ours.ts PRECISION THREADS ROWS`. */
import { modelPrograms } from "../../compiler/lower/model.ts";
import { modelOf, stdlib } from "../../compiler/lower/testing.ts";
import { evaluate, optimized, type Port, type Program, quantized, renderOnnx } from "../../kernels/index.ts";
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

/** How matrices are stored, in groups of 64 along what products sum. */
const schemes = { f32: undefined, int8: { dtype: "i8", group: 64 }, int4: { dtype: "i4", group: 64 } } as const;

function stored(p: Program, precision: Precision): Program {
  const scheme = schemes[precision];
  return scheme ? optimized(quantized(p, (path) => (path === "table" ? undefined : scheme)).program) : p;
}

export async function opened(precision: Precision, threads: number, rows: number) {
  const device = await openCpu({ threads });
  const source = sourceOf(stored(step(), precision), renderOnnx);
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

function weightsOf({ name, dtype, axes }: Port, count: number): Data {
  const bytes = Uint8Array.from({ length: dtype === "i4" ? count / 2 : count }, (_, i) => (i * 2654435761) >>> 24);
  if (dtype !== "f32") return new (arrayOf(dtype))(bytes.buffer) as Data;
  // What has one axis scales a norm; the scales of narrow weights keep them as small as the others.
  if (name.endsWith(".scale")) return new Float32Array(count).fill(axes.length === 1 ? 1 : 2e-4);
  return weights(count);
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
