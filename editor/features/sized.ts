/** Types and numbers as a reader wants them beside the text: axes with their sizes where these are known, counts in thousands and millions. */
import { wholeOf } from "../../compiler/math/size.ts";
import { show } from "../../compiler/show.ts";
import type { Type } from "../../compiler/types.ts";

/** `[batch, d = 512] of Prob`; any other type as `show` has it. */
export function sized(type: Type): string {
  const plain = show(type);
  if (type.kind !== "tensor" || !plain.startsWith("[")) return plain;
  const axes = type.axes.map((axis) => {
    if (axis.rest) return "..";
    const size = wholeOf(axis.size);
    return size === undefined ? axis.name : `${axis.name} = ${size}`;
  });
  return `[${axes.join(", ")}]${plain.slice(plain.indexOf("]") + 1)}`;
}

/** `41.2 M`: a count with three digits. */
export const counted = (n: number): string => scaled(n, ["", "K", "M", "B", "T"]);

/** `158 MB`. */
export const bytes = (n: number): string => scaled(n, ["B", "KB", "MB", "GB", "TB"]);

/** `3.10 GFLOP`. */
export const flops = (n: number): string => scaled(n, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"]);

function scaled(n: number, names: readonly string[]): string {
  const power = n < 1000 ? 0 : Math.min(names.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  const digits = power === 0 ? 0 : value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${names[power]}`.trimEnd();
}
