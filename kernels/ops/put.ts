/**
 * put(cache, value, at): the cache with the places at, at + 1, ... along one axis replaced by the value's; what would lie outside
 * of the cache is not kept. A device writes into the cache itself where nothing else reads the old one (the state of a
 * decoding step).
 */
import { add, and, eq, ge, lt, maximum, minimum, select, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { type Attrs, type Axis, axis, axisOf, fail, make, type Node, without } from "../ir/node.ts";
import { expand, pick } from "../ir/shape.ts";
import { constant, iota, sizeOf } from "../ir/source.ts";
import { composed, type Op } from "./op.ts";

interface Put extends Attrs {
  readonly axis: string;
}

const reference: Op["reference"] = ([old, fresh, start], { inputs, attrs, axes }, frame) => {
  const [, value, at] = inputs as [Node, Node, Node];
  const whole = axes.find((a) => a.name === attrs.axis)!;
  const length = frame.size(whole.size);
  const step = axes.slice(axes.indexOf(whole) + 1).reduce((n, a) => n * frame.size(a.size), 1);
  // The offset of each value in the cache, its axis at 0: under a name that no value has.
  const shape = axes.map((a) => (a === whole ? axis(`${a.name}\u0000`, a.size) : a));
  const base = frame.places(value.axes, shape);
  const starts = frame.places(value.axes, at.axes);
  const places = frame.places(value.axes, [axisOf(value, whole.name)!]);
  const out = old!.slice();
  for (let i = 0; i < base.length; i++) {
    const place = start![starts[i]!]! + places[i]!;
    if (place >= 0 && place < length) out[base[i]! + step * place] = fresh![i]!;
  }
  return out;
};

/** Which places of the cache the value replaces, and from which of its own places. */
function among(whole: Axis, part: Axis, at: Node): { inside: Node; place: Node } {
  const place = sub(iota(whole), at);
  const last = sub(sizeOf(part.size, "i32"), 1);
  return { inside: and(ge(place, 0), lt(place, sizeOf(part.size, "i32"))), place: maximum(minimum(place, last), 0) };
}

composed<Put>("put", {
  signature: (inputs, { axis: name }) => {
    const [cache, value, at] = inputs as [Node, Node, Node];
    if (inputs.length !== 3 || cache.dtype !== value.dtype || at.dtype !== "i32")
      fail("put", "takes a cache, a value of its dtype and a place as i32", inputs);
    const rest = without(cache.axes, [name]);
    const isOf = (a: Axis): boolean => rest.some((b) => b.name === a.name && b.size === a.size);
    if (!axisOf(cache, name) || !axisOf(value, name)) fail("put", `the cache and the value need ${name}`, inputs);
    if (value.axes.length !== cache.axes.length || !without(value.axes, [name]).every(isOf))
      fail("put", "the value has other axes", inputs);
    if (!at.axes.every(isOf)) fail("put", "the place has axes that the cache has not", inputs);
    return { dtype: cache.dtype, axes: cache.axes };
  },
  reference,
  lower: ([cache, value, at], attrs) => {
    const [whole, part] = [cache!, value!].map((x) => axisOf(x, (attrs as Put).axis)!) as [Axis, Axis];
    if (part.size === 1) return select(eq(iota(whole), at!), pick(value!, part.name, 0), cache!);
    const { inside, place } = among(whole, part, at!);
    return select(inside, gather(value!, place, part.name), cache!);
  },
  gradient: ({ inputs: [cache, value, at], attrs }, g) => {
    const [whole, part] = [cache!, value!].map((x) => axisOf(x, (attrs as Put).axis)!) as [Axis, Axis];
    const place = add(iota(part), at!);
    const inside = and(ge(place, 0), lt(place, sizeOf(whole.size, "i32")));
    const near = minimum(maximum(place, 0), sub(sizeOf(whole.size, "i32"), 1));
    const nothing = expand(constant(0, g.dtype), value!.axes);
    return [put(g, nothing, at!, part.name), select(inside, gather(g, near, part.name), 0), undefined];
  },
  cases: (given) => {
    const [cache, fresh, at] = [given("cache", "b n=12 k"), given("fresh", "b n=4 k"), given("below9", "", "i32")];
    return [
      ["put several places", put(cache, fresh, at, "n")],
      ["put one place", put(cache, given("one", "b n=1 k"), at, "n")],
      ["put at a place of each row", put(cache, fresh, given("below9rows", "b", "i32"), "n")],
      ["put, in part past the end", put(cache, fresh, add(at, 6), "n")],
      [
        "put along the last axis, axes in another order",
        put(cache, given("turned", "k=2 n=12 b"), given("below2", "", "i32"), "k"),
      ],
      ["put of symbolic sizes", put(given("long", "b n=2*s k"), given("symbolic", "b n=s k"), given("below5", "", "i32"), "n")],
      ["put of whole numbers", put(given("ids", "b v", "i32"), given("more", "b v=2", "i32"), given("below5", "", "i32"), "v")],
    ];
  },
});

/**
 * The cache with the places at .. at + n along an axis replaced by `value`, which has the cache's axes, that one with n places.
 * `at` (i32) has no axes, or some of the cache's others: a place for each row.
 */
export const put = (cache: Node, value: Node, at: Node, name: string): Node => make("put", [cache, value, at], { axis: name });
