/** Which operations work place by place: what moves values moves through them. */
import { ops } from "../ops/table.ts";

/** Elementwise operations, primitive and composed. */
export const pointwiseOps: readonly string[] = ops.filter((op) => op.pointwise).map((op) => op.name);

/** Whether an operation is elementwise. */
export const isPointwise = (op: string): boolean => pointwiseOps.includes(op);
