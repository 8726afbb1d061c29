/** Elementwise operations as JavaScript over numbers, where that is shorter than a call; any other calls its record. Knows nothing of loops. */
import { isWhole, type Node, type Op } from "../../kernels/index.ts";

/** The text of a result from those of its operands. */
export type Expression = (operands: readonly string[]) => string;

const infix =
  (sign: string): Expression =>
  ([a, b]) =>
    `(${a} ${sign} ${b})`;
/** What is compared is compared as float32, so that a number that was selected by its float32 is as large as itself. */
const truth =
  (sign: string): Expression =>
  ([a, b]) =>
    `(Math.fround(${a}) ${sign} Math.fround(${b}) ? 1 : 0)`;
const call =
  (name: string): Expression =>
  (operands) =>
    `Math.${name}(${operands.join(", ")})`;

const floats: Readonly<Record<string, Expression>> = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: infix("/"),
  neg: ([x]) => `(-${x})`,
  abs: call("abs"),
  sqrt: call("sqrt"),
  sign: call("sign"),
  floor: call("floor"),
  maximum: call("max"),
  minimum: call("min"),
  gt: truth(">"),
  ge: truth(">="),
  lt: truth("<"),
  le: truth("<="),
  eq: truth("==="),
  ne: truth("!=="),
  select: ([c, a, b]) => `(${c} !== 0 ? ${a} : ${b})`,
};

/** How one place of a node follows from those of its operands; undefined for what is not elementwise. */
export function scalarOf(node: Node, op: Op, calls: ((...given: number[]) => number)[]): Expression | undefined {
  if (node.op === "cast") return node.dtype === "f32" || node.inputs[0]!.dtype === "bool" ? ([x]) => x! : undefined;
  const whole = isWhole(node.dtype) || node.inputs.some(({ dtype }) => isWhole(dtype));
  const known = whole ? undefined : floats[node.op];
  if (known) return known;
  const scalar = (isWhole(node.dtype) ? op.whole : undefined) ?? op.scalar;
  if (scalar === undefined) return undefined;
  const at = calls.push(scalar) - 1;
  return (operands) => `calls[${at}](${operands.join(", ")})`;
}
