// The masks of std: what a position may see, by what a change of one token changes (attention over a text with each of them).
import { expect, test } from "vitest";
import { numbersOf, stdlib } from "./testing.ts";

const length = 6;
const base = [0.3, -0.7, 0.2, 0.9, -0.4, 0.6];
type Packed = Parameters<typeof numbersOf>[5];

/** Attention of one channel over a text under a mask; position 0's value, and so on. */
function seen(mask: string, x: readonly number[], present: number[] = x.map(() => 1), packed?: Packed): number[] {
  const text = `fn f(x: [t]) -> [t] {
  u = twin(t)
  y = rename(x over t -> u)
  look = softmax(outer(x * y) over u where ${mask})
  dot(look, y over u)
}`;
  return numbersOf([stdlib("models"), stdlib("decoders"), text], "f", { x }, { t: x.length }, { t: present }, packed);
}

/** Which positions change when the token at a place does. */
function changed(mask: string, place: number): number[] {
  const other = base.map((x, i) => (i === place ? -x + 0.1 : x));
  const [before, after] = [seen(mask, base), seen(mask, other)];
  return before.flatMap((x, i) => (Object.is(x, after[i]) ? [] : [i]));
}
const from = (first: number, last = length - 1): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test("both ways, every position sees every token", () => {
  for (const place of [0, 3, 5]) expect(changed("full(t, u)", place)).toEqual(from(0));
});

test("looking back, a token leaves those before it as they were, to the last bit", () => {
  for (const place of from(0)) expect(changed("backward(t, u)", place)).toEqual(from(place));
});

test("a token of a prefix reaches all of the prefix and what follows; one behind it nothing before itself", () => {
  for (const place of [0, 1, 2]) expect(changed("prefix(t, u, 3)", place)).toEqual(from(0));
  for (const place of [3, 4, 5]) expect(changed("prefix(t, u, 3)", place)).toEqual(from(place));
});

test("no prefix is looking back, and a prefix of all is both ways", () => {
  expect(seen("prefix(t, u, 0)", base)).toEqual(seen("backward(t, u)", base));
  expect(seen(`prefix(t, u, ${length})`, base)).toEqual(seen("full(t, u)", base));
});

test("a window ends behind as many tokens, itself included", () => {
  for (const place of from(0)) expect(changed("sliding(t, u, 3)", place)).toEqual(from(place, Math.min(place + 2, length - 1)));
  expect(seen(`sliding(t, u, ${length})`, base)).toEqual(seen("backward(t, u)", base));
  seen("sliding(t, u, 1)", base).forEach((x, i) => void expect(x).toBeCloseTo(base[i]!, 12));
});

test("padding is seen by nobody, whichever the mask; what is left is as if it were the whole text", () => {
  const padded = [...base, 5, -5];
  const present = [1, 1, 1, 1, 1, 1, 0, 0];
  for (const mask of ["full(t, u)", "backward(t, u)", "prefix(t, u, 3)", "sliding(t, u, 3)"]) {
    const found = seen(mask, padded, present).slice(0, length);
    for (const [i, x] of seen(mask, base).entries()) expect(found[i]).toBeCloseTo(x, 12);
  }
  expect(
    seen(
      "full(t, u)",
      base,
      base.map(() => 0),
    ),
  ).toEqual(base.map(() => 0));
});

test("texts packed in one row do not see each other, and each is as if it were alone", () => {
  const packed = { t: { segment: [0, 0, 0, 0, 1, 1], position: [0, 1, 2, 3, 0, 1] } };
  for (const mask of ["full(t, u)", "backward(t, u)", "prefix(t, u, 1)", "sliding(t, u, 2)"]) {
    const found = seen(mask, base, undefined, packed);
    const alone = [...seen(mask, base.slice(0, 4)), ...seen(mask, base.slice(4))];
    for (const [i, x] of alone.entries()) expect(found[i]).toBeCloseTo(x, 12);
  }
});
