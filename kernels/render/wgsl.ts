/**
 * Programs as WGSL for WebGPU: each fused kernel as a compute shader, and the plan that says in which order they run on which
 * memory. Sizes are values of a uniform block, so that no new length compiles anything again.
 */
import { placesOf } from "../fuse/needs.ts";
import { fuse, type Kernel, type Store } from "../fuse.ts";
import { type Axis, axesText, type Node } from "../ir/node.ts";
import { inputOf, nodesOf, type Program } from "../ir/program.ts";
import { mapProgram } from "../ir/rewrite.ts";
import { concat, rename } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { decompose } from "../ops/decompose.ts";
import { functionsFor } from "./wgsl-functions.ts";
import { countOf, Index, Params, type Place } from "./wgsl-index.ts";
import { assignSlots, type Dispatch, type Memory, type Param, type Step, type WgslPlan } from "./wgsl-plan.ts";
import { type Matrices, matricesOf, tileMemory, tilesOf, writeTiles } from "./wgsl-tiles.ts";
import { computed, literal, type Scope } from "./wgsl-values.ts";
import { type Bound, Writer } from "./wgsl-writer.ts";

export interface WgslKernel {
  /** `<number>.<what>`, unique within the program. */
  readonly name: string;
  readonly code: string;
}

export interface WgslProgram {
  readonly kernels: readonly WgslKernel[];
  readonly plan: WgslPlan;
}

/** Axes for a reader: what tells apart two axes of one name is left out. */
const axesOf = (axes: readonly Axis[]): string => axesText(axes.map((a) => ({ ...a, name: a.name.replace(/@.*$/, "") })));
const stored = (dtype: string): string => (dtype === "bool" ? "u32" : dtype);
const known = (size: Size, most: number): boolean => typeof size === "number" && size <= most;

/** How a kernel runs: an invocation a place, a workgroup a place (its lanes share the loop), or tiles of a product. */
function formOf(
  { stores, loop }: Kernel,
  inMemory: (n: Node) => boolean,
): { dispatch: Dispatch; shared?: Node; matrices?: Matrices } {
  const [{ axes }] = stores as [Store];
  const matrices = loop && stores.map((store) => matricesOf(loop, store, inMemory)).find((m) => m !== undefined);
  if (matrices) return { dispatch: tilesOf(matrices), matrices };
  const places = countOf(axes);
  if (loop && ["sum", "reduceMax", "reduceMin", "contract", "argmax"].includes(loop.op)) {
    const inner = countOf(placesOf(loop).filter((a) => !loop.axes.some((b) => b.name === a.name)));
    if ((known(places, 4096) && !known(inner, 255)) || !(typeof inner === "string" || inner < 512))
      return { dispatch: { group: places }, shared: loop };
  }
  return { dispatch: { each: places } };
}

/** One kernel: its code, what it binds, in order, and how it is dispatched. */
interface Written {
  readonly body: string;
  readonly params: readonly Param[];
  readonly bound: readonly { readonly store: Store; readonly write: boolean }[];
  readonly dispatch: Dispatch;
  readonly nodes: readonly Node[];
}

class KernelWriter implements Scope {
  readonly writer = new Writer();
  readonly index: Index;
  readonly kernel: Kernel;
  readonly memory: ReadonlyMap<Node, Store>;
  readonly bound: { store: Store; write: boolean; name: string }[] = [];
  readonly nodes = new Set<Node>();
  readonly tables = new Map<Node, string>();
  readonly dispatch: Dispatch;
  readonly shared: Node | undefined;
  readonly #matrices: Matrices | undefined;
  readonly #own: ReadonlySet<Node>;

  constructor(kernel: Kernel, memory: ReadonlyMap<Node, Store>) {
    this.index = new Index(this.writer, new Params());
    this.kernel = kernel;
    this.memory = memory;
    this.#own = new Set(kernel.stores.map((s) => s.node));
    const { dispatch, shared, matrices } = formOf(kernel, (n) => memory.has(n));
    this.dispatch = dispatch;
    this.shared = shared;
    this.#matrices = matrices;
  }

  table(node: Node): string {
    const name = this.tables.get(node) ?? `table${this.tables.size}`;
    this.tables.set(node, name);
    return name;
  }

  #key(node: Node, place: Place): string {
    return `node ${node.id} at ${node.axes.map((a) => place.get(a.name)!.text).join()}`;
  }

  value(node: Node, place: Place): Bound {
    const level = node.axes.reduce((n, a) => Math.max(n, place.get(a.name)!.level), 0);
    const key = this.#key(node, place);
    const found = this.writer.find(key, level);
    if (found) return found;
    const store = this.#own.has(node) && node.op !== "input" ? undefined : this.memory.get(node);
    const value = store ? this.#load(store, place) : computed(this, node, place);
    if (!store) this.nodes.add(node);
    return this.writer.remember(key, value, level);
  }

  #load(store: Store, place: Place): Bound {
    const { node } = store;
    const name = this.#bind(store, `in${this.bound.filter((b) => !b.write).length}`);
    const at = this.index.address(store.axes, place);
    const text = `${name}[${at.text}]`;
    return this.writer.bind(node.dtype === "bool" ? `${text} != 0u` : text, at.level);
  }

  #bind(store: Store, fresh: string, write = false): string {
    const known = this.bound.find((b) => b.store === store && b.write === write);
    if (known) return known.name;
    this.bound.push({ store, write, name: fresh });
    return fresh;
  }

  /** Writes every store at a place of the kernel. */
  #finish(kernelPlace: Place): void {
    for (const [i, store] of this.kernel.stores.entries()) {
      const place = placeIn(store, kernelPlace);
      const value = this.value(store.node, place).text;
      const name = this.#bind(store, `out${i}`, true);
      const at = this.index.address(store.axes, place);
      this.writer.line(`${name}[${at.text}] = ${store.node.dtype === "bool" ? `u32(${value})` : value};`);
    }
  }

  write(): Written {
    const w = this.writer;
    const [first] = this.kernel.stores as [Store];
    const named = ({ names }: Store, place: Iterable<readonly [string, Bound]>): Place =>
      new Map([...place].map(([name, at]) => [names.get(name) ?? name, at]));
    if (this.#matrices) {
      const { node, store } = this.#matrices;
      writeTiles(this, this.#matrices, (place, inner, product) => {
        this.nodes.add(node);
        w.remember(this.#key(node, inner), product);
        this.#finish(named(store, place));
      });
    } else {
      const parts = this.index.unflatten(
        { text: "at", level: 0 },
        first.axes.map((a) => a.size),
      );
      const place = named(
        first,
        first.axes.map((a, i) => [a.name, parts[i]!] as const),
      );
      if (!this.shared) this.#finish(place);
      else {
        // Every lane has the value; one writes it.
        for (const store of this.kernel.stores) this.value(store.node, placeIn(store, place));
        w.nest("if (lane == 0u)", 0, () => this.#finish(place));
      }
    }
    return { ...this.#code(), bound: this.bound, dispatch: this.dispatch, nodes: [...this.nodes] };
  }

  #code(): { body: string; params: Param[] } {
    const { params } = this.index;
    const tables = [...this.tables].map(([node, name]) => {
      const values = (node.attrs.values as readonly number[]).map((v) => literal(v, node.dtype, () => params.infinity()));
      return `const ${name} = array<${node.dtype}, ${values.length}>(${values.join(", ")});\n`;
    });
    const bindings = this.bound.map(
      ({ store, name, write }, i) =>
        `@group(0) @binding(${i + 1}) var<storage, ${write ? "read_write" : "read"}> ${name}: array<${stored(store.node.dtype)}>; // ${axesOf(store.axes)}\n`,
    );
    const lanes = this.shared
      ? `var<workgroup> lane_values: array<${this.shared.inputs[0]!.dtype}, 64>;\n${this.shared.op === "argmax" ? "var<workgroup> lane_places: array<i32, 64>;\n" : ""}`
      : "";
    const places = "each" in this.dispatch ? this.dispatch.each : "group" in this.dispatch ? this.dispatch.group : undefined;
    const at = this.shared || this.#matrices ? "group" : "group * 64 + i32(lane)";
    const guard =
      places === undefined
        ? ["if (group >= tiles()) { return; }"]
        : [`let at = ${at};`, `if (at >= ${params.size(places)}) { return; }`];
    const lines = [...guard, ...this.writer.lines()].map((l) => `  ${l}\n`).join("");
    const count = this.#matrices && tilesOf(this.#matrices);
    const tiles =
      count && "tiles" in count
        ? `fn tiles() -> i32 { return ${params.size(count.tiles.batch)} * ((${params.size(count.tiles.rows)} + 31) / 32) * ((${params.size(count.tiles.columns)} + 31) / 32); }\n`
        : "";
    const functions = functionsFor(lines).map((f) => `${f}\n`);
    const { params: used, struct } = params.block(tables.join("") + tiles + lines);
    const body = `${struct}${bindings.join("")}${tables.join("")}${this.#matrices ? tileMemory : ""}${lanes}${functions.join("")}${tiles}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
${lines}}
`;
    return { body, params: used };
  }
}

/** A kernel's place under the names of a store. */
const placeIn = ({ axes, names }: Store, place: Place): Place =>
  new Map(axes.map(({ name }) => [name, place.get(names.get(name) ?? name)!]));

/** The words that say what a kernel computes, from its operations: `contract`, `softmax`-like chains by their loops. */
function whatOf({ stores, loop }: Kernel, nodes: readonly Node[]): string {
  const last = stores.at(-1)!.node;
  const heads = [...new Set([...(loop ? [loop.op] : []), ...(nodes.length > 0 ? [last.op] : ["copy"])])];
  return heads.join("-");
}

/** Without marks, and a concatenation of many parts as one of few, so that no kernel reads too many buffers. */
function narrowed(node: Node): Node {
  if (node.op === "stop") return node.inputs[0]!;
  if (node.op === "cached") return rename(node.inputs[0]!, { [node.attrs.of as string]: node.attrs.axis as string });
  if (node.op !== "concat" || node.inputs.length <= 4) return node;
  const parts: Node[] = [];
  for (let i = 0; i < node.inputs.length; i += 4) parts.push(concat(node.inputs.slice(i, i + 4), node.attrs.axis as string));
  return narrowed(concat(parts, node.attrs.axis as string));
}

/** The memory of each thing a kernel binds, once it is known which temporaries live how long. */
type Wanted = { readonly memory: Memory } | { readonly temporary: Node; readonly write: boolean };

/** The kernels of a program and their plan. The same program gives the same text. */
export function renderWgsl(given: Program): WgslProgram {
  const program = mapProgram(
    decompose(given, () => false),
    narrowed,
  );
  const { kernels, memory } = fuse(program);
  const written = kernels.map((k) => new KernelWriter(k, memory).write());
  const blocks = new Map<string, { place: number; params: readonly Param[] }>();
  const blockOf = (params: readonly Param[]): number => {
    const key = JSON.stringify(params);
    const block = blocks.get(key) ?? { place: blocks.size, params };
    blocks.set(key, block);
    return block.place;
  };
  const files = new Map<string, { number: number; body: string; nodes: Node[]; what: string }>();
  const lives = new Map<Node, { node: Node; size: Size; first: number; last: number }>();
  const steps = written.map(({ body, params, bound, dispatch, nodes }, step): Omit<Step, "bindings"> & { wanted: Wanted[] } => {
    const code = body.replaceAll(/ *\/\/.*/g, "");
    const file = files.get(code) ?? { number: files.size, body, nodes: [], what: whatOf(kernels[step]!, nodes) };
    // A copy computes nothing: it is what it hands on.
    file.nodes.push(...(nodes.length > 0 ? nodes : kernels[step]!.stores.map((store) => store.node)));
    files.set(code, file);
    const wanted = bound.map(({ store: { node, output }, write }): Wanted => {
      if (output !== undefined) return { memory: { output, write } };
      if (node.op === "input") return { memory: { input: inputOf(node).name, write } };
      const life = lives.get(node);
      lives.set(node, { node, size: countOf(node.axes), first: life?.first ?? step, last: step });
      return { temporary: node, write };
    });
    return { kernel: file.number, ...(params.length > 0 ? { block: blockOf(params) } : {}), dispatch, wanted };
  });
  const { temporaries, slots } = assignSlots([...lives.values()]);
  const slotOf = new Map(temporaries.map((t) => [t.node, t.slot]));
  const result = [...files.values()].map(({ number, body, nodes, what }) => ({
    name: `${number}.${what}`,
    code: header(given, nodes, what) + body,
  }));
  const plan: WgslPlan = {
    schema: 1,
    blocks: [...blocks.values()].map(({ params }) => params),
    temporaries: temporaries.map(({ slot, size, first, last }) => ({ slot, size, first, last })),
    slots,
    steps: steps.map(({ wanted, ...step }) => ({
      ...step,
      bindings: wanted.map((x): Memory => ("memory" in x ? x.memory : { slot: slotOf.get(x.temporary)!, write: x.write })),
    })),
  };
  return { kernels: result, plan };
}

/** What stands above a kernel: what it computes, node by node, and the spec lines that it came from. */
function header(program: Program, nodes: readonly Node[], what: string): string {
  const text = new Set(
    nodes.filter((n) => n.op !== "const" && n.op !== "input").map((n) => `//   ${n.op} ${n.dtype}${axesOf(n.axes)}`),
  );
  const origin = originOf(program, nodes);
  return `// ${program.name}: ${what}${origin.length > 0 ? `\n// from ${origin.join(", ")}` : ""}\n${[...text].join("\n")}\n\n`;
}

/**
 * The spec lines of nodes; of those that no line wrote, such as an optimizer's update, the lines of the nearest they come from; of what is
 * handed through as it came, the lines that read it.
 */
function originOf(program: Program, nodes: readonly Node[]): string[] {
  const seen = new Set<Node>();
  for (let layer: readonly Node[] = nodes; layer.length > 0; ) {
    const lines = new Set(layer.flatMap((n) => n.origin));
    if (lines.size > 0) return [...lines].sort();
    for (const n of layer) seen.add(n);
    layer = [...new Set(layer.flatMap((n) => n.inputs))].filter((n) => !seen.has(n));
  }
  const readers = nodesOf(program).filter((n) => n.inputs.some((i) => seen.has(i)));
  return [...new Set(readers.flatMap((n) => n.origin))].sort();
}
