/** The place of the largest along an axis; the first among equals. */
import { isStorage } from "../ir/dtype.ts";
import { mul, neg } from "../ir/elementwise.ts";
import { axisOf, fail, make, type Node, without } from "../ir/node.ts";
import { elementTypes } from "../render/onnx/proto.ts";
import { primitive } from "./op.ts";

primitive<{ axis: string }>("argmax", {
  signature: (inputs, { axis }) => {
    const [x] = inputs;
    if (!axisOf(x!, axis)) fail("argmax", `no axis ${axis}`, inputs);
    if (x!.dtype === "bool" || isStorage(x!.dtype)) fail("argmax", "takes numbers; cast first", inputs);
    return { dtype: "i32", axes: without(x!.axes, [axis]) };
  },
  reference: ([x], node, frame) => {
    const from = node.inputs[0]!;
    const along = axisOf(from, node.attrs.axis as string)!;
    const length = frame.size(along.size);
    const places = frame.places([...node.axes, along], from.axes);
    const rows = frame.places(node.axes, node.axes).length;
    return Float64Array.from({ length: rows }, (_, row) => {
      let best = 0;
      for (let i = 1; i < length; i++) if (x![places[row * length + i]!]! > x![places[row * length + best]!]!) best = i;
      return best;
    });
  },
  onnxForm: (e, { inputs: [x], attrs }) => {
    const { name, order } = e.at(x!);
    const at = order.findIndex((a) => a.name === attrs.axis);
    const found = e.op("ArgMax", [name], { axis: BigInt(at), keepdims: 0n });
    return { name: e.op("Cast", [found], { to: BigInt(elementTypes.int32) }), order: order.filter((_, i) => i !== at) };
  },
  cases: (given) => {
    const [x, whole] = [given("x", "b s d"), given("below9", "b s", "i32")];
    return [
      ["argmax", argmax(x, "d")],
      ["argmax of an outer axis", argmax(x, "b")],
      ["argmax of equal numbers is the first", argmax(mul(x, 0), "d")],
      ["argmin of whole numbers, equal ones among them", argmin(whole, "s")],
    ];
  },
});

/** The place (i32) of the largest along an axis; the first among equals. */
export const argmax = (x: Node, axis: string): Node => make("argmax", [x], { axis });

/** The place (i32) of the smallest along an axis; the first among equals. */
export const argmin = (x: Node, axis: string): Node => argmax(neg(x), axis);
