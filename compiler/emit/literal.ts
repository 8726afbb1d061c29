/** Values known while compiling, as TypeScript and JSON write them. */
import type { Constant } from "../checked.ts";

/** A number as a person writes it: thousands apart, no trailing noise. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : value < 0 ? "-Infinity" : "NaN";
  const text = String(value);
  return /^-?\d{5,}$/.test(text) || /^-?\d{4}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, "_") : text;
}

/** A text as a string literal. */
export const textLiteral = (value: string): string =>
  JSON.stringify(value)
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");

/** A constant as plain JSON: cases are `{ kind, ...arguments }`, declarations their name. */
export function constantJson(constant: Constant): unknown {
  switch (constant.kind) {
    case "number":
    case "text":
    case "bool":
      return constant.value;
    case "list":
      return constant.items.map(constantJson);
    case "range":
      return { from: constant.low, to: constant.high };
    case "case":
      return {
        kind: constant.name,
        ...Object.fromEntries([...constant.args].map(([name, value]) => [name, constantJson(value)])),
      };
    case "declaration":
      return constant.declaration.name;
  }
}
