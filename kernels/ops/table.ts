/** All operations, once: every other table about operations is derived from this one. */
import type { Node } from "../ir/node.ts";
import { at, operations } from "../ir/node.ts";
import { attentionOp } from "./attention.ts";
import { binaryOps } from "./binary.ts";
import { geluOp } from "./gelu.ts";
import { layerNormOp } from "./layernorm.ts";
import { log1mExpOp } from "./log1mexp.ts";
import { logAddExpOp } from "./logaddexp.ts";
import { logSigmoidOp } from "./logsigmoid.ts";
import { logSoftmaxOp } from "./logsoftmax.ts";
import { logSumExpOp } from "./logsumexp.ts";
import { lookupOps } from "./lookups.ts";
import { moveOps } from "./moves.ts";
import type { Op } from "./op.ts";
import { philoxOp } from "./philox.ts";
import { reductionOps } from "./reductions.ts";
import { rmsNormOp } from "./rmsnorm.ts";
import { safeLogOp } from "./safelog.ts";
import { scoreLogSumExpOp } from "./score-logsumexp.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { siluOp } from "./silu.ts";
import { softmaxOp } from "./softmax.ts";
import { unaryOps } from "./unary.ts";

/** Every record. */
export const ops: readonly Op[] = [
  ...lookupOps,
  ...unaryOps,
  ...binaryOps,
  ...moveOps,
  ...reductionOps,
  philoxOp,
  sigmoidOp,
  logSigmoidOp,
  siluOp,
  geluOp,
  softmaxOp,
  logSumExpOp,
  logSoftmaxOp,
  logAddExpOp,
  log1mExpOp,
  safeLogOp,
  rmsNormOp,
  layerNormOp,
  scoreLogSumExpOp,
  attentionOp,
];

const byName = new Map(ops.map((op) => [op.name, op]));

/** The record of an operation. */
export function opOf(name: string): Op {
  const op = byName.get(name);
  if (!op) throw new Error(`no record of the operation ${name}; known are ${operations().join(" ")}`);
  return op;
}

/** A composed node written one level down, or undefined when it is primitive. */
export function lowered(node: Node): Node | undefined {
  const { lower } = opOf(node.op);
  return lower && at(node.origin, () => lower(node.inputs, node.attrs));
}
