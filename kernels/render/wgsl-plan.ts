/** The dispatch plan of a program for WebGPU: JSON that a device follows without knowing operations. Sizes are texts over symbols. */
import type { Cost } from "../cost/cost.ts";
import { type Binding, evaluate, type Size } from "../ir/size.ts";

/** A field of a uniform block: 4 bytes each, in order. */
export type Param =
  | { readonly field: string; readonly size: Size }
  /** An input without axes, copied from its buffer. */
  | { readonly field: string; readonly input: string }
  /** Positive infinity, which WGSL has no literal for. */
  | { readonly field: string; readonly infinity: true };

/** Memory that a kernel binds: an input or output of the program by name, or one of the plan's temporaries. */
export type Memory = { readonly write: boolean } & (
  | { readonly input: string }
  | { readonly output: string }
  | { readonly temporary: number }
);

/**
 * A temporary, alive from the step that writes it to the last that reads it: a part of one of two buffers, where `arena` in kernels/arena.ts
 * finds places for all at multiples of 256 bytes. Since other parts of the buffer are written by the same step, every binding of one is
 * `read_write`.
 */
export interface Temporary {
  readonly bytes: Size;
  readonly first: number;
  readonly last: number;
  /** Which buffer: 1 for what a step over many tensors binds beside them, since it binds the whole of buffer 0. */
  readonly arena: 0 | 1;
}

/** How many workgroups a step needs: the sum over its parts of the product of `ceil(size / by)`. */
export type Dispatch = readonly (readonly (readonly [size: Size, by: number])[])[];

/** What a step does to one of several tensors: see `Step.shares`. */
export interface Share {
  /** How many places the tensor has. */
  readonly count: number;
  /** Which of the kernel's formulas is the tensor's. */
  readonly formula: number;
  /** What stands in the buffers that tensors share, after the table and the step's own bindings. */
  readonly bindings: readonly Memory[];
}

export interface Step {
  /** The place of the kernel in `kernels`; steps may share one. */
  readonly kernel: number;
  /** The place in `blocks` of what stands at @binding(0); none when the kernel reads no sizes and no numbers. */
  readonly block?: number;
  /** What stands at @binding(1), (2), ... */
  readonly bindings: readonly Memory[];
  readonly dispatch: Dispatch;
  /**
   * A step over many tensors: @binding(1) is a table of words, `[tensors, workgroups, first workgroup]` and then of each tensor
   * `first workgroup, places, formula, beginnings...`, the beginnings being where its values begin in the buffers that follow the step's own
   * bindings. Tensors that lie in the same buffers are one dispatch of `ceil(places / each)` workgroups for each of them; the
   * first workgroup counts those of earlier dispatches.
   */
  readonly shares?: { readonly each: number; readonly list: readonly Share[] };
  /** Bytes that it must read and write, and floating-point operations. */
  readonly cost?: Cost;
  /** What was fused into it, in words. */
  readonly about?: string;
}

export interface WgslPlan {
  readonly schema: 1;
  /** Uniform blocks; steps whose kernels read the same share one. */
  readonly blocks: readonly (readonly Param[])[];
  readonly temporaries: readonly Temporary[];
  /**
   * Outputs that are written where an input lies, by its name: the output begins with the input's values. Where the caller keeps the
   * input, the device copies it first.
   */
  readonly inPlace: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** Workgroups of a step under a binding; 0 means that there is nothing to do. */
export const workgroups = (dispatch: Dispatch, binding: Binding): number =>
  dispatch.reduce((n, part) => n + part.reduce((m, [size, by]) => m * Math.ceil(evaluate(size, binding) / by), 1), 0);
