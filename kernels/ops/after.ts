/**
 * after(x, ...others) is x, but only once the others are there. It computes nothing: what follows from it is computed then, and
 * apart from what follows from x itself, so that something may be made again instead of kept, or one part after another.
 */
import { fail, make, type Node } from "../ir/node.ts";
import type { Emitter, Placed } from "../render/onnx/emitter.ts";
import { elementTypes } from "../render/onnx/proto.ts";
import { primitive } from "./op.ts";

/** 0 as int64 of shape [1], made from a value so that nobody can know it before that is there. */
function zeroOf(e: Emitter, { name, order }: Placed, dtype: Node["dtype"]): string {
  const rank = order.length;
  const ones = Array.from({ length: rank }, () => 1);
  const first =
    rank === 0
      ? name
      : e.op("Slice", [
          name,
          e.constant(
            "int64",
            ones.map(() => 0),
            [rank],
          ),
          e.constant("int64", ones, [rank]),
        ]);
  const single = e.op("Reshape", [first, e.ints(1)]);
  const plain = dtype === "f32" || dtype === "f16" ? e.op("IsNaN", [single]) : single;
  return e.op("Mul", [e.op("Cast", [plain], { to: BigInt(elementTypes.int64) }), e.ints(0)]);
}

primitive("after", {
  signature: (inputs) => {
    if (inputs.length < 2) fail("after", "takes a value and what it waits for", inputs);
    return { dtype: inputs[0]!.dtype, axes: inputs[0]!.axes };
  },
  reference: ([x]) => x!,
  gradient: (_, g) => [g],
  // A view whose shape waits: onnxruntime copies nothing, and neither folds it nor merges what follows.
  onnxForm: (e, node) => {
    const [x, ...others] = node.inputs.map((i) => e.at(i)) as [Placed, ...Placed[]];
    const zeros = others.map((o, i) => zeroOf(e, o, node.inputs[i + 1]!.dtype));
    const wait = zeros.reduce((a, b) => e.op("Add", [a, b]));
    const shape = e.shape(x.order.map((a) => a.size));
    return { name: e.op("Reshape", [x.name, e.op("Add", [shape, wait])], { allowzero: 1n }), order: x.order };
  },
  cases: (given) => {
    const [x, y] = [given("x", "b s d"), given("y", "s d")];
    return [
      ["after another", after(x, y)],
      ["after several", after(given("p", "b s", "bool"), x, given("below7", "b t", "i32"), given("q", "s", "bool"))],
    ];
  },
});

/** x, once the others are there. */
export const after = (x: Node, ...others: readonly Node[]): Node => make("after", [x, ...others]);
