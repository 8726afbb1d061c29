/** One run of a program on host values, from upload to read: for checks and measurements, where nothing stays on the device. */
import { type Binding, evaluate } from "../../kernels/index.ts";
import { decoded, encoded } from "../weights/dtypes.ts";
import { countOf, type Data, type Device, type ProgramSource, type Tensor } from "./device.ts";

/** Runs a program. `values` are row-major by input name; `binding` gives every symbol a number. Returns values by output name. */
export async function runOnce(
  device: Device,
  source: ProgramSource,
  values: Readonly<Record<string, ArrayLike<number>>>,
  binding: Binding,
): Promise<Record<string, Data>> {
  const program = await device.prepare(source);
  const inputs: Record<string, Tensor> = {};
  for (const { name, dtype, axes } of source.inputs) {
    const shape = axes.map((a) => evaluate(a.size, binding));
    inputs[name] = device.upload(dtype, shape, encoded(values[name] ?? [], dtype));
  }
  const outputs = await device.run(program, inputs);
  const read = Object.entries(outputs).map(
    async ([name, tensor]) => [name, decoded(await device.read(tensor), tensor.dtype, countOf(tensor.shape))] as const,
  );
  const result = Object.fromEntries(await Promise.all(read));
  device.release(...Object.values(inputs), ...Object.values(outputs));
  return result;
}
