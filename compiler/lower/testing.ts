// For tests: a model and objectives of texts, without the checker of whole programs.
import { readFileSync } from "node:fs";
import type { Architecture, Callable, Model } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { type Axis, keyOf } from "../math/axis.ts";
import { bodyValue } from "../math/body.ts";
import { symbolicValue } from "../math/declare.ts";
import { openWorld } from "../math/index.ts";
import { nodeOf, numberNode, spread } from "../math/nodes.ts";
import { openScope } from "../math/scope.ts";
import { program } from "../math/testing.ts";
import { toKernel } from "../math/trace.ts";
import type { Instance } from "./instance.ts";
import { Tracer } from "./tracer.ts";

/** The text of a module of std. */
export const stdlib = (name: string): string => readFileSync(new URL(`../../stdlib/${name}.neuro`, import.meta.url), "utf8");

/** A declared model of the texts as an instance, and a way to their objectives. */
export function modelOf(texts: readonly string[], name: string, vocab: number, head = "LanguageModel") {
  const { context, decls, found } = program(...texts);
  if (found.length > 0) throw new Error(found.map((d) => d.text).join("\n"));
  const named = <T>(wanted: string): T => decls.find((d) => d.kind !== "Use" && d.name.text === wanted) as T;
  const decl = named<Model>(name);
  const instance: Instance = { name, decl, architecture: named<Architecture>(decl.architecture.text), head, vocab };
  return { context, instance, objective: (wanted: string) => named<Callable>(wanted), found };
}

/**
 * Numbers that a `fn` gives for numbers: its tensors are fed in the order of their axes, `present` says which places of an axis exist,
 * `packed` to which of several texts each belongs, and where in it each stands.
 */
export function numbersOf(
  texts: readonly string[],
  name: string,
  feeds: Readonly<Record<string, readonly number[]>>,
  sizes: Readonly<Record<string, number>>,
  present: Readonly<Record<string, readonly number[]>> = {},
  packed: Readonly<Record<string, { readonly segment: readonly number[]; readonly position: readonly number[] }>> = {},
): number[] {
  const { context, decls, found } = program(...texts);
  const decl = decls.find((d) => d.kind === "Callable" && d.name.text === name) as Callable;
  const tracer = new Ragged({ models: new Map(), text: () => undefined }, present, new Set(Object.keys(packed)));
  const world = openWorld(context, tracer);
  tracer.world = world;
  const scope = openScope(world, "fn", decl.span.file, { decl, frame: 0 });
  const given: Record<string, readonly number[]> = {};
  for (const p of decl.params ?? []) {
    const value = symbolicValue(scope, p, false);
    if (value.kind === "axis" || value.kind !== "tensor") {
      if (value.kind === "axis") scope.axes.set(p.name.text, ragged(value.axis, present));
      scope.values.set(p.name.text, value.kind === "axis" ? { kind: "axis", axis: scope.axes.get(p.name.text)! } : value);
      continue;
    }
    const axes = value.axes.map((a) => ragged(a, present));
    for (const a of axes) scope.axes.set(a.name, a);
    given[p.name.text] = feeds[p.name.text]!;
    const dtype = value.elem === "int" || value.elem === "token" ? "i32" : "f32";
    const input = k.input(p.name.text, "data", dtype, axes.map(toKernel));
    const { size: _, ...plain } = value;
    const node = value.elem === "prob" ? k.log(input) : value.elem === "bool" ? k.gt(input, 0) : input;
    scope.values.set(p.name.text, { ...plain, axes, node });
  }
  const value = bodyValue(scope, decl);
  if (value.kind !== "tensor" || found.length > 0) throw new Error(found.map((d) => d.text).join("\n"));
  const node =
    value.elem === "bool"
      ? k.cast(nodeOf(value), "f32")
      : value.elem === "float" || value.elem === "prob"
        ? numberNode(value)
        : k.cast(nodeOf(value), "f32");
  const whole = spread(node, value.axes);
  const made = k.program(name, [k.output("out", "value", whole, value.axes.map(keyOf))]);
  const inputs = new Set(k.inputPorts(made).map((port) => port.name));
  const faces = Object.entries(packed).flatMap(([a, { segment, position }]) => [
    [`${a}.segment`, segment],
    [`${a}.position`, position],
  ]);
  const presences = Object.entries(present).map(([a, xs]) => [`${a}.present`, xs]);
  const all: Record<string, readonly number[]> = { ...given, ...Object.fromEntries([...presences, ...faces]) };
  return [...interpret(made, Object.fromEntries(Object.entries(all).filter(([n]) => inputs.has(n))), sizes).out!];
}

const ragged = (a: Axis, present: Readonly<Record<string, readonly number[]>>): Axis =>
  present[a.name] ? { ...a, text: { id: a.name, name: a.name } } : a;

/** A trace whose ragged axes are told which places exist. */
class Ragged extends Tracer {
  private readonly which: Readonly<Record<string, readonly number[]>>;

  private readonly packed: ReadonlySet<string>;

  constructor(
    options: ConstructorParameters<typeof Tracer>[0],
    which: Readonly<Record<string, readonly number[]>>,
    packed: ReadonlySet<string>,
  ) {
    super(options);
    this.which = which;
    this.packed = packed;
  }

  private told(a: Axis, what: string): k.Node {
    const id = a.text!.id;
    return k.rename(k.input(`${id}.${what}`, "data", "i32", [k.axis(id, id)]), { [id]: keyOf(a) });
  }

  override position(a: Axis): k.Node {
    return a.text && this.packed.has(a.text.id) ? this.told(a, "position") : super.position(a);
  }

  override segment(a: Axis): k.Node | undefined {
    return a.text && this.packed.has(a.text.id) ? this.told(a, "segment") : undefined;
  }

  override present(a: Axis): k.Node | undefined {
    const id = a.text?.id;
    if (!id || !this.which[id]) return undefined;
    const input = k.input(`${id}.present`, "data", "f32", [k.axis(id, id)]);
    return k.rename(k.gt(input, 0), { [id]: keyOf(a) });
  }
}
