/** Which operations work place by place: what moves values moves through them. */
import { ops } from "../ops/table.ts";

const composedPointwise = ["logSigmoid", "silu", "gelu", "logAddExp", "log1mExp", "safeLog"];

/** Elementwise operations, primitive and composed. */
export const pointwiseOps: readonly string[] = [
  ...ops.filter((op) => op.scalar || op.name === "cast").map((op) => op.name),
  ...composedPointwise,
].filter((name) => name !== "philox");

/** Whether an operation is elementwise. */
export const isPointwise = (op: string): boolean => pointwiseOps.includes(op);
