/**
 * The k largest along a long axis: a workgroup finds the k-th largest number by its bits, eight at a time from the highest (radix
 * selection: Alabi et al. 2012, "Fast k-selection algorithms for graphics processing units"), collects what is larger and the first of
 * those that equal it, and puts them in order. The axis is read five times whatever k is. Where more are wanted than a workgroup has
 * lanes, each place counts those before it and goes where it belongs.
 */
import { type Axis, axisOf, type Node } from "../../ir/node.ts";
import type { Size } from "../../ir/size.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Dispatch } from "../wgsl-plan.ts";
import type { Form, KernelScope, Template } from "./template.ts";
import { kernelPlace, spread, storeOf } from "./way.ts";

/** One lane for each of the k. */
const lanes = 256;

/** Numbers as whole ones in the same order; both zeros are one. And back. */
const keys = `fn top_key(x: f32) -> u32 {
  let b = bitcast<u32>(select(x, 0f, x == 0f));
  return select(b | 0x80000000u, ~b, (b >> 31u) == 1u);
}
fn top_value(key: u32) -> f32 { return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) == 1u)); }`;

const memory = `var<workgroup> top_counts: array<atomic<u32>, 256>;
var<workgroup> top_above: array<u32, 256>;
var<workgroup> top_keys: array<u32, 256>;
var<workgroup> top_places: array<i32, 256>;
var<workgroup> top_hits: array<atomic<u32>, 8>;
var<workgroup> top_filled: atomic<u32>;
var<workgroup> top_state: vec3u;`;

interface Top {
  readonly loop: Node;
  readonly way: NonNullable<ReturnType<typeof storeOf>>;
  readonly axis: Axis;
  readonly into: Axis;
  readonly k: number;
}

/** Runs a body for every place of the axis, the lanes side by side; `key` is bound in it. */
function each(s: KernelScope, { loop, axis }: Top, rest: Place, body: () => void): void {
  const w = s.writer;
  const k = w.fresh("k");
  w.nest(`for (var ${k} = i32(lane); ${k} < ${s.index.params.size(axis.size)}; ${k} += ${lanes})`, w.level, () => {
    w.line(`let place = ${k};`);
    key(s, loop, axis, rest, k);
    body();
  });
}

function key(s: KernelScope, loop: Node, axis: Axis, rest: Place, k: string): void {
  const x = loop.inputs[0] as Node;
  const at: Place = new Map([...rest, [axis.name, { text: k, level: s.writer.level }]]);
  const value = s.value(x, new Map(x.axes.map((a) => [a.name, at.get(a.name)!])));
  s.writer.line(`let key = top_key(${value.text});`);
}

/** Finds the k-th largest key (`prefix`), how many of its equals are among the k (`need`), and how many there are (`equals`). */
function select(s: KernelScope, top: Top, rest: Place): void {
  const w = s.writer;
  w.line("var prefix = 0u;");
  w.line(`var need = ${top.k}u;`);
  w.line("var equals = 0u;");
  w.nest("for (var digit = 0u; digit < 4u; digit++)", 0, () => {
    w.line("let shift = 24u - 8u * digit;");
    w.line("atomicStore(&top_counts[lane], 0u);");
    w.line("workgroupBarrier();");
    each(s, top, rest, () => {
      w.line("if (digit == 0u || ((key >> shift) >> 8u) == prefix) { atomicAdd(&top_counts[(key >> shift) & 255u], 1u); }");
    });
    w.line("workgroupBarrier();");
    // How many are above each digit: sums from the end.
    w.line("let own = atomicLoad(&top_counts[lane]);");
    w.line("top_above[lane] = own;");
    w.line("workgroupBarrier();");
    w.nest("for (var step = 1u; step < 256u; step <<= 1u)", w.level, () => {
      w.line("var more = 0u;");
      w.line("if (lane + step < 256u) { more = top_above[lane + step]; }");
      w.line("workgroupBarrier();");
      w.line("top_above[lane] += more;");
      w.line("workgroupBarrier();");
    });
    w.line("let above = top_above[lane] - own;");
    w.line("if (above < need && above + own >= need) { top_state = vec3u((prefix << 8u) | lane, need - above, own); }");
    w.line("let state = workgroupUniformLoad(&top_state);");
    w.line("prefix = state.x;");
    w.line("need = state.y;");
    w.line("equals = state.z;");
  });
}

/** Fills the k candidates: all above the k-th key, and the first of its equals. */
function collect(s: KernelScope, top: Top, rest: Place): void {
  const w = s.writer;
  w.line("if (lane == 0u) { atomicStore(&top_filled, 0u); }");
  w.line("if (lane < 8u) { atomicStore(&top_hits[lane], 0u); }");
  w.line("workgroupBarrier();");
  const take = (): void => {
    w.line("let slot = atomicAdd(&top_filled, 1u);");
    w.line("top_keys[slot] = key;");
    w.line("top_places[slot] = place;");
  };
  w.nest("if (equals == need)", 0, () => each(s, top, rest, () => w.nest("if (key >= prefix)", w.level, take)));
  w.nest("else", 0, () => {
    each(s, top, rest, () => w.nest("if (key > prefix)", w.level, take));
    firstEquals(s, top, rest);
  });
  w.line("workgroupBarrier();");
}

/** Takes as many of the equals as are needed in the order of their places. */
function firstEquals(s: KernelScope, top: Top, rest: Place): void {
  const w = s.writer;
  const { k, loop, axis } = top;
  const size = s.index.params.size(axis.size);
  w.line("var taken = 0u;");
  w.nest(`for (var start = 0; start < ${size}; start += ${lanes})`, w.level, () => {
    w.line("let place = start + i32(lane);");
    w.line("var equal = false;");
    w.nest(`if (place < ${size})`, w.level, () => {
      key(s, loop, axis, rest, "place");
      w.line("equal = key == prefix;");
    });
    w.line("if (equal) { atomicOr(&top_hits[lane / 32u], 1u << (lane % 32u)); }");
    w.line("workgroupBarrier();");
    w.line("var before = taken;");
    w.nest("for (var word = 0u; word < 8u; word++)", w.level, () => {
      w.line("let hits = atomicLoad(&top_hits[word]);");
      w.line("taken += countOneBits(hits);");
      w.line("if (word < lane / 32u) { before += countOneBits(hits); }");
      w.line("if (word == lane / 32u) { before += countOneBits(hits & ((1u << (lane % 32u)) - 1u)); }");
    });
    w.nest("if (equal && before < need)", w.level, () => {
      w.line(`let slot = ${k}u - need + before;`);
      w.line("top_keys[slot] = prefix;");
      w.line("top_places[slot] = place;");
    });
    w.line("workgroupBarrier();");
    w.line("if (lane < 8u) { atomicStore(&top_hits[lane], 0u); }");
    w.line("workgroupBarrier();");
  });
}

function write(s: KernelScope, top: Top): void {
  const { loop, way, into, k } = top;
  const w = s.writer;
  s.declare(keys);
  s.declare(memory);
  const others = loop.axes.filter((a) => a.name !== into.name);
  const rest: Place = new Map(spread(s, others, { text: "group", level: 0 }));
  select(s, top, rest);
  collect(s, top, rest);
  w.nest(`if (lane < ${k}u)`, 0, () => {
    w.line("let key = top_keys[lane];");
    w.line("let place = top_places[lane];");
    w.line("var rank = 0;");
    w.nest(`for (var other = 0; other < ${k}; other++)`, w.level, () => {
      w.line("let more = top_keys[other];");
      w.line("if (more > key || (more == key && top_places[other] < place)) { rank++; }");
    });
    const at: Place = new Map([...rest, [into.name, { text: "rank", level: w.level }]]);
    s.given(loop, at, { text: loop.op === "topValues" ? "top_value(key)" : "place", level: w.level });
    s.finish(kernelPlace(s, way, at));
  });
}

/** Every place of the axis counts the places that go before it: so many are the k that most of the work is writing them. */
function count(s: KernelScope, top: Top): void {
  const { loop, way, into, axis } = top;
  const w = s.writer;
  const [size, k] = [s.index.params.size(axis.size), s.index.params.size(into.size)];
  s.declare(keys);
  s.declare(`var<workgroup> top_tile: array<u32, ${lanes}>;`);
  w.line(`let blocks = (${size} + ${lanes - 1}) / ${lanes};`);
  w.line("let row = group / blocks;");
  w.line(`let place = group % blocks * ${lanes} + i32(lane);`);
  const others = loop.axes.filter((a) => a.name !== into.name);
  const rest: Place = new Map(spread(s, others, { text: "row", level: 0 }));
  const keyOf = (at: string, name: string): void => {
    w.line(`var ${name} = 0u;`);
    w.nest(`if (${at} < ${size})`, w.level, () => {
      key(s, loop, axis, rest, at);
      w.line(`${name} = key;`);
    });
  };
  keyOf("place", "own");
  w.line("var rank = 0;");
  w.nest(`for (var start = 0; start < ${size}; start += ${lanes})`, 0, () => {
    w.line("let there = start + i32(lane);");
    keyOf("there", "other");
    w.line("top_tile[lane] = other;");
    w.line("workgroupBarrier();");
    w.nest(`for (var i = 0; i < min(${lanes}, ${size} - start); i++)`, w.level, () => {
      w.line("if (top_tile[i] > own || (top_tile[i] == own && start + i < place)) { rank++; }");
    });
    w.line("workgroupBarrier();");
  });
  w.nest(`if (place < ${size} && rank < ${k})`, 0, () => {
    const at: Place = new Map([...rest, [into.name, { text: "rank", level: w.level }]]);
    s.given(loop, at, { text: loop.op === "topValues" ? "top_value(own)" : "place", level: w.level });
    s.finish(kernelPlace(s, way, at));
  });
}

export const topTemplate: Template = {
  name: "top",
  matches({ stores, loop }, around): Form | undefined {
    if (loop?.op !== "topValues" && loop?.op !== "topIndices") return undefined;
    const [x] = loop.inputs as [Node];
    const [axis, into] = [axisOf(x, loop.attrs.axis as string)!, loop.attrs.into as Axis];
    const way = storeOf(stores, loop, around.inMemory);
    const few = (size: Size, most: number): boolean => typeof size === "number" && size <= most;
    if (!way || x.dtype !== "f32" || few(axis.size, 63)) return undefined;
    const rows = countOf(loop.axes.filter((a) => a.name !== into.name));
    if (!few(into.size, lanes)) {
      const about = `every place counts those before it along ${axis.name}`;
      const dispatch: Dispatch = [
        [
          [rows, 1],
          [axis.size, lanes],
        ],
      ];
      return { dispatch, lanes, about, write: (s) => count(s, { loop, way, axis, into, k: 0 }) };
    }
    const top: Top = { loop, way, axis, into, k: into.size as number };
    return {
      dispatch: [[[rows, 1]]],
      lanes,
      about: `a workgroup selects ${into.size} of ${axis.name}`,
      write: (s) => write(s, top),
    };
  },
};
