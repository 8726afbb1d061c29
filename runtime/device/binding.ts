/** The sizes that a program's symbols take from the tensors it is given. A tensor that does not fit is named, with what was expected. */
import { type Binding, evaluate, minus, type Port, type Size, symbolsOf } from "../../kernels/index.ts";
import { NeuroError } from "../error.ts";
import { type Data, lengthOf, type Tensor, type Tensors } from "./device.ts";

const expected = (port: Port): string =>
  `[${port.axes.map((a) => (a.name === a.size ? a.name : `${a.name}=${a.size}`)).join(", ")}]`;

function misfit(program: string, port: Port, shape: readonly number[], why: string): NeuroError {
  return new NeuroError(
    "tensor_misfit",
    `${program}: the input ${port.name} has shape [${shape.join(", ")}], but ${expected(port)} was expected: ${why}`,
    {
      hint: "Weights, tokenizer and build must belong together; build again and check which weights are loaded.",
    },
  );
}

/** The values of whole numbers without axes as the host last wrote them: sizes are read from these, never from a device. */
const written = new WeakMap<Tensor, number>();

/** The symbols that a size tells, one of which it is, or is with so many places more; asked at every run, so found once. */
const tells = new Map<Size, readonly (readonly [symbol: string, more: number])[]>();

function told(size: Size): readonly (readonly [symbol: string, more: number])[] {
  if (typeof size === "number") return [];
  const found =
    tells.get(size) ??
    symbolsOf(size).flatMap((symbol) => {
      const more = minus(size, symbol);
      return typeof more === "number" ? [[symbol, more] as const] : [];
    });
  tells.set(size, found);
  return found;
}

/** Binds every symbol from the inputs' shapes, or from an input that is the symbol's value (role `size`), and checks every input against its port. */
export function bindSizes(program: string, ports: readonly Port[], inputs: Tensors): Binding {
  const binding: Record<string, number> = {};
  for (const port of ports) {
    const given = inputs[port.name];
    if (!given) throw new Error(`${program}: the input ${port.name} is not given`);
    if (given.dtype !== port.dtype) throw misfit(program, port, given.shape, `it holds ${given.dtype}, not ${port.dtype}`);
    if (given.shape.length !== port.axes.length) throw misfit(program, port, given.shape, `it has ${given.shape.length} axes`);
    if (port.role === "size") binding[port.name] = sizeIn(program, port, given);
    for (const [k, axis] of port.axes.entries())
      for (const [symbol, more] of told(axis.size)) binding[symbol] ??= given.shape[k]! - more;
  }
  for (const port of ports)
    for (const [k, axis] of port.axes.entries()) {
      const open = symbolsOf(axis.size).filter((s) => binding[s] === undefined);
      if (open.length > 0) throw new Error(`${program}: no input binds the symbol ${open.join(", ")}`);
      const size = evaluate(axis.size, binding);
      const { shape } = inputs[port.name]!;
      if (shape[k] !== size) throw misfit(program, port, shape, `${axis.name} is ${size} here`);
    }
  return binding;
}

function sizeIn(program: string, port: Port, given: Tensor): number {
  const value = written.get(given);
  if (value === undefined) throw new Error(`${program}: the size ${port.name} was never written by the host`);
  return value;
}

/** The shape of a port under a binding. */
export const shapeOf = (port: Port, binding: Binding): number[] => port.axes.map((a) => evaluate(a.size, binding));

/** Refuses values that are not as many as a tensor holds, or of another type. Every write of the host passes here. */
export function checkData(tensor: Tensor, data: Data): void {
  if (tensor.dtype === "i32" && tensor.shape.length === 0) written.set(tensor, data[0]!);
  const need = lengthOf(tensor.dtype, tensor.shape);
  if (data.length !== need)
    throw new NeuroError(
      "tensor_misfit",
      `a tensor of shape [${tensor.shape.join(", ")}] holds ${need} values, not ${data.length}`,
    );
}
