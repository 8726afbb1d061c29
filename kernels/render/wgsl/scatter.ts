/**
 * Scatter-add without collisions: a workgroup owns a block of the places that are added to, goes through all indices together, 256 at a
 * time, and adds what falls into its block in the order of the indices. So every index is read once a block rather than once a place, and
 * equal indices are always added in the same order. (What GPU libraries do by sorting or by atomic additions.)
 */
import { type Axis, axisOf, type Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Form, KernelScope, Template } from "./template.ts";
import { kernelPlace, orderOf, spread, storeOf } from "./way.ts";

/** A scatter-add in its kernel. */
interface Scatter {
  readonly loop: Node;
  readonly way: NonNullable<ReturnType<typeof storeOf>>;
  readonly into: Axis;
  /** Axes that are summed away, axes that index and values share beside them, and the values' other axes. */
  readonly over: readonly Axis[];
  readonly shared: readonly Axis[];
  readonly rest: readonly Axis[];
}

const placeOf = (node: Node, place: Place): Place => new Map(node.axes.map((a) => [a.name, place.get(a.name)!]));

/**
 * Goes through the indices 256 at a time, all lanes together. `add` is called once, inside a loop over those that fall into the `block`
 * places from `first`, in their order: with the place within the block (an expression) and the place of the values summed over.
 */
function through(
  s: KernelScope,
  { loop, over }: Scatter,
  fixed: Place,
  first: string,
  block: number,
  add: (target: string, place: Place) => void,
): void {
  const w = s.writer;
  const index = loop.inputs[1] as Node;
  const count = s.index.params.size(countOf(over));
  s.declare("var<workgroup> scatter_hits: array<atomic<u32>, 8>;\nvar<workgroup> scatter_targets: array<i32, 256>;");
  w.line("if (lane < 8u) { atomicStore(&scatter_hits[lane], 0u); }");
  w.line("workgroupBarrier();");
  const from = w.fresh("from");
  w.nest(`for (var ${from} = 0; ${from} < ${count}; ${from} += 256)`, 0, () => {
    const level = w.level;
    w.nest("for (var slot = lane; slot < 256u; slot += 64u)", level, () => {
      w.line(`let k = ${from} + i32(slot);`);
      w.nest(`if (k < ${count})`, w.level, () => {
        const place: Place = new Map([...fixed, ...spread(s, over, { text: "k", level: w.level })]);
        w.line(`let spot = ${s.value(index, placeOf(index, place)).text} - ${first};`);
        w.nest(`if (spot >= 0 && spot < ${block})`, w.level, () => {
          w.line("scatter_targets[slot] = spot;");
          w.line("atomicOr(&scatter_hits[slot / 32u], 1u << (slot % 32u));");
        });
      });
    });
    w.line("workgroupBarrier();");
    w.nest("for (var word = 0; word < 8; word++)", level, () => {
      w.line("var hits = atomicLoad(&scatter_hits[word]);");
      w.nest("while (hits != 0u)", w.level, () => {
        w.line("let hit = word * 32 + i32(firstTrailingBit(hits));");
        w.line("hits &= hits - 1u;");
        const k = w.bind(`${from} + hit`, w.level, "k");
        add("scatter_targets[hit]", new Map([...fixed, ...spread(s, over, k)]));
      });
    });
    w.line("workgroupBarrier();");
    w.line("if (lane < 8u) { atomicStore(&scatter_hits[lane], 0u); }");
    w.line("workgroupBarrier();");
  });
}

/** The block is one of 64 places; each lane has the sum of one. */
function rows(s: KernelScope, scatter: Scatter): void {
  const { loop, into, shared, rest, way } = scatter;
  const w = s.writer;
  const values = loop.inputs[0] as Node;
  const [down, places] = [s.index.params.size(into.size), s.index.params.size(countOf(rest))];
  w.line(`let blocks = (${down} + 63) / 64;`);
  w.line("let first = group % blocks * 64;");
  w.line(`let beside = group / blocks % ${places};`);
  w.line(`let batch = group / blocks / ${places};`);
  const fixed: Place = new Map([
    ...spread(s, shared, { text: "batch", level: 0 }),
    ...spread(s, rest, { text: "beside", level: 0 }),
  ]);
  w.line(`var sum = ${loop.dtype}();`);
  through(s, scatter, fixed, "first", 64, (target, place) => {
    w.nest(`if (${target} == i32(lane))`, w.level, () => w.line(`sum += ${s.value(values, placeOf(values, place)).text};`));
  });
  w.line("let row = first + i32(lane);");
  w.nest(`if (row < ${down})`, 0, () => {
    const place: Place = new Map([...fixed, [into.name, { text: "row", level: w.level }]]);
    s.given(loop, place, { text: "sum", level: w.level });
    s.finish(kernelPlace(s, way, place));
  });
}

/** The block is one of 32 places by 64 columns of the values' other axes; each lane adds in its own column. */
function columns(s: KernelScope, scatter: Scatter): void {
  const { loop, into, shared, rest, way } = scatter;
  const w = s.writer;
  const values = loop.inputs[0] as Node;
  const [down, across] = [s.index.params.size(into.size), s.index.params.size(countOf(rest))];
  const sums = `scatter_sums_${loop.dtype}`;
  s.declare(`var<workgroup> ${sums}: array<${loop.dtype}, 2048>;`);
  w.line(`let wide = (${across} + 63) / 64;`);
  w.line(`let high = (${down} + 31) / 32;`);
  w.line("let first_column = group % wide * 64;");
  w.line("let first = group / wide % high * 32;");
  w.line("let batch = group / wide / high;");
  w.line("let column = first_column + i32(lane);");
  const fixed: Place = new Map(spread(s, shared, { text: "batch", level: 0 }));
  w.line(`for (var q = i32(lane); q < 2048; q += 64) { ${sums}[q] = ${loop.dtype}(); }`);
  through(s, scatter, fixed, "first", 32, (target, place) => {
    w.nest(`if (column < ${across})`, w.level, () => {
      const whole: Place = new Map([...place, ...spread(s, rest, { text: "column", level: 0 })]);
      w.line(`${sums}[${target} * 64 + i32(lane)] += ${s.value(values, placeOf(values, whole)).text};`);
    });
  });
  // Neighbouring lanes write neighbouring memory.
  const along = orderOf(way.store, way.way).at(-1) === into.name;
  w.nest("for (var q = i32(lane); q < 2048; q += 64)", 0, () => {
    w.line(`let r = ${along ? "q % 32" : "q / 64"};`);
    w.line(`let c = ${along ? "q / 32" : "q % 64"};`);
    w.nest(`if (first + r < ${down} && first_column + c < ${across})`, w.level, () => {
      const row = w.bind("first + r", w.level, "row");
      const other = w.bind("first_column + c", w.level, "column");
      const place: Place = new Map([...fixed, [into.name, row], ...spread(s, rest, other)]);
      s.given(loop, place, w.bind(`${sums}[r * 64 + c]`, w.level));
      s.finish(kernelPlace(s, way, place));
    });
  });
}

export const scatterTemplate: Template = {
  name: "scatter",
  matches({ stores, loop }, around): Form | undefined {
    if (loop?.op !== "scatterAdd" || !["f32", "i32", "u32"].includes(loop.dtype)) return undefined;
    const [values, index] = loop.inputs as [Node, Node];
    const from = loop.attrs.from as readonly string[];
    const over = values.axes.filter((a) => from.includes(a.name));
    const steps = countOf(over);
    const way = storeOf(stores, loop, around.inMemory);
    if (!way || (typeof steps === "number" && steps < 16)) return undefined;
    const shared = values.axes.filter((a) => !over.includes(a) && axisOf(index, a.name));
    const rest = values.axes.filter((a) => !over.includes(a) && !shared.includes(a));
    const scatter: Scatter = { loop, way, into: loop.attrs.into as Axis, over, shared, rest };
    const wide = countOf(rest);
    if (typeof wide === "number" && wide < 32)
      return {
        dispatch: [
          [
            [countOf(shared), 1],
            [wide, 1],
            [scatter.into.size, 64],
          ],
        ],
        about: `a workgroup adds into 64 places of ${scatter.into.name}`,
        write: (s) => rows(s, scatter),
      };
    return {
      dispatch: [
        [
          [countOf(shared), 1],
          [scatter.into.size, 32],
          [wide, 64],
        ],
      ],
      about: `a workgroup adds into 32 places of ${scatter.into.name}`,
      write: (s) => columns(s, scatter),
    };
  },
};
