// A check walks a body once per call; a call like one before, that said nothing, is not walked again.
//
// Only checks remember: a trace makes nodes, and every call of a layer has weights of its own.
import type { Callable } from "../../grammar/index.ts";
import { type Axis, keyOf } from "./axis.ts";
import type { Binding } from "./signature.ts";
import { noFlow, type Value } from "./value.ts";

interface Remembered {
  readonly binding: Binding;
  readonly value: Value;
}

/** By declaration, and by what its call was given. */
export type Memory = Map<Callable, Map<string, Remembered>>;

const axisText = (a: Axis): string =>
  [
    keyOf(a),
    a.size.key,
    a.text?.id,
    a.twins,
    a.rest,
    a.listed,
    a.parameter,
    a.cases?.join("|"),
    a.outer?.map(keyOf).join("|"),
  ].join(" ");

/** What decides a call's result, as text; undefined where an argument is more than tensors, numbers and axes of data. */
export function callKey(values: ReadonlyMap<string, Value>): string | undefined {
  const parts: string[] = [];
  for (const [name, v] of values) {
    if (v.kind === "axis") parts.push(`${name}: ${axisText(v.axis)}`);
    else if (v.kind === "tensor" && v.flow === noFlow && !v.cases && !v.whole) {
      parts.push(`${name}: ${v.elem} ${v.number} ${v.size?.key} [${v.axes.map(axisText).join(", ")}]`);
    } else return undefined;
  }
  return parts.join("; ");
}

/** What a call like this gave, with the binding under whose frame it was made. */
export const recall = (memory: Memory, decl: Callable, key: string): Remembered | undefined => memory.get(decl)?.get(key);

/** Keeps what a call gave. */
export function remember(memory: Memory, decl: Callable, key: string, made: Remembered): void {
  const of = memory.get(decl) ?? new Map<string, Remembered>();
  memory.set(decl, of.set(key, made));
}
