/** The operators that a CPU is measured at: a small graph for each way in which one visits memory, at any number of values. */
import type { OnnxAttribute, OnnxModel } from "../../kernels/render/onnx/proto.ts";
import { Graph } from "./graph.ts";

/** Graphs over about `n` values: what is measured is the operator that most of its nodes are. */
export type Sample = (n: number) => OnnxModel;

const width = 128;
const rows = (n: number): number[] => [n / width, width];
/** Links of a chain: many where one is soon done. */
const links = (n: number): number => Math.max(2, Math.min(128, 2 ** 19 / n));
type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** One operator after the other over tensors alike. */
const chain =
  (type: string, attributes: Attributes = {}, domain: "" | "com.microsoft" = ""): Sample =>
  (n) => {
    const g = new Graph();
    let x = g.input(rows(n));
    for (let i = 0; i < links(n); i++) x = g.op(type, [x], attributes, domain);
    g.output(x, rows(n));
    return g.model();
  };

/** The same with a second operand, whose shape is `beside`. */
const with2 =
  (type: string, beside: (n: number) => number[], kind: "float" | "bool" = "float"): Sample =>
  (n) => {
    const g = new Graph();
    let x = g.input(rows(n), kind);
    const y = g.input(beside(n), kind);
    for (let i = 0; i < links(n); i++) x = g.op(type, [x, y]);
    g.output(x, rows(n), kind);
    return g.model();
  };

const row = (): number[] => [width];
const column = (n: number): number[] => [n / width, 1];
const single = (): number[] => [];

/** A condition chooses. */
const where =
  (condition: (n: number) => number[]): Sample =>
  (n) => {
    const g = new Graph();
    let x = g.input(rows(n));
    const [c, y] = [g.input(condition(n), "bool"), g.input(rows(n))];
    for (let i = 0; i < links(n); i++) x = g.op("Where", [c, x, y]);
    g.output(x, rows(n));
    return g.model();
  };

/** Casts there and back. */
const casts: Sample = (n) => {
  const g = new Graph();
  let x = g.input(rows(n));
  for (let i = 0; i < links(n); i++) x = g.op("Cast", [g.op("Cast", [x], { to: 6n })], { to: 1n });
  g.output(x, rows(n));
  return g.model();
};

/** A normalisation with a gain. */
const norm =
  (type: string): Sample =>
  (n) => {
    const g = new Graph();
    let x = g.input(rows(n));
    const gain = g.input([width]);
    for (let i = 0; i < links(n); i++) x = g.op(type, [x, gain], { axis: -1n, epsilon: 1e-6 });
    g.output(x, rows(n));
    return g.model();
  };

/** An operator on tensors of given shapes. */
interface One {
  readonly type: string;
  readonly from: (n: number) => number[];
  readonly to: (n: number) => number[];
  /** Its other operands. */
  readonly more?: (g: Graph, n: number) => string[];
  readonly attributes?: Attributes;
  readonly gives?: "float" | "bool" | "int64";
  /** Results that nobody reads. */
  readonly unused?: number;
}

/** A few of them side by side, where one is soon done. */
const one =
  ({ type, from, to, more = () => [], attributes = {}, gives = "float", unused = 0 }: One): Sample =>
  (n) => {
    const g = new Graph();
    for (let i = 0; i < Math.max(1, Math.min(8, 2 ** 18 / n)); i++) {
      const x = g.input(from(n));
      g.output(g.op(type, [x, ...more(g, n)], attributes, "", unused), to(n), gives);
    }
    return g.model();
  };

const places = (count: number, below: number): number[] => Array.from({ length: count }, (_, i) => (i * 7919) % below);
const table = 4096;
const keepdims = { keepdims: 0n };

/** Reductions over trailing, leading and middle places. */
const reductions = (type: string): Sample[] => [
  one({ type, from: rows, to: (n) => [n / width], more: (g) => [g.ints(1)], attributes: keepdims }),
  one({ type, from: rows, to: row, more: (g) => [g.ints(0)], attributes: keepdims }),
  one({ type, from: (n) => [8, n / 1024, 128], to: () => [8, 128], more: (g) => [g.ints(1)], attributes: keepdims }),
];

/** Rows added into a table, each value with its place, as the renderer writes it. */
const scattered: Sample = (n) => {
  const g = new Graph();
  const [base, index, values] = [g.input([table, width]), g.input([n / width, 1], "int32"), g.input(rows(n))];
  const spread = g.op("Expand", [index, g.ints(n / width, width)]);
  g.output(g.op("ScatterElements", [base, spread, values], { axis: 0n, reduction: "add" }), [table, width]);
  return g.model();
};

const compared = (type: string, beside: (n: number) => number[]): Sample =>
  one({ type, from: rows, to: rows, more: (g, n) => [g.input(beside(n))], gives: "bool" });

/** What moves values. */
const moves: readonly Sample[] = [
  one({ type: "Expand", from: row, to: rows, more: (g, n) => [g.ints(...rows(n))] }),
  one({ type: "Transpose", from: rows, to: (n) => [width, n / width], attributes: { perm: [1, 0] } }),
  // Heads before places, as attention wants them.
  one({ type: "Transpose", from: (n) => [n / 1024, 64, 16], to: (n) => [64, n / 1024, 16], attributes: { perm: [1, 0, 2] } }),
  one({
    type: "Gather",
    from: () => [table, width],
    to: rows,
    more: (g, n) => [g.constant(places(n / width, table), [n / width], "int64")],
    attributes: { axis: 0n },
  }),
  one({
    type: "Gather",
    from: () => [8, 64],
    to: (n) => [8, n / 8],
    more: (g, n) => [g.constant(places(n / 8, 64), [n / 8], "int64")],
    attributes: { axis: 1n },
  }),
  one({
    type: "Slice",
    from: (n) => [(2 * n) / width, width],
    to: rows,
    more: (g, n) => [g.ints(0), g.ints(n / width), g.ints(0)],
  }),
  one({
    type: "Concat",
    from: (n) => [n / width / 2, width],
    to: rows,
    more: (g, n) => [g.input([n / width / 2, width])],
    attributes: { axis: 0n },
  }),
  one({
    type: "Pad",
    from: (n) => [n / width, width - 8],
    to: rows,
    more: (g) => [g.ints(0, 8, 0, 0), g.constant([0], [])],
    attributes: { mode: "constant" },
  }),
  scattered,
];

/** All samples, in the order in which they are measured. */
export const samples: readonly Sample[] = [
  ...["Neg", "Abs", "Exp", "Log", "Sqrt", "Reciprocal", "Tanh", "Erf", "Sigmoid", "Softplus", "Gelu"].map((op) => chain(op)),
  chain("QuickGelu", { alpha: 1 }, "com.microsoft"),
  ...["Add", "Mul", "Sub"].flatMap((op) => [rows, row, column, single].map((beside) => with2(op, beside))),
  ...["Div", "Max", "Min", "Pow"].flatMap((op) => [rows, single].map((beside) => with2(op, beside))),
  with2("Div", column),
  ...[rows, row, column].map((beside) => with2("And", beside, "bool")),
  ...[rows, row, column, single].map(where),
  casts,
  ...["Greater", "Equal", "LessOrEqual"].flatMap((op) => [rows, column, single].map((beside) => compared(op, beside))),
  chain("Softmax", { axis: -1n }),
  chain("LogSoftmax", { axis: -1n }),
  norm("SimplifiedLayerNormalization"),
  norm("LayerNormalization"),
  one({ type: "CumSum", from: rows, to: rows, more: (g) => [g.constant([1], [], "int64")] }),
  ...moves,
  ...["ReduceSum", "ReduceMax", "ReduceSumSquare"].flatMap(reductions),
  one({ type: "ArgMax", from: rows, to: (n) => [n / width], attributes: { axis: 1n, keepdims: 0n }, gives: "int64" }),
  one({
    type: "TopK",
    from: rows,
    to: (n) => [n / width, 8],
    more: (g) => [g.constant([8], [1], "int64")],
    attributes: { axis: 1n },
    unused: 1,
  }),
];
