/**
 * One compute shader: what it binds, declares and reads of the uniform block, and its kernels. One kernel is the body of `main`;
 * several that run side by side are a function each, and `main` gives each its own workgroups.
 */
import { isPut, readsOf } from "../../fuse/put.ts";
import { type Kernel, placesOfStore, type Store } from "../../fuse.ts";
import { type Axis, axesText, axisOf, type Node } from "../../ir/node.ts";
import { inputOf } from "../../ir/program.ts";
import { functionsFor } from "../wgsl-functions.ts";
import { Index, Params, type Place } from "../wgsl-index.ts";
import type { Dispatch, Param } from "../wgsl-plan.ts";
import { computed, literal } from "../wgsl-values.ts";
import { type Bound, Writer } from "../wgsl-writer.ts";
import { element, elementOfFour, loaded, oneOfFour, register } from "./packed.ts";
import type { Target } from "./target.ts";
import type { Around, Form, KernelScope } from "./template.ts";
import { templates } from "./templates.ts";

/** Axes for a reader: what tells apart two axes of one name is left out. */
export const readable = (axes: readonly Axis[]): string =>
  axesText(axes.map((a) => ({ ...a, name: a.name.replace(/@.*$/, "") })));

/** A tensor in memory that a shader binds. */
export interface Binding {
  readonly store: Store;
  readonly write: boolean;
  readonly name: string;
}

/** How a shader may use a binding: parts of a buffer of temporaries are written by the same dispatch, so all are bound for both. */
export const access = (store: Store, write: boolean): "read" | "read_write" =>
  write || (store.output === undefined && store.node.op !== "input") ? "read_write" : "read";

/** What a reader knows a tensor by: the last word of the input's or output's name. */
function called({ node, output }: Store): string {
  const name = output ?? (node.op === "input" ? inputOf(node).name : "");
  return name === "" ? "" : `${name.replace(/^.*\.(?=[A-Za-z])/, "")} `;
}

/** A shader: its text without a header, what stands at @binding(0), (1), .., and how it is dispatched. */
export interface Written {
  readonly body: string;
  readonly params: readonly Param[];
  readonly bound: readonly Binding[];
  readonly dispatch: Dispatch;
  /** The nodes that are computed, as met. */
  readonly nodes: readonly Node[];
  /** The forms of its kernels in words. */
  readonly about: readonly string[];
  /** See `Form`. */
  readonly kind?: string | undefined;
}

/** Outputs that are written where an input of the program lies, by that input. */
export type Overwritten = ReadonlyMap<Store, Store>;

/** What the kernels of one shader share. */
class Module {
  readonly params = new Params();
  readonly bound: Binding[] = [];
  readonly nodes = new Set<Node>();
  readonly tables = new Map<Node, string>();
  readonly declared = new Set<string>();
  /** What is bound as vectors of four. */
  readonly vectors = new Set<Store>();
  readonly memory: ReadonlyMap<Node, Store>;

  /** Inputs that outputs take the place of: both are one binding. */
  readonly overwritten: Overwritten;

  /** Whether the device has halves. */
  readonly halves: boolean;

  constructor(memory: ReadonlyMap<Node, Store>, overwritten: Overwritten, halves: boolean) {
    this.memory = memory;
    this.overwritten = overwritten;
    this.halves = halves;
  }

  /** Whether a tensor is read as halves: one that is written is written by words. */
  half(store: Store): boolean {
    return this.halves && store.node.dtype === "f16" && !this.overwritten.has(store);
  }

  bind(store: Store, write: boolean): string {
    const over = write ? undefined : this.overwritten.get(store);
    if (over) return this.bind(over, true);
    const known = this.bound.find((b) => b.store === store && b.write === write);
    if (known) return known.name;
    const name = `${write ? "out" : "in"}${this.bound.filter((b) => b.write === write).length}`;
    this.bound.push({ store, write, name });
    if (!write && this.half(store)) this.declared.add("enable f16;");
    return name;
  }

  table(node: Node): string {
    const name = this.tables.get(node) ?? `table${this.tables.size}`;
    this.tables.set(node, name);
    return name;
  }
}

class KernelWriter implements KernelScope {
  readonly writer = new Writer();
  readonly index: Index;
  readonly kernel: Kernel;
  readonly module: Module;
  readonly shared = new Set<Node>();
  readonly lanes: number;
  readonly around: Around;
  readonly subgroup: number | undefined;
  readonly #own: ReadonlySet<Node>;
  readonly #results = new Map<Node, Bound>();

  constructor(kernel: Kernel, module: Module, around: Around, lanes: number) {
    this.around = around;
    this.subgroup = around.target.subgroups?.least;
    this.lanes = lanes;
    this.index = new Index(this.writer, module.params);
    this.kernel = kernel;
    this.module = module;
    this.#own = new Set(kernel.stores.map((s) => s.node));
  }

  table(node: Node): string {
    return this.module.table(node);
  }

  declare(text: string): void {
    this.module.declared.add(text);
  }

  share(loop: Node): void {
    this.shared.add(loop);
  }

  #key(node: Node, place: Place): string {
    return `node ${node.id} at ${node.axes.map((a) => place.get(a.name)!.text).join()}`;
  }

  #store(node: Node): Store | undefined {
    return this.#own.has(node) && node.op !== "input" ? undefined : this.module.memory.get(node);
  }

  value(node: Node, place: Place): Bound {
    const result = this.#results.get(node);
    if (result) return result;
    const level = node.axes.reduce((n, a) => Math.max(n, place.get(a.name)!.level), 0);
    const key = this.#key(node, place);
    const found = this.writer.find(key, level);
    if (found) return found;
    const store = this.#store(node);
    const value = store ? this.#load(store, place) : computed(this, node, place);
    if (!store) this.module.nodes.add(node);
    return this.writer.remember(key, value, level);
  }

  given(node: Node, place: Place, value: Bound): void {
    this.module.nodes.add(node);
    this.writer.remember(this.#key(node, place), value);
  }

  result(loop: Node, value: Bound): void {
    this.module.nodes.add(loop);
    this.#results.set(loop, value);
  }

  bound(node: Node): string {
    const store = this.#store(node);
    if (!store) throw new Error(`${node.op} is not read from memory here`);
    return this.module.bind(store, false);
  }

  half(node: Node): boolean {
    return this.module.half(this.#store(node)!);
  }

  writes(store: Store): string {
    return this.module.bind(store, true);
  }

  axes(node: Node): readonly Axis[] {
    return this.#store(node)!.axes;
  }

  #load(store: Store, place: Place): Bound {
    const { node } = store;
    const name = this.module.bind(store, false);
    const at = this.index.address(store.axes, place);
    const text = (this.module.vectors.has(store) ? oneOfFour : loaded)(node.dtype, name, at.text, this.module.half(store));
    return this.writer.bind(text, at.level);
  }

  spread(at: Bound): Place {
    const [first] = this.kernel.stores as [Store];
    const [axes, { names }] = [placesOfStore(first), first];
    const parts = this.index.unflatten(
      at,
      axes.map((a) => a.size),
      axes.map((a) => a.name),
    );
    return new Map(axes.map((a, i) => [names.get(a.name) ?? a.name, parts[i]!]));
  }

  compute(place: Place): void {
    for (const store of this.kernel.stores)
      for (const x of isPut(store.node) ? readsOf(store.node) : [store.node]) this.#at(x, placeIn(store, place));
  }

  /** The value of a node whose axes are among those of a place. */
  #at(node: Node, place: Place): Bound {
    return this.value(node, new Map(node.axes.map((a) => [a.name, place.get(a.name)!])));
  }

  /** Writes a value into the cache that it is put into, where its place is inside of it. */
  #put(store: Store, place: Place): void {
    const { node } = store;
    const [value, start] = readsOf(node) as [Node, Node];
    const whole = axisOf(node, node.attrs.axis as string)!;
    const there = this.index.plus(this.#at(start, place), place.get(whole.name)!);
    const name = this.module.bind(store, true);
    const text = wordOf(node, this.#at(value, place).text);
    this.writer.nest(
      `if (${there.text} >= 0 && ${there.text} < ${this.index.params.size(whole.size)})`,
      this.writer.level,
      () => {
        const inside: Place = new Map([...place, [whole.name, { ...there, level: this.writer.level }]]);
        this.writer.line(`${name}[${this.index.address(store.axes, inside).text}] = ${text};`);
      },
    );
  }

  finish(kernelPlace: Place): void {
    for (const store of this.kernel.stores) {
      const place = placeIn(store, kernelPlace);
      if (isPut(store.node)) {
        this.#put(store, place);
        continue;
      }
      const value = this.value(store.node, place).text;
      const name = this.module.bind(store, true);
      const at = this.index.address(store.axes, place);
      this.writer.line(`${name}[${at.text}] = ${wordOf(store.node, value)};`);
    }
  }
}

/** A value as memory holds it: truths are words there. */
const wordOf = ({ dtype }: Node, value: string): string => (dtype === "bool" ? `u32(${value})` : value);

/** A kernel's place under the names of a store. */
const placeIn = ({ axes, names }: Store, place: Place): Place =>
  new Map(axes.map(({ name }) => [name, place.get(names.get(name) ?? name)!]));

const formOf = (kernel: Kernel, around: Around): Form => {
  for (const template of templates) {
    const form = template.matches(kernel, around);
    if (form) return form;
  }
  throw new Error(`no template for ${kernel.stores[0]!.node.op}`);
};

/** How many workgroups a dispatch has, as an expression. */
const countText = (dispatch: Dispatch, params: Params): string =>
  dispatch
    .map(
      (part) =>
        part
          .filter(([size]) => size !== 1)
          .map(([size, by]) => (by === 1 ? params.size(size) : `((${params.size(size)} + ${by - 1}) / ${by})`))
          .join(" * ") || "1",
    )
    .join(" + ");

const indented = (lines: readonly string[]): string => lines.map((l) => `  ${l}\n`).join("");

/** Writes the shader of kernels that run side by side. All have the same number of lanes. */
export function writeModule(
  kernels: readonly Kernel[],
  memory: ReadonlyMap<Node, Store>,
  target: Target,
  overwritten: Overwritten = new Map(),
): Written {
  const module = new Module(memory, overwritten, target.f16);
  const around: Around = { target, inMemory: (n) => memory.has(n), axes: (n) => memory.get(n)!.axes };
  const forms = kernels.map((kernel) => formOf(kernel, around));
  for (const node of forms.flatMap((f) => f.vectors ?? [])) module.vectors.add(memory.get(node)!);
  const lanes = forms[0]!.lanes ?? 64;
  const parts = kernels.map((kernel, i) => {
    const form = forms[i]!;
    const scope = new KernelWriter(kernel, module, around, lanes);
    form.write(scope);
    return { form, count: countText(form.dispatch, module.params), lines: scope.writer.lines() };
  });
  const [only] = parts as [(typeof parts)[0]];
  const begin = "let group = i32(id.x + id.y * groups.x);";
  const functions =
    parts.length === 1 ? [] : parts.map(({ lines }, i) => `fn part${i}(group: i32, lane: u32) {\n${indented(lines)}}\n`);
  const body =
    parts.length === 1
      ? [begin, ...(only.form.guarded ? [] : [`if (group >= ${only.count}) { return; }`]), ...only.lines]
      : [
          begin.replace("let group", "var group"),
          ...parts.flatMap(({ count }, i) => [
            `let count${i} = ${count};`,
            `if (group < count${i}) { part${i}(group, lane); return; }`,
            `group -= count${i};`,
          ]),
        ];
  return {
    ...moduleText(module, functions, indented(body), lanes),
    bound: module.bound,
    dispatch: parts.flatMap(({ form }) => form.dispatch),
    nodes: [...module.nodes],
    about: parts.map(({ form }) => form.about),
    kind: only.form.kind,
  };
}

function moduleText(
  module: Module,
  parts: readonly string[],
  body: string,
  lanes: number,
): { body: string; params: readonly Param[] } {
  const { params, bound, tables, declared } = module;
  const constants = [...tables].map(([node, name]) => {
    const values = (node.attrs.values as readonly number[]).map((v) => literal(v, node.dtype, () => params.infinity()));
    return `const ${name} = array<${register(node.dtype)}, ${values.length}>(${values.join(", ")});\n`;
  });
  const bindings = bound.map(({ store, name, write }, i) => {
    const held = (module.vectors.has(store) ? elementOfFour : element)(store.node.dtype, !write && module.half(store));
    return `@group(0) @binding(${i + 1}) var<storage, ${access(store, write)}> ${name}: array<${held}>; // ${called(store)}${readable(store.axes)}\n`;
  });
  // WGSL wants directives first.
  const isDirective = (text: string): boolean => /^(enable|diagnostic)\b/.test(text);
  const directives = [...declared].filter(isDirective).map((d) => `${d}\n`);
  const declarations = [...declared].filter((d) => !isDirective(d)).map((d) => `${d}\n`);
  const code = constants.join("") + declarations.join("") + parts.join("") + body;
  const wide = /\bsubgroup/.test(code);
  const functions = functionsFor(code).map((f) => `${f}\n`);
  const { params: used, struct } = params.block(code);
  return {
    params: used,
    body: `${directives.join("")}${wide ? "enable subgroups;\n" : ""}${struct}${wide ? "var<private> subgroup_lanes: u32;\n" : ""}${bindings.join("")}${constants.join("")}${declarations.join("")}${functions.join("")}${parts.join("")}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32${wide ? ", @builtin(subgroup_size) subgroup_size: u32" : ""}) {
${wide ? "  subgroup_lanes = subgroup_size;\n" : ""}${body}}
`,
  };
}
