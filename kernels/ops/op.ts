/**
 * What an operation is: one record, from which every table about operations is derived. A record enters itself where it is
 * written (`primitive`, `composed`, `pointwise`), with its signature and the cases on which every engine is tried; the files
 * of this folder are found by `npm run generate`, so that a new operation is a new file and nothing else.
 */
import { broadcast, type Operand, operands } from "../ir/elementwise.ts";
import { type Attrs, type Axis, type DType, declare, make, type Node, type Signature } from "../ir/node.ts";
import type { Size } from "../ir/size.ts";
import type { Emitter, Placed } from "../render/onnx/emitter.ts";

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
  /** Whether each place of the result follows from the same place of the operands, so that what moves values moves through. */
  readonly pointwise?: boolean;
  /** Elementwise: the number at one place from the operands' numbers there (truth values are 0 and 1). */
  readonly scalar?: (...operands: number[]) => number;
  /** Elementwise on i32 and u32, where float64 would lose bits of the result. */
  readonly whole?: (...operands: number[]) => number;
  /** Other primitives: the values of the result, float64 whatever the dtype, row-major in the order of the node's axes. */
  readonly reference?: (inputs: readonly Float64Array[], node: Node, frame: Frame) => Float64Array;
  /** Composed: the node in simpler operations; this is its meaning, so it needs no other reference. */
  readonly lower?: (inputs: readonly Node[], attrs: Attrs) => Node;
  /**
   * The gradient for each input, given that of the result; undefined where none flows. A gradient may have axes that the
   * input lacks (autodiff sums them) and lack axes that it has (autodiff spreads them). A primitive without one passes none;
   * a composed operation without one is differentiated as what it is lowered to.
   */
  readonly gradient?: (node: Node, g: Node) => readonly (Node | undefined)[];
  /** Elementwise: the WGSL expression over operand expressions (their types as the dtypes say). */
  readonly wgsl?: (args: readonly string[], node: Node) => string;
  /** Elementwise: the ONNX operator that does the same on every dtype it takes, or how several do. */
  readonly onnx?: string | ((e: Emitter, args: readonly string[], node: Node) => string);
  /** Not elementwise: how ONNX operators do it, where `render/onnx/forms.ts` does not say. */
  readonly onnxForm?: (e: Emitter, node: Node) => Placed;
}

/** One use of an operation: a title and the node it makes. */
export type Case = readonly [title: string, node: Node];

/**
 * An input for cases: its name, its axes by name (`b s d`; sizes as `ops/cases.ts` says, or given as in `n=12`), its dtype (f32).
 * Values are drawn: floats in -2..2, i32 named `below7` in 0..6 (else 0..4), the others anything that they hold.
 */
export type Given = (name: string, axes: string, dtype?: DType) => Node;

/** Uses of an operation, made when a test asks for them. */
export type Cases = (given: Given) => readonly Case[];

const records = new Map<string, Op>();
const uses: Cases[] = [];

/** Records entered so far, by name. Complete once `ops/index.ts` is loaded; `ops/table.ts` loads it. */
export const entered: ReadonlyMap<string, Op> = records;
/** The cases entered so far. */
export const enteredCases: readonly Cases[] = uses;

/** Enters uses that belong to no single record: of a function that builds several nodes. */
export const tried = (cases: Cases): void => {
  uses.push(cases);
};

/** Enters the record of an operation whose signature is declared elsewhere. */
export function enter(op: Op, cases?: Cases): void {
  if (records.has(op.name)) throw new Error(`the operation ${op.name} has two records`);
  records.set(op.name, op);
  if (cases) uses.push(cases);
}

/** What enters an operation besides its record. */
export interface Entry<A extends Attrs> extends Omit<Op, "name"> {
  /** The result's dtype and axes; throws on misuse. */
  readonly signature: Signature<A>;
  readonly cases: Cases;
}

function entry<A extends Attrs>(name: string, { signature, cases, ...op }: Entry<A>): void {
  declare<A>(name, signature);
  enter({ name, ...op }, cases);
}

/** Enters an operation that engines do themselves: it has a `reference` or a `scalar`, and forms. */
export const primitive: <A extends Attrs>(
  name: string,
  op: Entry<A> & (Pick<Required<Op>, "reference"> | Pick<Required<Op>, "scalar">),
) => void = entry;

/** Enters an operation that is written in simpler ones. */
export const composed: <A extends Attrs>(name: string, op: Entry<A> & Pick<Required<Op>, "lower">) => void = entry;

/**
 * Enters an elementwise operation, primitive (`scalar`, `wgsl`, `onnx`) or composed (`lower`), and returns its builder: operands
 * of one dtype are spread by name and give that dtype, unless `result` says another.
 */
export function pointwise(
  name: string,
  { result, ...op }: Omit<Entry<Attrs>, "signature"> & { readonly result?: DType },
): (...given: Operand[]) => Node {
  const signature: Signature = (inputs) => ({ dtype: result ?? inputs[0]!.dtype, axes: broadcast(name, inputs) });
  entry(name, { ...op, signature, pointwise: true });
  return (...given) => make(name, operands(...given));
}

/** The float32 stand-in for log(0): exp of it is 0, sums of it stay finite. */
export const LOG_ZERO = -1e30;
