/**
 * The loss of an objective over rows, and its other metrics, without a step: exactly what they are on all rows as one batch where the loss is a
 * sum over them, computed a part at a time. Knows nothing of recipes or of how weights came about.
 */
import { type Collate, type Collated, collate } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { LossPrograms } from "../decode/local-model.ts";
import type { FedProgram } from "../decode/writer.ts";
import type { Device, Tensor } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import { passing } from "./parts.ts";

/** What is measured, with what. */
export type Measurement = {
  readonly device: Device;
  readonly programs: LossPrograms;
  readonly text: Collate;
  /** Weights of every model that the objective reads, by the program's names. */
  readonly weights: ReadonlyMap<string, WeightTensor>;
  /** Numbers that the objective was given. */
  readonly given: Readonly<Record<string, number>>;
  /** Rows that are computed at once. */
  readonly batch: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many rows are done. */
  readonly update?: (rows: number) => void;
};

/** Numbers by name, `loss` among them, and the rows that they are of. */
export type Measured = { readonly metrics: Readonly<Record<string, number>>; readonly rows: number };

/** Rows by name. */
type Named = { readonly name: string } & AsyncIterable<Row>;

async function* batched(rows: AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    if (batch.push(row) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** So many rows have their common numbers (how many tokens there are) computed at once. */
const together = 4_096;

/** Measures. Throws `no_rows` where no row fits the window, and whatever reading the rows throws. */
export async function evaluate(
  rows: Named,
  { device, programs, text, weights, given, batch, signal, update }: Measurement,
): Promise<Measured> {
  const { loss, parts } = programs;
  const meter = await openMeter(device, parts?.part ?? loss, parts?.whole, weights);
  const sums = new Map<string, number>();
  let seen = 0;
  try {
    for await (const many of batched(rows, parts === undefined ? batch : together)) {
      const { metrics, rows: count } = await meter.measure(many, { text, given, batch, signal, done: (n) => update?.(seen + n) });
      for (const [name, value] of Object.entries(metrics)) sums.set(name, (sums.get(name) ?? 0) + value * count);
      seen += count;
      if (signal?.aborted) break;
    }
  } finally {
    meter.close();
  }
  if (seen === 0 && !signal?.aborted) {
    throw new NeuroError("no_rows", `${rows.name} has no row that can be measured.`, {
      where: rows.name,
      hint: "Check the file, and that the rows' texts are within the model's window.",
    });
  }
  return { metrics: Object.fromEntries([...sums].map(([name, sum]) => [name, sum / seen])), rows: seen };
}

type Asked = {
  readonly text: Collate;
  readonly given: Readonly<Record<string, number>>;
  readonly batch: number;
  readonly signal: AbortSignal | undefined;
  readonly done: (rows: number) => void;
};

/** Programs with their weights on a device. */
async function openMeter(device: Device, of: FedProgram, before: FedProgram | undefined, weights: Measurement["weights"]) {
  const part = await device.prepare(of.program);
  const whole = before && (await device.prepare(before.program));
  const held: Record<string, Tensor> = {};
  for (const { name, role } of [...part.inputs, ...(whole?.inputs ?? [])]) {
    const tensor = role === "weight" && held[name] === undefined ? weights.get(name) : undefined;
    if (tensor) held[name] = device.upload("f32", tensor.shape, tensor.data.slice());
  }
  const close = (): void => device.release(...Object.values(held));
  /** What a program's outputs are for rows; `all` is what was computed over all of them. */
  const run = async (batch: Collated, numbers: Record<string, number>, all: Record<string, Tensor>) => {
    const fed = passing(device, part, batch, numbers, { ...held, ...all });
    const out = await device.run(part, { ...held, ...all, ...fed });
    const told: Record<string, number> = {};
    for (const { name, role } of part.outputs) {
      if (role === "loss" || role === "metric") told[role === "loss" ? "loss" : name] = (await device.read(out[name]!))[0]!;
    }
    device.release(...Object.values(fed), ...Object.values(out));
    return told;
  };
  const measure = async (rows: readonly Row[], asked: Asked): Promise<Measured> => {
    const { rows: kept } = collate(rows, part.inputs, of.feeds, asked.text);
    if (kept.length === 0) return { metrics: {}, rows: 0 };
    const all: Record<string, Tensor> = {};
    if (whole && before) {
      const fed = passing(device, whole, collate(kept, whole.inputs, before.feeds, asked.text), asked.given, held);
      Object.assign(all, await device.run(whole, { ...held, ...fed }));
      device.release(...Object.values(fed));
    }
    const metrics: Record<string, number> = {};
    for (let first = 0; first < kept.length && !asked.signal?.aborted; first += asked.batch) {
      const own = collate(kept.slice(first, first + asked.batch), part.inputs, of.feeds, asked.text);
      const told = await run(own, { ...asked.given, seed: 0, first, part: own.rows.length / kept.length }, all);
      for (const [name, value] of Object.entries(told)) metrics[name] = (metrics[name] ?? 0) + value;
      asked.done(first + own.rows.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    device.release(...Object.values(all));
    return { metrics, rows: kept.length };
  };
  return { measure, close };
}
