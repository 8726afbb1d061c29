/** All operations, once: every other table about operations is derived from this one. */
import { at, type Node, operations } from "../ir/node.ts";
import "./index.ts";
import { entered, type Op } from "./op.ts";

/** Every record. */
export const ops: readonly Op[] = [...entered.values()];

/** The record of an operation. */
export function opOf(name: string): Op {
  const op = entered.get(name);
  if (!op) throw new Error(`no record of the operation ${name}; known are ${operations().join(" ")}`);
  return op;
}

/** A composed node written one level down, or undefined when it is primitive. */
export function lowered(node: Node): Node | undefined {
  const { lower } = opOf(node.op);
  return lower && at(node.origin, () => lower(node.inputs, node.attrs));
}
