/**
 * Running sums, each place added once. Along the axis that is fastest in memory a workgroup goes through a row 64 places at a time
 * (Hillis and Steele 1986, "Data parallel algorithms") and carries the sum on; along another axis an invocation walks its own row,
 * beside its neighbours.
 */
import { type Axis, axisOf, type Node } from "../../ir/node.ts";
import { countOf, type Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import type { Form, KernelScope, Template } from "./template.ts";
import { kernelPlace, spread, storeOf } from "./way.ts";

/** A running sum in its kernel. */
interface Running {
  readonly loop: Node;
  readonly way: NonNullable<ReturnType<typeof storeOf>>;
  readonly axis: Axis;
  readonly rest: readonly Axis[];
}

/** The place along the axis that comes `k`-th in the order of summing. */
function placeAt(s: KernelScope, { loop, axis, rest }: Running, row: Bound, k: Bound): Place {
  const end = s.index.size(axis.size);
  const at = loop.attrs.reverse ? s.writer.bind(`${end.text} - 1 - ${k.text}`, k.level, "k") : k;
  return new Map([...spread(s, rest, row), [axis.name, at]]);
}

const operandAt = (s: KernelScope, { loop }: Running, place: Place): Bound => {
  const x = loop.inputs[0] as Node;
  return s.value(x, new Map(x.axes.map((a) => [a.name, place.get(a.name)!])));
};

function finish(s: KernelScope, { loop, way }: Running, place: Place, sum: string): void {
  s.given(loop, place, { text: sum, level: s.writer.level });
  s.finish(kernelPlace(s, way, place));
}

/** One invocation a row. */
function walk(s: KernelScope, running: Running): void {
  const { loop, axis, rest } = running;
  const w = s.writer;
  w.line("let row = group * 64 + i32(lane);");
  w.line(`if (row >= ${s.index.params.size(countOf(rest))}) { return; }`);
  const sum = w.fresh("sum");
  w.line(`var ${sum} = ${loop.dtype}();`);
  const k = w.fresh("k");
  w.nest(`for (var ${k} = 0; ${k} < ${s.index.params.size(axis.size)}; ${k}++)`, 0, () => {
    const place = placeAt(s, running, { text: "row", level: 0 }, { text: k, level: w.level });
    const x = operandAt(s, running, place).text;
    const here = w.fresh("here");
    w.line(loop.attrs.exclusive ? `let ${here} = ${sum};` : `let ${here} = ${sum} + ${x};`);
    w.line(loop.attrs.exclusive ? `${sum} += ${x};` : `${sum} = ${here};`);
    finish(s, running, place, here);
  });
}

/** One workgroup a row. */
function scan(s: KernelScope, running: Running): void {
  const { loop, axis } = running;
  const w = s.writer;
  const type = loop.dtype;
  const shared = `scan_${type}`;
  s.declare(`var<workgroup> ${shared}: array<${type}, 64>;`);
  const [from, k, x, sum, carry] = ["from", "k", "x", "sum", "carry"].map((n) => w.fresh(n)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const size = s.index.params.size(axis.size);
  w.line(`var ${carry} = ${type}();`);
  w.nest(`for (var ${from} = 0; ${from} < ${size}; ${from} += 64)`, 0, () => {
    const level = w.level;
    w.line(`let ${k} = ${from} + i32(lane);`);
    w.line(`var ${x} = ${type}();`);
    const placeHere = (): Place => placeAt(s, running, { text: "group", level: 0 }, { text: k, level: w.level });
    w.nest(`if (${k} < ${size})`, level, () => w.line(`${x} = ${operandAt(s, running, placeHere()).text};`));
    w.line(`${shared}[lane] = ${x};`);
    w.line("workgroupBarrier();");
    w.nest("for (var step = 1u; step < 64u; step <<= 1u)", level, () => {
      w.line(`var before = ${type}();`);
      w.line(`if (lane >= step) { before = ${shared}[lane - step]; }`);
      w.line("workgroupBarrier();");
      w.line(`${shared}[lane] += before;`);
      w.line("workgroupBarrier();");
    });
    if (loop.attrs.exclusive) {
      w.line(`var ${sum} = ${carry};`);
      w.line(`if (lane > 0u) { ${sum} += ${shared}[lane - 1u]; }`);
    } else w.line(`let ${sum} = ${carry} + ${shared}[lane];`);
    w.nest(`if (${k} < ${size})`, level, () => finish(s, running, placeHere(), sum));
    w.line(`${carry} += ${shared}[63];`);
    w.line("workgroupBarrier();");
  });
}

export const scanTemplate: Template = {
  name: "scan",
  matches({ stores, loop }, around): Form | undefined {
    if (loop?.op !== "cumsum") return undefined;
    const way = storeOf(stores, loop, around.inMemory);
    if (!way) return undefined;
    const axis = axisOf(loop, loop.attrs.axis as string)!;
    const rest = loop.axes.filter((a) => a !== axis);
    const inner = countOf(loop.axes.slice(loop.axes.indexOf(axis) + 1));
    const running: Running = { loop, way, axis, rest };
    // Neighbouring invocations must have neighbouring places, and be many, for walks to be worth it.
    if (typeof inner === "string" || inner >= 32)
      return {
        dispatch: [[[countOf(rest), 64]]],
        guarded: true,
        about: `an invocation walks along ${axis.name}`,
        write: (s) => walk(s, running),
      };
    return { dispatch: [[[countOf(rest), 1]]], about: `a workgroup scans ${axis.name}`, write: (s) => scan(s, running) };
  },
};
