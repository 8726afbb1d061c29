/**
 * The interface of a kernel template: a way in which a workgroup computes what a fused kernel stores.
 *
 * `templates.ts` lists the templates in order; the first whose `matches` returns a form writes the kernel. A template looks at structure
 * only (the kernel's stores and its loop), never at names of models. To add one:
 *
 *  1. Write `kernels/render/wgsl/<name>.ts` exporting a `Template`, and a line in `templates.ts` above those that are more general.
 *  2. If it computes an operation that must not be computed inside another kernel's loop, add the operation to `alone` in
 *     `kernels/fuse/alone.ts`: then its node is always a kernel's loop, together with what is computed from it at its own places.
 *  3. `matches` returns what it will do: how many workgroups, in words what it is, and `write`, which is called once with a scope.
 *
 * In `write`, `group: i32` (the workgroup) and `lane: u32` (0..lanes-1) are bound, and `group` is below the dispatch's count, so that every
 * lane of a workgroup comes there together (barriers are allowed). A template binds the places of the kernel to expressions, and calls
 * `scope.finish(place)` where the value of every store is to be written. `scope.value(node, place)` writes whatever it takes to have a value
 * at a place, from memory or computed; what the template itself computed (its loop's result) it says first, by
 * `scope.given(loop, placeOfLoop, bound)`, at the level of blocks where it is asked for.
 */
import type { Kernel, Store } from "../../fuse.ts";
import type { Axis, Node } from "../../ir/node.ts";
import type { Place } from "../wgsl-index.ts";
import type { Dispatch } from "../wgsl-plan.ts";
import type { Scope } from "../wgsl-values.ts";
import type { Bound } from "../wgsl-writer.ts";
import type { Target } from "./target.ts";

/** What a template may ask about the program around a kernel. */
export interface Around {
  /** What the device can do beyond core WGSL. */
  readonly target: Target;
  /** Whether a node is read from memory: an input with axes, or what another kernel stores. */
  inMemory(node: Node): boolean;
  /** The axes of a node that is read from memory, in the order in which it lies there. */
  axes(node: Node): readonly Axis[];
}

/** What writing a kernel takes. The kernel's places are those of its first store, under that store's names. */
export interface KernelScope extends Scope {
  readonly around: Around;
  readonly kernel: Kernel;
  /** Workgroup memory, constants or functions outside `main`; the same text once. */
  declare(text: string): void;
  /** Says what a node's value at a place is in the block being written, so that nothing computes it again. */
  given(node: Node, place: Place, value: Bound): void;
  /** Says what a loop's value is at the place that `finish` is called with, in the block being written. */
  result(loop: Node, value: Bound): void;
  /** The name of the binding that holds a node which is read from memory. */
  bound(node: Node): string;
  /** Whether that binding holds halves rather than words. */
  half(node: Node): boolean;
  /** The name of the binding that a store is written to. */
  writes(store: Store): string;
  /** Its axes in the order in which it lies there. */
  axes(node: Node): readonly Axis[];
  /** Writes every store at a place of the kernel (coordinates by the kernel's names of axes). */
  finish(place: Place): void;
  /** Computes the value of every store at a place without writing it: for loops that all lanes share. */
  compute(place: Place): void;
  /** Makes the lanes share a loop: each takes every 64th place of it, and all have its result (see `reduced` in wgsl-values.ts). */
  share(loop: Node): void;
  /** The place of the kernel that one coordinate over all its places stands for. */
  spread(at: Bound): Place;
}

/** How a template runs one kernel. */
export interface Form {
  /** How many workgroups, and lanes in each (64 unless said). */
  readonly dispatch: Dispatch;
  readonly lanes?: number;
  /** Whether `write` itself returns where there is nothing to do, so that workgroups past the last need no check before it. */
  readonly guarded?: boolean;
  /** Kernels of one kind, whose declarations of one name are the same, may run side by side in one dispatch. */
  readonly kind?: string;
  /** Tensors whose bindings hold four values an element; see `vector.ts`. */
  readonly vectors?: readonly Node[];
  /** The form in a few words for plan.txt, such as `tiles of [b*t, o] over d`. */
  readonly about: string;
  write(scope: KernelScope): void;
}

export interface Template {
  readonly name: string;
  matches(kernel: Kernel, around: Around): Form | undefined;
}
