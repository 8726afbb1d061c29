/**
 * One dispatch for the same work on many tensors, such as an optimizer's update of all weights: a table says for each tensor how
 * many places it has, which formula is its own, and where its operands begin in the buffers that they share with those of the others.
 * ("Multi-tensor apply" of NVIDIA's Apex does the same with pointers.)
 */
import type { Kernel, Store } from "../../fuse.ts";
import type { Node } from "../../ir/node.ts";
import { partOf } from "../../ops/sum-of-squares.ts";
import { functionsFor } from "../wgsl-functions.ts";
import { countOf } from "../wgsl-index.ts";
import type { Param } from "../wgsl-plan.ts";
import { access, type Binding, type Overwritten, type Written } from "./module.ts";

/** Places that one workgroup of 64 lanes goes through. */
const places = 1024;

/** One tensor's share of a dispatch. */
export interface Share {
  readonly count: number;
  readonly formula: number;
  /** What stands in the shared buffers, in the order of the kernel's bindings after the table and the common ones. */
  readonly bound: readonly Binding[];
}

/** A shader over many tensors: `bound` are the bindings of the whole dispatch, after the table. */
export interface Multi extends Written {
  /** The tensors, and how many places of one a workgroup takes. */
  readonly shares: { readonly each: number; readonly list: readonly Share[] };
}

/** A kernel as a formula over places: what is left of its shader when tensors and their size are taken away. */
interface Formula {
  readonly lines: string;
  readonly count: number;
  /** `rw f32` for each binding: kernels of one signature may share a dispatch. */
  readonly signature: string;
}

/** Whether a binding is a number that all tensors read, rather than one of a tensor's own. */
const isCommon = ({ store, write }: Binding): boolean => store.node.axes.length === 0 && !write;

/** Names given by number, numbered anew in the order in which they come: equal formulas are equal texts. */
function renumbered(lines: string): string {
  const names = new Map<string, string>();
  return lines.replaceAll(/\bv\d+\b/g, (name) => {
    const fresh = names.get(name) ?? `v${names.size}`;
    names.set(name, fresh);
    return fresh;
  });
}

/** The formula of a shader that computes each place of tensors of one known size from the same place of others; else undefined. */
function formulaOf({ loops }: Kernel, { body, bound, params }: Written): Formula | undefined {
  const main =
    /\nfn main\(.*\) \{\n {2}let group = .*\n {2}let at = .*\n {2}if \(at >= (\d+)\) \{ return; \}\n([\s\S]*)\}\n$/.exec(body);
  if (loops.length > 0 || !main || /^const table/m.test(body) || params.some((p) => "size" in p)) return undefined;
  // The buffers that tensors share are bound by words.
  if (/^enable f16;/m.test(body)) return undefined;
  const lines = main[2]!.replaceAll(/ *\/\/.*/g, "");
  const names = bound.map((b) => b.name);
  const scalars = new Set(bound.flatMap((b) => (isCommon(b) ? [b.name] : [])));
  for (const [, name, place] of lines.matchAll(/\b((?:in|out)\d+)\[([^\]]*)\]/g))
    if (names.includes(name!) && place !== (scalars.has(name!) ? "0" : "at")) return undefined;
  const kinds = bound.map((b) =>
    isCommon(b) ? `number ${b.store.node.id}` : `${access(b.store, b.write)} ${b.store.node.dtype}`,
  );
  return { lines: renumbered(lines), count: Number(main[1]), signature: kinds.join() };
}

/** The types of a shader's numbers, by field. */
const typesOf = (body: string): Map<string, string> => {
  const struct = /struct Params \{\n([\s\S]*?)\n\}/.exec(body)?.[1] ?? "";
  return new Map([...struct.matchAll(/^ {2}(\w+): (\w+),/gm)].map(([, field, type]) => [field!, type!]));
};

const table = (
  bindings: number,
): string => `// [tensors, workgroups, first workgroup], then of each: first workgroup, places, formula, beginnings
@group(0) @binding(1) var<storage, read> shares: array<u32>;
fn share_of(group: u32) -> u32 {
  var low = 0u;
  var high = shares[0];
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (shares[3u + middle * ${3 + bindings}u] <= group) { low = middle; } else { high = middle; }
  }
  return 3u + low * ${3 + bindings}u;
}
`;

const declared = ({ store, write }: Binding, name: string, place: number): string =>
  `@group(0) @binding(${place}) var<storage, ${access(store, write)}> ${name}: array<${store.node.dtype === "bool" ? "u32" : store.node.dtype}>;\n`;

const head = `@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = id.x + id.y * groups.x;
  if (group >= shares[1]) { return; }
  let share = share_of(group);
`;

/** Numbers of several shaders as one block; undefined where one field means two things. */
function joined(written: readonly Written[]): { params: Param[]; struct: string } | undefined {
  const fields = new Map<string, { param: Param; type: string }>();
  for (const { body, params } of written) {
    const types = typesOf(body);
    for (const param of params) {
      const known = fields.get(param.field);
      if (known && JSON.stringify(known.param) !== JSON.stringify(param)) return undefined;
      fields.set(param.field, { param, type: types.get(param.field)! });
    }
  }
  const lines = [...fields].map(([field, { type }]) => `  ${field}: ${type},\n`);
  const struct = `struct Params {\n${lines.join("")}}\n@group(0) @binding(0) var<uniform> p: Params;\n`;
  return { params: [...fields.values()].map(({ param }) => param), struct: lines.length > 0 ? struct : "" };
}

/** Statements of a formula that are the same at every place, and the others. */
function hoisted(lines: readonly string[]): { before: string[]; each: string[] } {
  const known = new Set<string>();
  const [before, each]: [string[], string[]] = [[], []];
  for (const line of lines.map((l) => l.replace(/^ {2}/, "")).filter((l) => l !== "")) {
    const [, name, value] = /^let (\w+) = (.*);$/.exec(line) ?? [];
    const fixed = value !== undefined && !/\bat\b/.test(value) && (value.match(/\b[a-z]\d+\b/g) ?? []).every((v) => known.has(v));
    if (fixed) known.add(name!);
    (fixed ? before : each).push(line);
  }
  return { before, each };
}

/** The shader of several kernels' formulas. */
function applied(written: readonly Written[], formulas: readonly Formula[]): Multi | undefined {
  const block = joined(written);
  if (!block) return undefined;
  const texts = [...new Set(formulas.map((f) => f.lines))];
  const [{ bound: all }] = written as [Written];
  const [common, bound] = [all.filter(isCommon), all.filter((b) => !isCommon(b))];
  const from = (text: string): string =>
    bound.reduce((t, b) => t.replaceAll(`${b.name}[at]`, `${b.name}[${b.name}_from + at]`), text);
  const loops = texts.map((text) => {
    const { before, each } = hoisted(from(text).split("\n"));
    return [...before, `for (var at = first; at < min(first + ${places}, count); at += 64) {`, ...each.map((l) => `  ${l}`), "}"];
  });
  const cases = loops.flatMap((lines, i) => [`  case ${i}: {`, ...lines.map((l) => `    ${l}`), "  }"]);
  const inner = loops.length === 1 ? loops[0]! : ["switch (shares[share + 2u]) {", ...cases, "  default: {}", "}"];
  const starts = bound.map((b, i) => `  let ${b.name}_from = i32(shares[share + ${3 + i}u]);\n`).join("");
  const main = `${head}  let count = i32(shares[share + 1u]);
  let first = i32(group - shares[share]) * ${places} + i32(lane);
${starts}${inner.map((l) => `  ${l}\n`).join("")}}
`;
  const functions = functionsFor(main).map((f) => `${f}\n`);
  return {
    body: `${block.struct}${table(bound.length)}${[...common, ...bound].map((b, i) => declared(b, b.name, i + 2)).join("")}${functions.join("")}\n${main}`,
    params: block.params,
    bound: common,
    nodes: written.flatMap((w) => w.nodes),
    about: [`${written.length} tensors, ${texts.length === 1 ? "one formula" : `${texts.length} formulas`}`],
    dispatch: formulas.map(({ count }) => [[count, places]]),
    shares: {
      each: places,
      list: written.map((w, i) => ({
        count: formulas[i]!.count,
        formula: texts.indexOf(formulas[i]!.lines),
        bound: w.bound.filter((b) => !isCommon(b)),
      })),
    },
  };
}

/** What becomes of kernels in order: written alone, or several at the place of the last of them. */
export type Piece = { readonly alone: number } | { readonly multi: Multi; readonly of: readonly number[] };

/**
 * Gathers kernels that compute by formulas of one signature. All move to the place of the last, so none may be read by a kernel
 * between. Fewer than `least` stay as they are.
 */
export function gathered(
  kernels: readonly Kernel[],
  written: readonly Written[],
  overwritten: readonly Overwritten[],
  least = 4,
): Piece[] {
  const formulas = kernels.map((kernel, i) => formulaOf(kernel, written[i]!));
  const shared = written.map((w) => [...w.bound, ...("shares" in w ? (w as Multi).shares.list.flatMap((x) => x.bound) : [])]);
  const reads = shared.map((bound) => new Set(bound.filter((b) => !b.write).map((b) => b.store)));
  const writes = written.map((w) => w.bound.filter((b) => b.write).map((b) => b.store));
  /** Whether one kernel must come after another: it reads what that writes, or writes over what that reads. */
  const after = (later: number, earlier: number): boolean =>
    writes[earlier]!.some((store) => reads[later]!.has(store)) ||
    [...overwritten[later]!.keys()].some((store) => reads[earlier]!.has(store));
  const sets = new Map<string, number[]>();
  const closed: number[][] = [];
  for (const i of kernels.keys()) {
    // What must come after one of a set comes after all of it.
    for (const [key, set] of sets)
      if (set.some((m) => after(i, m))) {
        closed.push(set);
        sets.delete(key);
      }
    const formula = formulas[i];
    if (formula) sets.set(formula.signature, [...(sets.get(formula.signature) ?? []), i]);
  }
  const pieces = new Map<number, Piece>(kernels.map((_, i) => [i, { alone: i }]));
  for (const set of [...closed, ...sets.values()]) {
    if (set.length < least) continue;
    const multi = applied(
      set.map((i) => written[i]!),
      set.map((i) => formulas[i]!),
    );
    if (!multi) continue;
    for (const i of set) pieces.delete(i);
    pieces.set(set.at(-1)!, { multi, of: set });
  }
  return [...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece);
}

/** The shader of partial sums of squares: each workgroup adds the squares of `partOf` places of one tensor. */
export function squares({ stores: [store] }: Kernel, node: Node, memory: ReadonlyMap<Node, Store>): Multi {
  const out: Binding = { store: store as Store, write: true, name: "out0" };
  const shares = node.inputs.map((x): Share => {
    const source = memory.get(x)!;
    return { count: Number(countOf(x.axes)), formula: 0, bound: [{ store: source, write: false, name: "in0" }] };
  });
  const body = `${table(1)}${declared(out, "out0", 2)}${declared(shares[0]!.bound[0]!, "in0", 3)}var<workgroup> lane_sums: array<f32, 64>;

${head}  let count = i32(shares[share + 1u]);
  let first = i32(group - shares[share]) * ${partOf} + i32(lane);
  let in0_from = i32(shares[share + 3u]);
  var sum = 0f;
  for (var at = first; at < min(first + ${partOf}, count); at += 64) {
    let x = in0[in0_from + at];
    sum += x * x;
  }
  lane_sums[lane] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half >>= 1u) {
    if (lane < half) { lane_sums[lane] += lane_sums[lane + half]; }
    workgroupBarrier();
  }
  if (lane == 0u) { out0[shares[2] + group] = lane_sums[0]; }
}
`;
  const about = [`squares of ${shares.length} tensors`];
  return {
    body,
    params: [],
    bound: [out],
    nodes: [node],
    dispatch: shares.map(({ count }) => [[count, partOf]]),
    about,
    shares: { each: partOf, list: shares },
  };
}
