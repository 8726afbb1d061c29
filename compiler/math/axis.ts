// An axis is its name and its size and, if ragged, the text it came from; two operands meet along an axis or not at all.
//
// `frame` tells apart equal names of different calls: what a callee's weight introduces is in the callee's frame until the
// result comes back, and takes the caller's frame then. Knows nothing of tensors, syntax or lowering.
import type { Span } from "../../grammar/index.ts";
import { certainlyDiffer, equal, type Size, symbol } from "./size.ts";

/** Where positions that may be absent come from: the tokens of one text, or the samples of one group. */
export interface TextRef {
  /** Equal ids are one text: `row.answer`, `source`. */
  readonly id: string;
  /** As a person names it. */
  readonly name: string;
}

/** A named axis. Immutable; compare with `sameAxis`, never by reference. */
export interface Axis {
  readonly name: string;
  /** The call that introduced it; 0 is the declaration that is being checked. */
  readonly frame: number;
  readonly size: Size;
  /** Present on a ragged axis. */
  readonly text?: TextRef;
  /** Names the positions that this axis shares with its twins; absent on an axis without twins. */
  readonly twins?: string;
  /** `..` of a declaration that is checked on its own: any further axes. */
  readonly rest?: true;
  /** An enumeration standing as an axis: its cases pick by name. */
  readonly cases?: readonly string[];
  /** In an objective: the axes of the text whose tokens these are. */
  readonly outer?: readonly Axis[];
  /** The axis that a list of tensors adds, which is no part of any of them. */
  readonly listed?: true;
  /** The rows that a measurement is taken of together: each has a value of its own, so nothing reduces over it unless it is named. */
  readonly each?: true;
  /** Bound by a parameter of the declaration that is checked on its own. */
  readonly parameter?: true;
  /** Where its size was stated. */
  readonly origin?: Span;
}

/** An axis with the facts given; without a size its size is a symbol of its own name. */
export function axis(name: string, facts: Partial<Omit<Axis, "name">> = {}): Axis {
  return { frame: 0, size: symbol(name), ...facts, name };
}

/** Whether two axes have one identity, whatever their sizes: callers then compare `sizesAgree` and `textsAgree`. */
export const sameAxis = (a: Axis, b: Axis): boolean => a.name === b.name && a.frame === b.frame;

/** False only where the sizes cannot be equal; what is undecided here is compared again once the symbols have values. */
export const sizesAgree = (a: Axis, b: Axis): boolean => equal(a.size, b.size) || !certainlyDiffer(a.size, b.size);

/** Tokens of two texts never meet; an axis that is not known to be ragged meets any. */
export const textsAgree = (a: Axis, b: Axis): boolean => !a.text || !b.text || a.text.id === b.text.id;

/** Whether two different axes stand for the same positions. */
export const areTwins = (a: Axis, b: Axis): boolean => !sameAxis(a, b) && twinSet(a) === twinSet(b);

/** The name of the positions an axis stands for: its own, unless it is a twin. */
export const twinSet = (a: Axis): string => a.twins ?? keyOf(a);

/** Frames of calls inside a model's body count from here, so that a body applied twice to one text makes one graph. */
export const modelFrames = 1000;

/**
 * The identity as text, usable as a key and as the name of an axis in `kernels/`: `t` in the declaration itself, `t@3` inside
 * the third call of a model's body, `t@@3` inside the third call of an objective's.
 */
export const keyOf = (a: Axis): string =>
  a.frame === 0 ? a.name : a.frame >= modelFrames ? `${a.name}@${a.frame - modelFrames}` : `${a.name}@@${a.frame}`;

/** The member of `axes` that `wanted` is, if any. */
export const find = (axes: readonly Axis[], wanted: Axis): Axis | undefined => axes.find((a) => sameAxis(a, wanted));

/** `axes` without those in `gone`. */
export const without = (axes: readonly Axis[], gone: readonly Axis[]): Axis[] => axes.filter((a) => !find(gone, a));
