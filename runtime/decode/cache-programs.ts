/**
 * Small programs over what a step holds, made from its ports: rows in other places, and caches with more room. They run where the
 * tensors lie. Knows nothing of what the tensors mean.
 */
import { gather, input, output, type Port, pad, program, rename, renderOnnx, sizeInput } from "../../kernels/index.ts";

import type { ProgramSource } from "../device/device.ts";
import { sourceOf } from "../device/source.ts";

/** How a step's ports call the size of its caches. */
export const capacity = "capacity";

const given = (port: Port) => input(port.name, "data", port.dtype, port.axes);

/** Every tensor of `ports` with the rows of its first axis at the places that `places` (i32 [to]) names. */
export function reordering(name: string, ports: readonly Port[]): ProgramSource {
  const places = input("places", "data", "i32", [{ name: "to", size: "to" }]);
  const outputs = ports.map((port) => {
    const rows = port.axes[0]!.name;
    const order = port.axes.map((a) => a.name);
    return output(port.name, "value", rename(gather(given(port), places, rows), { to: rows }), order);
  });
  return sourceOf(program(name, outputs), renderOnnx);
}

/** Every cache of `ports` with as many more places as the size `more` says. */
export function growing(name: string, ports: readonly Port[]): ProgramSource {
  const outputs = ports.map((port) => {
    const along = port.axes.find((a) => a.size === capacity)!;
    const order = port.axes.map((a) => a.name);
    return output(port.name, "value", pad(given(port), along.name, 0, "more", 0), order);
  });
  return sourceOf(program(name, outputs, [sizeInput("more")]), renderOnnx);
}
