// What a walk needs while it makes a graph: weights, presence, positions and models applied to texts.
//
// `lower/` gives it; a walk that only checks has none. Sizes and axes cross into `kernels/` here and nowhere else.
import type { Span } from "../../grammar/index.ts";
import { type Axis as KernelAxis, type Size as KernelSize, axis as kernelAxis, type Node } from "../../kernels/index.ts";
import { type Axis, keyOf } from "./axis.ts";
import type { Size } from "./size.ts";
import type { ModelValue, Tensor, TextValue } from "./value.ts";

/** How a weight begins; the draw depends on seed and path only. */
export type Init =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly mean: number; readonly std: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "file"; readonly path: string };

/** What applying a model to texts yields: only what its head has. */
export interface Applied {
  /** log p of the token that stands at each place of the scored text. */
  readonly tokens?: Node;
  /** log p of every token at each place. */
  readonly next?: Node;
  /** Scores, per text or per token, or an embedding. */
  readonly value?: Node;
  readonly forms?: { readonly next?: Tensor["forms"] };
}

/** What the walk asks of lowering. */
export interface Trace {
  /** The node of a weight; `axes` are its own names and constant sizes. */
  weight(path: string, axes: readonly KernelAxis[], init: Init): Node;
  /**
   * Which positions of a ragged axis exist (bool); undefined when all do. Where a row holds several texts and `among`, the axes of what is reduced,
   * has another axis of such rows, only positions of the same text exist for each of its places.
   */
  present(axis: Axis, among?: readonly Axis[]): Node | undefined;
  /** Positions (i32) along an axis. */
  position(axis: Axis): Node;
  /** Which of several packed texts a position belongs to (i32); undefined when there is one text. */
  segment(axis: Axis): Node | undefined;
  /** Where a row holds several texts: the place at which the text of each place begins (i32); undefined where a row is one text. */
  starts(axis: Axis): Node | undefined;
  /** Whether each place of a text was given rather than judged or written (bool). */
  given(axis: Axis): Node;
  /** Which of the texts that were laid one behind another each place belongs to (i32). */
  part(axis: Axis): Node;
  /** Whether decoding goes along this axis one place at a time, so that what looks back along it needs a cache. */
  decoded(axis: Axis): boolean;
  /** Ones and zeros / (1 - rate), drawn for these axes; undefined where nothing is dropped. */
  dropout(axes: readonly Axis[], rate: number): Node | undefined;
  /** Uniform numbers in (0, 1) for these axes, the same whenever the seed (f32, whole) and the place in the text are. */
  drawn(axes: readonly Axis[], seed: Node): Node;
  /** A model applied to texts of a batch. */
  apply(model: ModelValue, scored: readonly TextValue[], given: readonly TextValue[], span: Span): Applied;
  /** `file:line` of a place in a spec. */
  line(span: Span): string;
}

/** A size as `kernels/` writes it. */
export function kernelSize(size: Size): KernelSize {
  if (size.terms.length === 0) return 0;
  const text = size.terms.map(({ num, den, powers }) => {
    const up = powers.flatMap(([name, power]) => Array.from({ length: Math.max(0, power) }, () => name));
    const down = powers.flatMap(([name, power]) => Array.from({ length: Math.max(0, -power) }, () => name));
    return [[num, ...up].join("*"), ...(den === 1 ? [] : [den]), ...down].join("/");
  });
  return text.length === 1 && /^-?\d+$/.test(text[0]!) ? Number(text[0]) : text.join("+").replaceAll("+-", "-");
}

/** An axis as `kernels/` has it: its identity is its name there. */
export const toKernel = (a: Axis): KernelAxis => kernelAxis(keyOf(a), kernelSize(a.size));
