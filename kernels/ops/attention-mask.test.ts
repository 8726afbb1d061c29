import { expect, test } from "vitest";
import { add, and, cast, eq, ge, gt, le, lt, minimum, or, sub } from "../ir/elementwise.ts";
import { axis, type Node } from "../ir/node.ts";
import { rename } from "../ir/shape.ts";
import { constantValue, input, iota, sizeOf } from "../ir/source.ts";
import { type Mask, maskOf, reachesAll } from "./attention-mask.ts";

const [b, t, u] = [axis("b", "b"), axis("t", "t"), axis("u", "t")];
const [row, key] = [iota(t), iota(u)];
const padding = input("present", "data", "bool", [b, u]);
const [mine, theirs] = [input("segment", "data", "i32", [b, t]), input("twin", "data", "i32", [b, u])];
const odd = input("odd", "data", "bool", [t, u]);

const told = (mask: Mask): string => {
  const value = (n: Node | undefined) => n && (constantValue(n) ?? n.op);
  return [
    mask.causal && `causal ${value(mask.causal.offset)}`,
    mask.window && `window ${value(mask.window.size)}`,
    mask.prefix && `prefix ${value(mask.prefix)}`,
    mask.length && `length ${value(mask.length)}`,
    mask.padding.length > 0 && "padding",
    mask.rows.length > 0 && "rows",
    mask.segments.length > 0 && "segments",
    mask.other.length > 0 && "other",
  ]
    .filter(Boolean)
    .join(", ");
};
const read = (present: Node): string => told(maskOf(present, "u", ["t"]));

test("each kind of mask is read from its form, alone and together", () => {
  expect(read(le(key, row))).toBe("causal 0");
  expect(read(ge(cast(row, "f32"), cast(rename(iota(axis("t", "t")), { t: "u" }), "f32")))).toBe("causal 0");
  expect(read(lt(key, row))).toBe("causal -1");
  expect(read(le(key, add(row, sizeOf("past", "i32"))))).toBe("causal size");
  expect(read(and(le(key, row), lt(sub(row, key), 4)))).toBe("causal 0, window 4");
  const here = add(row, sizeOf("past", "i32"));
  expect(read(and(le(key, here), lt(sub(here, key), 4)))).toBe("causal size, window 4");
  const last = sub(sizeOf("t", "i32"), 1);
  expect(read(le(key, minimum(add(row, 2), last)))).toBe("causal 2");
  expect(read(lt(key, minimum(input("length", "data", "i32", [b]), add(last, 1))))).toBe("length input");
  expect(read(or(le(key, row), lt(key, 3)))).toBe("causal 0, prefix 3");
  expect(read(or(le(key, row), and(lt(key, 3), ge(row, 0))))).toBe("causal 0, prefix 3");
  expect(read(and(padding, eq(mine, theirs)))).toBe("padding, segments");
  expect(read(and(and(le(key, row), padding), eq(theirs, mine)))).toBe("causal 0, padding, segments");
  expect(read(gt(input("length", "data", "i32", [b]), key))).toBe("length input");
  expect(read(and(odd, input("rows", "data", "bool", [b, t])))).toBe("rows, other");
  expect(read(and(le(key, row), le(key, add(row, 1))))).toBe("causal 0, other");
});

test("a causal mask alone leaves no row empty", () => {
  expect(reachesAll(maskOf(le(key, row), "u", ["t"]))).toBe(true);
  for (const present of [lt(key, row), and(le(key, row), padding), odd])
    expect(reachesAll(maskOf(present, "u", ["t"]))).toBe(false);
});
