/** The closed list of units, and their arithmetic: numbers are kept in base units, so that `2 s` and `2_000 ms` are one value. */
import type { Units } from "./types.ts";

interface Unit {
  readonly base: string;
  readonly factor: number;
}

const plain = ["tokens", "layers", "bits", "epochs", "steps", "documents", "concurrent"];

/** By the word that a spec writes. */
export const units: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ...plain.map((name) => [name, { base: name, factor: 1 }] as const),
  // One of them is written as people write one: `1 epoch`.
  ...plain.filter((name) => name.endsWith("s")).map((name) => [name.slice(0, -1), { base: name, factor: 1 }] as const),
  ["B", { base: "bytes", factor: 1 }],
  ["KB", { base: "bytes", factor: 1e3 }],
  ["MB", { base: "bytes", factor: 1e6 }],
  ["GB", { base: "bytes", factor: 1e9 }],
  ["ms", { base: "time", factor: 1 }],
  ["s", { base: "time", factor: 1e3 }],
  ["min", { base: "time", factor: 6e4 }],
  ["h", { base: "time", factor: 36e5 }],
]);

/** How a base is written when no word of the spec is at hand. */
const shown: Record<string, string> = { bytes: "B", time: "ms" };

/** The units of one word; undefined for a word that is none. */
export function unitsOf(name: string): Units | undefined {
  const unit = units.get(name);
  return unit && { [unit.base]: 1 };
}

export const sameUnits = (a: Units, b: Units): boolean => unitsKey(a) === unitsKey(b);
export const isPlain = (a: Units): boolean => Object.keys(a).length === 0;

/** `a * b` with `sign` 1, `a / b` with -1. Powers that cancel are dropped. */
export function combine(a: Units, b: Units, sign: 1 | -1): Units {
  const powers = new Map(Object.entries(a));
  for (const [base, power] of Object.entries(b)) powers.set(base, (powers.get(base) ?? 0) + sign * power);
  return Object.fromEntries([...powers].filter(([, power]) => power !== 0).sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** The units of `x ^ power`. */
export const raise = (a: Units, power: number): Units =>
  Object.fromEntries(Object.entries(a).flatMap(([base, each]) => (each * power === 0 ? [] : [[base, each * power]])));

/** `tokens`, `tokens / ms`, or the empty text for a plain number. */
export function showUnits(a: Units): string {
  const written = (sign: 1 | -1) =>
    Object.entries(a)
      .filter(([, power]) => Math.sign(power) === sign)
      .map(([base, power]) => `${shown[base] ?? base}${Math.abs(power) === 1 ? "" : `^${Math.abs(power)}`}`)
      .join(" ");
  const [up, down] = [written(1), written(-1)];
  return down === "" ? up : `${up || "1"} / ${down}`;
}

const unitsKey = (a: Units): string =>
  Object.entries(a)
    .map(([base, power]) => `${base}${power}`)
    .sort()
    .join(" ");
