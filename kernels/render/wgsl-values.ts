/**
 * What each primitive operation is in WGSL: its value at one place, from its operands' values at the places it looks at.
 * One record per operation that is not elementwise; the elementwise ones bring their expression with their own record.
 */
import { type Axis, axisOf, type DType, hasAxis, type Node } from "../ir/node.ts";
import { inputOf } from "../ir/program.ts";
import { type Size, times } from "../ir/size.ts";
import { philoxCounters } from "../ops/philox.ts";
import { opOf } from "../ops/table.ts";
import { cast, register } from "./wgsl/packed.ts";
import { type Index, levelOf, type Place } from "./wgsl-index.ts";
import { type Bound, deepest, type Writer } from "./wgsl-writer.ts";

/** What writing one kernel's values takes. */
export interface Scope {
  readonly writer: Writer;
  readonly index: Index;
  /** The value of a node at a place, read from memory or computed here. */
  value(node: Node, place: Place): Bound;
  /** Writes a table of constants outside the function; returns its name. */
  table(node: Node): string;
  /** Loops that the lanes of a workgroup share. */
  readonly shared: ReadonlySet<Node>;
  /** How many lanes a workgroup has. */
  readonly lanes: number;
  /** The least number of lanes in a subgroup, where kernels may use subgroups. */
  readonly subgroup: number | undefined;
  /** Says once what stands outside the function. */
  declare(text: string): void;
}

type Rule = (s: Scope, node: Node, place: Place) => Bound;

/** A number of a dtype as a WGSL literal. */
export function literal(value: number, dtype: DType, infinity: () => string): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (register(dtype) !== "f32")
    return value === -(2 ** 31)
      ? "(-2147483647i - 1i)"
      : value < 0
        ? `(${value}i)`
        : `${value}${register(dtype) === "i32" ? "i" : "u"}`;
  if (Number.isNaN(value)) return `(${infinity()} - ${infinity()})`;
  if (!Number.isFinite(value)) return value > 0 ? infinity() : `(-${infinity()})`;
  return value < 0 || Object.is(value, -0) ? `(-${Math.abs(value)}f)` : `${value}f`;
}

const moved = (place: Place, changes: Iterable<readonly [string, Bound]>): Place => new Map([...place, ...changes]);

/** The place of an operand, whose axes are among those of `place`. */
const placeOf = (node: Node, place: Place): Place => new Map(node.axes.map((a) => [a.name, place.get(a.name)!]));

const rules: Record<string, Rule> = {
  const: ({ index }, node) => ({ text: literal(Number(node.attrs.value), node.dtype, () => index.params.infinity()), level: 0 }),
  size: ({ writer, index }, node) => writer.bind(`${register(node.dtype)}(${index.params.size(node.attrs.size as Size)})`, 0),
  iota: (_, node, place) => place.get(node.axes[0]!.name)!,
  tensor: (s, node, place) => {
    const at = s.index.address(node.axes, place);
    return s.writer.bind(`${s.table(node)}[${at.text}]`, at.level);
  },
  input: ({ index }, node) => ({ text: index.params.scalar(inputOf(node).name, node.dtype), level: 0 }),

  split: (s, { inputs: [x], attrs }, place) => {
    const into = attrs.into as readonly Axis[];
    const whole = s.index.flatten(
      into.map((a) => place.get(a.name)!),
      into.map((a) => a.size),
    );
    return s.value(x!, moved(place, [[attrs.axis as string, whole]]));
  },
  merge: (s, { inputs: [x], attrs }, place) => {
    const names = attrs.axes as readonly string[];
    const parts = s.index.unflatten(
      place.get(attrs.into as string)!,
      names.map((n) => axisOf(x!, n)!.size),
      names,
    );
    return s.value(
      x!,
      moved(
        place,
        names.map((n, i) => [n, parts[i]!]),
      ),
    );
  },
  rename: (s, { inputs: [x], attrs }, place) => {
    const [from, to] = [attrs.from as readonly string[], attrs.to as readonly string[]];
    return s.value(
      x!,
      moved(
        place,
        from.map((n, i) => [n, place.get(to[i]!)!]),
      ),
    );
  },
  expand: (s, { inputs: [x] }, place) => s.value(x!, place),
  squeeze: (s, { inputs: [x], attrs }, place) => s.value(x!, moved(place, [[attrs.axis as string, s.index.constant(0)]])),
  slice: (s, { inputs: [x], attrs }, place) => {
    const name = attrs.axis as string;
    return s.value(x!, moved(place, [[name, s.index.plus(place.get(name)!, s.index.size(attrs.start as Size))]]));
  },
  pad: (s, node, place) => {
    const name = node.attrs.axis as string;
    const at = s.index.minus(place.get(name)!, s.index.size(node.attrs.before as Size));
    const inside = s.value(node.inputs[0]!, moved(place, [[name, at]]));
    const size = s.index.params.size(axisOf(node.inputs[0]!, name)!.size);
    const outside = literal(node.attrs.value as number, node.dtype, () => s.index.params.infinity());
    return s.writer.bind(`select(${outside}, ${inside.text}, ${at.text} >= 0 && ${at.text} < ${size})`, deepest([at, inside]));
  },
  concat: (s, node, place) => {
    const name = node.attrs.axis as string;
    let at = place.get(name)!;
    const parts: { at: Bound; value: Bound; size: string }[] = [];
    for (const x of node.inputs) {
      const size = s.index.size(axisOf(x, name)!.size);
      parts.push({ at, value: s.value(x, moved(place, [[name, at]])), size: size.text });
      at = s.index.minus(at, size);
    }
    return parts.reduceRight((rest, p, i) => {
      if (i === parts.length - 1) return p.value;
      return s.writer.bind(`select(${rest.text}, ${p.value.text}, ${p.at.text} < ${p.size})`, deepest([rest, p.value, p.at]));
    }, parts[0]!.value);
  },

  cast: (s, node, place) => {
    const [x] = node.inputs as [Node];
    const value = s.value(x, placeOf(x, place));
    return s.writer.bind(cast(x.dtype, node.dtype, value.text), value.level);
  },
  gather: (s, { inputs: [x, which], attrs }, place) =>
    s.value(x!, moved(place, [[attrs.axis as string, s.value(which!, placeOf(which!, place))]])),
  scatterAdd: (s, node, place) => {
    const [values, which] = node.inputs as [Node, Node];
    const into = place.get((node.attrs.into as Axis).name)!;
    const over = (node.attrs.from as readonly string[]).map((n) => axisOf(values, n)!);
    return accumulated(
      s,
      node,
      place,
      over,
      literal(0, node.dtype, () => ""),
      (total, inner) => {
        const target = s.value(which, placeOf(which, inner));
        s.writer.nest(`if (${target.text} == ${into.text})`, s.writer.level, () =>
          s.writer.line(`${total} += ${s.value(values, inner).text};`),
        );
      },
    );
  },
  cumsum: (s, node, place) => {
    const axis = axisOf(node, node.attrs.axis as string)!;
    const own = place.get(axis.name)!;
    const end = s.index.size(axis.size).text;
    const { reverse, exclusive } = node.attrs;
    const [first, last] = reverse
      ? [exclusive ? `${own.text} + 1` : own.text, end]
      : ["0", exclusive ? own.text : `${own.text} + 1`];
    const level = levelOf(node, place);
    const total = s.writer.fresh("total");
    s.writer.line(`var ${total} = ${literal(0, node.dtype, () => "")};`, level);
    const k = s.writer.fresh("k");
    s.writer.nest(`for (var ${k} = ${first}; ${k} < ${last}; ${k}++)`, level, () => {
      const value = s.value(node.inputs[0]!, moved(place, [[axis.name, { text: k, level: s.writer.level }]]));
      s.writer.line(`${total} += ${value.text};`);
    });
    return { text: total, level };
  },
  topValues: (s, node, place) => ranked(s, node, place).value,
  topIndices: (s, node, place) => ranked(s, node, place).place,

  sum: (s, node, place) =>
    reduced(
      s,
      node,
      place,
      literal(0, node.dtype, () => ""),
      (a, b) => `${a} + ${b}`,
      (inner) => s.value(node.inputs[0]!, inner).text,
    ),
  reduceMax: (s, node, place) =>
    reduced(
      s,
      node,
      place,
      least(s, node.dtype),
      (a, b) => `max(${a}, ${b})`,
      (inner) => s.value(node.inputs[0]!, inner).text,
    ),
  reduceMin: (s, node, place) =>
    reduced(
      s,
      node,
      place,
      most(s, node.dtype),
      (a, b) => `min(${a}, ${b})`,
      (inner) => s.value(node.inputs[0]!, inner).text,
    ),
  contract: (s, node, place) => {
    const [a, b] = node.inputs as [Node, Node];
    // Eight-bit numbers without a sign are held as u32; their products with signed ones are i32.
    const factor = (x: Node, inner: Place): string => {
      const { text } = s.value(x, placeOf(x, inner));
      return node.dtype === "i32" && register(x.dtype) === "u32" ? `i32(${text})` : text;
    };
    const product = (inner: Place): string => `${factor(a, inner)} * ${factor(b, inner)}`;
    return reduced(
      s,
      node,
      place,
      literal(0, node.dtype, () => ""),
      (x, y) => `${x} + ${y}`,
      product,
    );
  },
  argmax: (s, node, place) => {
    const [x] = node.inputs as [Node];
    const over = axisOf(x, node.attrs.axis as string)!;
    const level = levelOf(node, place);
    const [best, at] = [s.writer.fresh("best"), s.writer.fresh("at")];
    s.writer.line(`var ${best} = ${least(s, x.dtype)};`, level);
    s.writer.line(`var ${at} = -1;`, level);
    loop(s, node, place, level, [over], (inner) => {
      const value = s.value(x, inner).text;
      s.writer.nest(`if (${at} < 0 || ${value} > ${best})`, s.writer.level, () => {
        s.writer.line(`${best} = ${value};`);
        s.writer.line(`${at} = ${inner.get(over.name)!.text};`);
      });
    });
    if (s.shared.has(node)) {
      s.declare(`var<workgroup> lane_values: array<${register(x.dtype)}, ${s.lanes}>;`);
      s.declare(`var<workgroup> lane_places: array<i32, ${s.lanes}>;`);
      s.writer.line(`lane_values[lane] = ${best};`, level);
      s.writer.line(`lane_places[lane] = ${at};`, level);
      halving(s, level, () => {
        s.writer.line(`let other = lane_places[lane + half];`);
        s.writer.line(`let more = lane_values[lane + half] > lane_values[lane];`);
        s.writer.line(`let same = lane_values[lane + half] == lane_values[lane] && other < lane_places[lane];`);
        s.writer.nest(`if (other >= 0 && (lane_places[lane] < 0 || more || same))`, s.writer.level, () => {
          s.writer.line(`lane_values[lane] = lane_values[lane + half];`);
          s.writer.line(`lane_places[lane] = other;`);
        });
      });
      s.writer.line(`${at} = lane_places[0];`, level);
    }
    return s.writer.bind(`max(${at}, 0)`, level);
  },

  philox: (s, node, place) => {
    const [seed, step, row] = node.inputs as [Node, Node, Node];
    const { fixed, open } = philoxCounters(node);
    const first = s.index.address(fixed, place);
    const second = open.reduce(
      (n, a) => (n === "" ? `u32(${place.get(a.name)!.text})` : `(${n} * 65536u + u32(${place.get(a.name)!.text}))`),
      "",
    );
    const third = s.value(row, placeOf(row, place));
    const [k0, k1] = [s.value(seed, place), s.value(step, place)];
    const counter = `vec4u(u32(${first.text}), ${second || "0u"}, ${third.text}, ${node.attrs.place}u)`;
    const level = deepest([...node.axes.map((a) => place.get(a.name)!), third, k0, k1]);
    return s.writer.bind(
      `${s.writer.bind(`neuro_philox_u32(${counter}, ${k0.text}, ${k1.text})`, level).text}[${node.attrs.word}]`,
      level,
    );
  },
};

const least = (s: Scope, dtype: DType): string =>
  register(dtype) === "f32" ? `(-${s.index.params.infinity()})` : dtype === "i32" ? "(-2147483647i - 1i)" : "0u";
const most = (s: Scope, dtype: DType): string =>
  register(dtype) === "f32" ? s.index.params.infinity() : dtype === "i32" ? "2147483647i" : "4294967295u";

/** Runs a body at every place of a node's loop: nested loops, or one that the lanes share. */
function loop(s: Scope, node: Node, place: Place, level: number, over: readonly Axis[], body: (inner: Place) => void): void {
  if (s.shared.has(node)) {
    const size = s.index.params.size(times(...over.map((a) => a.size)));
    const k = s.writer.fresh("k");
    s.writer.nest(`for (var ${k} = i32(lane); ${k} < ${size}; ${k} += ${s.lanes})`, level, () => {
      const parts = s.index.unflatten(
        { text: k, level: s.writer.level },
        over.map((a) => a.size),
        over.map((a) => a.name),
      );
      body(
        moved(
          place,
          over.map((a, i) => [a.name, parts[i]!]),
        ),
      );
    });
    return;
  }
  const [axis, ...rest] = over;
  if (!axis) {
    body(place);
    return;
  }
  const k = s.writer.fresh("k");
  s.writer.nest(`for (var ${k} = 0; ${k} < ${s.index.params.size(axis.size)}; ${k}++)`, level, () =>
    loop(s, node, moved(place, [[axis.name, { text: k, level: s.writer.level }]]), s.writer.level, rest, body),
  );
}

/** A variable that a loop over axes adds to. */
function accumulated(
  s: Scope,
  node: Node,
  place: Place,
  over: readonly Axis[],
  start: string,
  body: (total: string, inner: Place) => void,
): Bound {
  const level = levelOf(node, place);
  const total = s.writer.fresh("total");
  s.writer.line(`var ${total} = ${start};`, level);
  loop(s, node, place, level, over, (inner) => body(total, inner));
  return { text: total, level };
}

/** A loop over axes that joins values by an operation, and the lanes' parts at the end when they share it. */
function reduced(
  s: Scope,
  node: Node,
  place: Place,
  start: string,
  join: (a: string, b: string) => string,
  value: (inner: Place) => string,
): Bound {
  const over = (node.attrs.over as readonly string[]).map((n) => axisOf(node.inputs[0]!, n)!);
  const result = accumulated(s, node, place, over, start, (total, inner) =>
    s.writer.line(`${total} = ${join(total, value(inner))};`),
  );
  if (!s.shared.has(node)) return result;
  s.declare(`var<workgroup> lane_values: array<${register(node.dtype)}, ${s.lanes}>;`);
  if (s.subgroup !== undefined) return joinedBySubgroups(s, node, result, join);
  s.writer.line(`lane_values[lane] = ${result.text};`, result.level);
  halving(s, result.level, () => s.writer.line(`lane_values[lane] = ${join("lane_values[lane]", "lane_values[lane + half]")};`));
  s.writer.line(`${result.text} = lane_values[0];`, result.level);
  // Another loop may use the same memory.
  s.writer.line("workgroupBarrier();", result.level);
  return result;
}

const ofSubgroup: Readonly<Record<string, string>> = {
  sum: "subgroupAdd",
  contract: "subgroupAdd",
  reduceMax: "subgroupMax",
  reduceMin: "subgroupMin",
};

/** Joins what the lanes hold: each subgroup by itself, then what they have. `subgroup_lanes` is a subgroup's size. */
function joinedBySubgroups(s: Scope, node: Node, { text, level }: Bound, join: (a: string, b: string) => string): Bound {
  const w = s.writer;
  w.line(`${text} = ${ofSubgroup[node.op]}(${text});`, level);
  w.line(`if (lane % subgroup_lanes == 0u) { lane_values[lane / subgroup_lanes] = ${text}; }`, level);
  w.line("workgroupBarrier();", level);
  w.line(`${text} = lane_values[0];`, level);
  w.nest(`for (var part = 1u; part < ${s.lanes}u / subgroup_lanes; part++)`, level, () =>
    w.line(`${text} = ${join(text, "lane_values[part]")};`),
  );
  // Another loop may use the same memory.
  w.line("workgroupBarrier();", level);
  return { text, level };
}

/** Joins what the lanes hold, half with half, until lane 0 has all. */
function halving(s: Scope, level: number, join: () => void): void {
  s.writer.line("workgroupBarrier();", level);
  s.writer.nest(`for (var half = ${s.lanes / 2}u; half > 0u; half >>= 1u)`, level, () => {
    s.writer.nest("if (lane < half)", s.writer.level, join);
    s.writer.line("workgroupBarrier();");
  });
}

/** The value of a rank along an axis and its place: for each rank up to it, the largest after the one before. */
function ranked(s: Scope, node: Node, place: Place): { value: Bound; place: Bound } {
  const [x] = node.inputs as [Node];
  const axis = axisOf(x, node.attrs.axis as string)!;
  const rank = place.get((node.attrs.into as Axis).name)!;
  const level = levelOf(node, place);
  const [value, at, best, where, q, k] = ["value", "at", "best", "where", "rank", "k"].map((n) => s.writer.fresh(n)) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  s.writer.line(`var ${value} = ${s.index.params.infinity()};`, level);
  s.writer.line(`var ${at} = -1;`, level);
  s.writer.nest(`for (var ${q} = 0; ${q} <= ${rank.text}; ${q}++)`, level, () => {
    const outer = s.writer.level;
    s.writer.line(`var ${best} = ${least(s, "f32")};`);
    s.writer.line(`var ${where} = -1;`);
    s.writer.nest(`for (var ${k} = 0; ${k} < ${s.index.params.size(axis.size)}; ${k}++)`, outer, () => {
      const candidate = s.value(x, moved(place, [[axis.name, { text: k, level: s.writer.level }]])).text;
      const left = `(${candidate} < ${value} || (${candidate} == ${value} && ${k} > ${at}))`;
      s.writer.nest(`if (${left} && (${where} < 0 || ${candidate} > ${best}))`, s.writer.level, () => {
        s.writer.line(`${best} = ${candidate};`);
        s.writer.line(`${where} = ${k};`);
      });
    });
    s.writer.line(`${value} = ${best};`);
    s.writer.line(`${at} = ${where};`);
  });
  return { value: { text: value, level }, place: { text: at, level } };
}

/** The value of a node at a place, computed here. */
export function computed(s: Scope, node: Node, place: Place): Bound {
  const rule = rules[node.op];
  if (rule) return rule(s, node, place);
  const { wgsl } = opOf(node.op);
  if (!wgsl) throw new Error(`the WGSL renderer has no form for ${node.op}; decompose it first`);
  const values = node.inputs.map((i) => s.value(i, i.axes.every((a) => hasAxis(node, a.name)) ? placeOf(i, place) : place));
  const dtype = register(node.inputs[0]!.dtype);
  const text = wgsl(
    values.map((v) => v.text),
    node,
  ).replaceAll(/\b(?:neuro_)?(expm1|log1p|tanh|erf|idiv|mod|pow|sin|cos|acos)\(/g, (_, name) => `neuro_${name}_${dtype}(`);
  return s.writer.bind(text, deepest(values));
}
