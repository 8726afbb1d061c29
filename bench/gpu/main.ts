/**
 * Decoding, prefill and a training step on this machine's graphics card: time, the share of what the card can do, and the ratio to
 * onnxruntime's WebGPU provider. Run from the folder that `pack.ts` fills: node bundle.js [--tiny] [--json] [--only decoding] [--alone]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { amount, duration, share, table } from "../../kernels/cost/text.ts";
import { type ProgramJson, programFromJson } from "../../kernels/index.ts";
import { openWebGpu } from "../../runtime/device/webgpu.ts";
import { copyBandwidth, type Measured, measure, productRate } from "./measure.ts";
import { onOnnxruntime } from "./ort.ts";

const { values: flags } = parseArgs({
  options: {
    tiny: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string" },
    alone: { type: "boolean", default: false },
    programs: { type: "string", default: join(import.meta.dirname, "programs") },
  },
});

interface Packed {
  readonly name: string;
  readonly kind: "decoding" | "prefill" | "training";
  readonly sizes: Readonly<Record<string, number>>;
  readonly program: ProgramJson;
}

interface Row extends Measured {
  readonly name: string;
  readonly kind: Packed["kind"];
  /** The share of the copy bandwidth (decoding) or of the product rate (the others). */
  readonly fraction: number;
  /** onnxruntime's time over ours, or why there is none. */
  readonly ratio: number | string;
}

const effort = flags.tiny ? { rounds: 1, runs: 2 } : { rounds: 5, runs: 32 };
const packed = JSON.parse(readFileSync(join(flags.programs, flags.tiny ? "tiny.json" : "1B.json"), "utf8")) as Packed[];
const device = await openWebGpu();
const bandwidth = await copyBandwidth(device, flags.tiny ? 2 ** 20 : 2 ** 28, effort.rounds);
const rate = await productRate(device, flags.tiny ? 64 : 4096, effort.rounds);
console.error(`${device.about}: copies ${amount(bandwidth, "B/s")}, products ${amount(rate, "FLOP/s")}`);

const rows: Row[] = [];
for (const { name, kind, sizes, program: json } of packed) {
  if (flags.only !== undefined && kind !== flags.only) continue;
  const p = programFromJson(json);
  const found = await measure(device, p, sizes, kind === "decoding" ? effort : { ...effort, runs: Math.min(4, effort.runs) });
  const least = kind === "decoding" ? found.weights / bandwidth : found.flops / rate;
  const peer = flags.alone ? "not asked for" : await onOnnxruntime(p, sizes, effort.rounds);
  rows.push({
    ...found,
    name,
    kind,
    fraction: least / found.seconds,
    ratio: typeof peer === "number" ? peer / found.seconds : peer,
  });
  console.error(`${name}: ${duration(found.seconds)}`);
}
await device.close();

const cells = rows.map((r) => [
  r.name,
  duration(r.seconds),
  duration(r.kernels),
  `${r.dispatches}`,
  `${share(r.fraction)} of ${r.kind === "decoding" ? "copying" : "products"}`,
  typeof r.ratio === "number" ? r.ratio.toFixed(2) : `not measured (${r.ratio})`,
]);
const heads = ["case", "time", "kernels", "dispatches", "fraction", "onnxruntime / neuro"];
if (flags.json) console.log(JSON.stringify({ device: device.about, bandwidth, rate, rows }, null, 2));
else console.log(table([heads, ...cells], [false, true, true, true, false, false]));
process.exit(0);
