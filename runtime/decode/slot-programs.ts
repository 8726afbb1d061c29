/**
 * Small programs over a running batch, made from a step's ports: one row is put into a place of its own, where it lies, and all of them change
 * places and sizes. Axes of other sizes (a longer source, caches with more room) are told by indices: where what is read ends, its last place
 * stands for all further ones, so whatever marks a place as padding stays with it. They know nothing of what the tensors mean.
 */
import { type Axis, gather, input, type Node, output, type Port, program, put, rename, renderOnnx } from "../../kernels/index.ts";
import type { ProgramSource } from "../device/device.ts";
import { sourceOf } from "../device/source.ts";

/** The axes of a port beside its rows whose size is a symbol. */
export const lengths = ({ axes }: Port): readonly string[] =>
  axes.slice(1).flatMap(({ size }) => (typeof size === "string" ? [size] : []));

/** The name under which what is read stands, and the symbols of its sizes. */
export const from = (name: string): string => `from.${name}`;

const indices = (symbol: string): Node => input(`to.${symbol}`, "data", "i32", [{ name: `to.${symbol}`, size: symbol }]);

/** The rows at some places of a tensor that was read, with its lengths made those of the batch: which of its places stand where is told. */
function fitted(port: Port, places: Node): Node {
  const [rows] = port.axes as [Axis];
  const [at] = places.axes as readonly Axis[];
  const axes = port.axes.map(
    (axis, i): Axis =>
      i === 0
        ? { name: rows.name, size: "read" }
        : typeof axis.size === "string"
          ? { name: axis.name, size: from(axis.size) }
          : axis,
  );
  // Rows first: the others are not touched.
  const own = rename(gather(input(from(port.name), "data", port.dtype, axes), places, rows.name), { [at!.name]: rows.name });
  return port.axes.slice(1).reduce<Node>((x, { name, size }) => {
    if (typeof size !== "string") return x;
    return rename(gather(x, indices(size), name), { [`to.${size}`]: name });
  }, own);
}

/**
 * Row `row` (i32 [1]) of what was read (`from.<name>`) in the place `place` (i32 []) of the batch's tensors, which are written where they lie.
 * `to.<size>` (i32 [size]) says which place of the read stands at each of the batch's.
 */
export function placing(name: string, ports: readonly Port[]): ProgramSource {
  const row = input("row", "data", "i32", [{ name: "one", size: 1 }]);
  const place = input("place", "data", "i32", []);
  const outputs = ports.map((port) => {
    const [rows] = port.axes as [Axis];
    const read = fitted(port, row);
    const old = input(port.name, "state", port.dtype, port.axes);
    return output(
      port.name,
      "state",
      put(old, read, place, rows.name),
      port.axes.map((axis) => axis.name),
    );
  });
  return sourceOf(program(name, outputs), renderOnnx);
}

/** A batch of other sizes: the row `places` (i32 [rows]) says at each place, lengths as in {@link placing}. */
export function resizing(name: string, ports: readonly Port[]): ProgramSource {
  const places = input("places", "data", "i32", [{ name: "placed", size: "placed" }]);
  const outputs = ports.map((port) =>
    output(
      port.name,
      "value",
      fitted(port, places),
      port.axes.map((axis) => axis.name),
    ),
  );
  return sourceOf(program(name, outputs), renderOnnx);
}
