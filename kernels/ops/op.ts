/** What an operation is: one record, from which every table about operations is derived. */
import type { Attrs, Axis, Node } from "../ir/node.ts";
import type { Size } from "../ir/size.ts";

/** What a reference may ask: the numbers that sizes are, and where operands keep their values. */
export interface Frame {
  /** The number a size is in this run. */
  size(size: Size): number;
  /**
   * For every place over `axes` (row-major), the offset of that place in a row-major tensor over `of`; axes that `of`
   * lacks do not move it.
   */
  places(axes: readonly Axis[], of: readonly Axis[]): Int32Array;
}

/** The record of an operation: its name, its meaning in float64, its gradient, and its forms on devices. */
export interface Op {
  readonly name: string;
  /** Elementwise: the number at one place from the operands' numbers there (truth values are 0 and 1). */
  readonly scalar?: (...operands: number[]) => number;
  /** Other primitives: the values of the result, float64 whatever the dtype, row-major in the order of the node's axes. */
  readonly reference?: (inputs: readonly Float64Array[], node: Node, frame: Frame) => Float64Array;
  /** Composed: the node in simpler operations; this is its meaning, so it needs no other reference. */
  readonly lower?: (inputs: readonly Node[], attrs: Attrs) => Node;
  /**
   * The gradient for each input, given that of the result; undefined where none flows. A gradient may have axes that the
   * input lacks (autodiff sums them) and lack axes that it has (autodiff spreads them). An op without one passes none.
   */
  readonly gradient?: (node: Node, g: Node) => readonly (Node | undefined)[];
  /** Elementwise: the WGSL expression over operand expressions (f32, i32, u32 or bool as the dtypes say). */
  readonly wgsl?: (args: readonly string[], node: Node) => string;
  /** Elementwise: the ONNX operator that does the same on every dtype it takes, when there is one. */
  readonly onnx?: string;
}

/** The float32 stand-in for log(0): exp of it is 0, sums of it stay finite. */
export const LOG_ZERO = -1e30;
