/** From the places of a product to those of its kernel: views between them only name the same places differently. */
import { isLoop } from "../../fuse/needs.ts";
import { isPut } from "../../fuse/put.ts";
import type { Store } from "../../fuse.ts";
import { type Axis, type Node, namesOf } from "../../ir/node.ts";
import { opOf } from "../../ops/table.ts";
import type { Place } from "../wgsl-index.ts";
import type { Scope } from "../wgsl-values.ts";
import type { Bound } from "../wgsl-writer.ts";

/** What stands between a kernel's places and its loop: views that only name places differently, outermost first. */
export type Way = readonly Node[];

const renaming = new Set(["rename", "merge", "split", "squeeze"]);

/** The way from a node to a loop inside its kernel; undefined when it leads through a view that is no renaming. */
function wayTo(from: Node, loop: Node, inMemory: (n: Node) => boolean): Way | undefined {
  if (from === loop) return [];
  for (const input of from.inputs) {
    if (input !== loop && (inMemory(input) || isLoop(input))) continue;
    const rest = wayTo(input, loop, inMemory);
    if (rest === undefined) continue;
    if (renaming.has(from.op)) return [from, ...rest];
    if (isPut(from)) return rest;
    return opOf(from.op).wgsl && input.axes.length === from.axes.length ? rest : undefined;
  }
  return undefined;
}

/** The first store of a kernel that a way leads to from its loop, and the way. */
export function storeOf(
  stores: readonly Store[],
  loop: Node,
  inMemory: (n: Node) => boolean,
): { store: Store; way: Way } | undefined {
  for (const store of stores) {
    const way = wayTo(store.node, loop, inMemory);
    if (way) return { store, way };
  }
  return undefined;
}

/** Names of axes at the kernel's places, in order, as the loop names them. */
function inward(names: readonly string[], { op, attrs }: Node): string[] {
  const replaced = (one: string, by: readonly string[]): string[] => names.flatMap((n) => (n === one ? by : [n]));
  if (op === "merge") return replaced(attrs.into as string, attrs.axes as readonly string[]);
  if (op === "rename")
    return names.map((n) => (attrs.from as readonly string[])[(attrs.to as readonly string[]).indexOf(n)] ?? n);
  if (op === "squeeze") return [attrs.axis as string, ...names];
  const parts = (attrs.into as readonly Axis[]).map((a) => a.name);
  return names.flatMap((n) => (n === parts.at(-1) ? [attrs.axis as string] : parts.includes(n) ? [] : [n]));
}

/** The loop's names of axes in the order of a store's memory. */
export const orderOf = (store: Store, way: Way): string[] => way.reduce(inward, namesOf(store.axes));

/** Coordinates along axes that one coordinate over all of them stands for. */
export const spread = (s: Scope, axes: readonly Axis[], at: Bound): [string, Bound][] =>
  s.index
    .unflatten(
      at,
      axes.map((a) => a.size),
      axes.map((a) => a.name),
    )
    .map((c, i) => [axes[i]!.name, c]);

/** A place as the loop has it, seen from outside a view. */
function outward(s: Scope, view: Node, place: Place): Place {
  const { op, attrs, inputs } = view;
  const changed = new Map(place);
  if (op === "rename")
    for (const [i, n] of (attrs.from as readonly string[]).entries())
      changed.set((attrs.to as readonly string[])[i]!, place.get(n)!);
  else if (op === "merge") {
    const parts = (attrs.axes as readonly string[]).map((n) => inputs[0]!.axes.find((a) => a.name === n)!);
    const whole = s.index.flatten(
      parts.map((a) => place.get(a.name)!),
      parts.map((a) => a.size),
    );
    changed.set(attrs.into as string, whole);
  } else if (op === "split")
    for (const [name, c] of spread(s, attrs.into as readonly Axis[], place.get(attrs.axis as string)!)) changed.set(name, c);
  return new Map(view.axes.map((a) => [a.name, changed.get(a.name)!]));
}

/** The kernel's place, under the kernel's names, for a place of its loop. */
export function kernelPlace(s: Scope, { store, way }: { store: Store; way: Way }, place: Place): Place {
  const outer = [...way].reverse().reduce<Place>((p, view) => outward(s, view, p), place);
  return new Map([...outer].map(([name, at]) => [store.names.get(name) ?? name, at]));
}
