/**
 * How long a program will take on a machine that was measured: the roofline model (Williams, Waterman, Patterson 2009) for each
 * kernel, the larger of computing and moving, and what it costs to start one. It holds no number of its own: rates by shape and size come from the
 * calibration.
 */
import { type Binding, evaluate } from "../ir/size.ts";
import { along, type Calibration, gridOf, rateAt, type Shaped } from "./calibration.ts";
import type { CostLine, Product } from "./cost.ts";

/** One kernel's predicted time. */
export interface Predicted {
  readonly line: CostLine;
  /** Seconds in all. */
  readonly seconds: number;
  /** What bounds it. */
  readonly bound: "compute" | "memory" | "start";
  readonly bytes: number;
  readonly flops: number;
}

/** A program's predicted time. */
export interface Prediction {
  readonly seconds: number;
  /** Of the whole: calling the program and handing it its tensors. */
  readonly call: number;
  readonly kernels: readonly Predicted[];
  /** Bytes of weights that a run reads. */
  readonly weights: number;
}

/** How many tensors a program is handed and hands back. */
export interface Border {
  readonly inputs: number;
  readonly outputs: number;
}

const numbers = ({ bits, integer, constant, ...shape }: Product, binding: Binding): Shaped => ({
  batch: evaluate(shape.batch, binding),
  rows: evaluate(shape.rows, binding),
  columns: evaluate(shape.columns, binding),
  inner: evaluate(shape.inner, binding),
  bits,
  ...(integer ? { integer } : {}),
  ...(constant ? { constant } : {}),
});

/** Seconds that a line's products compute, at the rate their shapes had. */
function productSeconds(line: CostLine, binding: Binding, calibration: Calibration): number {
  let seconds = 0;
  for (const p of line.products!) {
    const shape = numbers(p, binding);
    const grid = gridOf(calibration, line.kind, shape);
    if (!grid) continue;
    const { batch, rows, columns, inner } = shape;
    seconds += (2 * batch * rows * columns * inner) / rateAt(grid, rows, columns, inner);
  }
  return seconds;
}

/** Seconds to bring weights near: at the rate of reading as many bytes as the whole program has of them. */
const coldSeconds = (bytes: number, footprint: number, calibration: Calibration): number =>
  bytes === 0 ? 0 : bytes / along(calibration.read, footprint);

function predicted(line: CostLine, binding: Binding, calibration: Calibration, footprint: number): Predicted {
  const [bytes, flops, weights, items] = [line.bytes, line.flops, line.weights, line.items].map((s) => evaluate(s, binding)) as [
    number,
    number,
    number,
    number,
  ];
  const { call, operators, copy, arithmetic } = calibration;
  const start = line.kind === "view" || line.kind === "size" ? call.view : call.kernel;
  const given = (compute: number, memory: number): Predicted => ({
    line,
    seconds: start + Math.max(compute, memory),
    bound: start > Math.max(compute, memory) ? "start" : compute >= memory ? "compute" : "memory",
    bytes,
    flops,
  });
  const cold = coldSeconds(weights, footprint, calibration);
  if (items === 0) return given(0, 0);
  if (line.products) return given(productSeconds(line, binding, calibration), cold + (bytes - weights) / along(copy, bytes));
  const curve = operators[line.kind] ?? operators[line.kind.replace(/\..*/, "")];
  if (curve) {
    const own = items * along(curve, items) + (line.loops === undefined ? 0 : evaluate(line.loops, binding) * call.loop);
    // An operator's own time holds computing and moving; a copy of as much tells which of them it is.
    const moving = cold + (bytes - weights) / along(copy, bytes);
    return moving >= own / 2 ? given(0, Math.max(own, cold)) : given(own, cold);
  }
  return given(arithmetic ? flops / arithmetic : 0, cold + (bytes - weights) / along(copy, bytes));
}

/** Predicts a program's time for given sizes on a machine that was measured. Every symbol of the costs must be bound. */
export function predict(lines: readonly CostLine[], calibration: Calibration, binding: Binding, border: Border): Prediction {
  const weights = lines.reduce((n, l) => n + evaluate(l.weights, binding), 0);
  const kernels = lines.map((line) => predicted(line, binding, calibration, weights));
  const { run, input, output } = calibration.call;
  const call = run + input * Math.max(0, border.inputs - 1) + output * Math.max(0, border.outputs - 1);
  return { seconds: kernels.reduce((n, k) => n + k.seconds, call), call, kernels, weights };
}
