/**
 * What a step keeps from token to token. Caches hold what later tokens look at, in a place for each token; the last values before a
 * shift and the sum so far are small. A step that verifies moves only the caches on, and shows the rest at every token.
 */
import type { DType } from "../ir/dtype.ts";
import { add, lt, maximum, select, sub } from "../ir/elementwise.ts";
import { cumsum, gather } from "../ir/lookup.ts";
import { type Axis, type Node, namesOf, without } from "../ir/node.ts";
import { type Output, output } from "../ir/program.ts";
import { sum } from "../ir/reduce.ts";
import { concat, expand, pad, rename, slice } from "../ir/shape.ts";
import { plus } from "../ir/size.ts";
import { constant, input, iota } from "../ir/source.ts";
import { put } from "../ops/put.ts";
import { type Coming, type Places, past } from "./places.ts";

export class States {
  /** State outputs, and under `seen.n` what a verification shows of a state that it does not move on. */
  readonly outputs: Output[] = [];
  private count = 0;
  private readonly coming: Coming;
  private readonly places: Places;
  /** Which of the tokens will be kept is decided after the step. */
  private readonly open: boolean;

  constructor(coming: Coming, places: Places, open: boolean) {
    this.coming = coming;
    this.places = places;
    this.open = open;
  }

  /** What was, as an input, and its next value as an output of the same name. */
  private state(kind: string, like: Node, axes: readonly Axis[], next: (old: Node) => Node): Node {
    const name = `${kind}.${++this.count}`;
    const old = input(name, "state", like.dtype, axes);
    this.outputs.push(output(name, "state", next(old), namesOf(axes)));
    return old;
  }

  /** What was, as an input, and what it would be after each token (before all of them first), as an output. */
  private shown(kind: string, like: Node, axes: readonly Axis[], each: (old: Node) => Node): Node {
    const number = ++this.count;
    const old = input(`${kind}.${number}`, "state", like.dtype, axes);
    this.outputs.push(output(`seen.${number}`, "value", each(old)));
    return old;
  }

  /** What the next step begins with, as an output alone: nothing came before. */
  private first(kind: string, value: Node, axes: readonly Axis[]): void {
    this.outputs.push(output(`${kind}.${++this.count}`, "state", value, namesOf(axes)));
  }

  /** A cache of the new values along a twin, which lies as `axes` say: what was kept before and the new ones after it. */
  cache(value: Node, axes: readonly Axis[], twin: string): Node {
    const { start, text } = this.coming;
    let all = value;
    this.state("cache", value, axes, (old) => {
      all = put(old, value, this.places.at, twin);
      return all;
    });
    return start ? value : slice(all, twin, 0, plus(past, text.size));
  }

  /** The values `back` places before each token; zeros stand before the first. */
  shift(x: Node, back: number): Node {
    const { start, counted, text } = this.coming;
    const axes = x.axes.map((a) => (a.name === text.name ? { name: text.name, size: back } : a));
    // The last of the real tokens, which may be fewer than there are.
    const last = (all: Node) => {
      if (!counted) return slice(all, text.name, text.size, back);
      return rename(gather(all, add(this.places.count, iota({ name: "last", size: back })), text.name), { last: text.name });
    };
    if (start) {
      const joined = pad(x, text.name, back, 0, 0);
      this.first("shift", last(joined), axes);
      return slice(joined, text.name, 0, text.size);
    }
    const joined = (old: Node) => concat([old, x], text.name);
    if (!this.open) {
      const old = this.state("shift", x, axes, (o) => last(joined(o)));
      return slice(joined(old), text.name, 0, text.size);
    }
    const old = this.shown("shift", x, axes, joined);
    const { depth } = this.places;
    if (!depth) return slice(joined(old), text.name, 0, text.size);
    const onWay = add(this.places.before(back), back);
    return gather(joined(old), select(lt(depth, back), depth, onWay), text.name);
  }

  /** What is known once the prompt is read, a number for each row, and stays as it is. */
  fixed(dtype: DType, rows: Axis, value: Node): Node {
    if (!this.coming.start) return this.state("given", constant(0, dtype), [rows], (old) => maximum(old, 0));
    this.first("given", value, [rows]);
    return value;
  }

  /** Running sums over all tokens so far. */
  sums(x: Node, exclusive: boolean): Node {
    const { start, text } = this.coming;
    const axes = without(x.axes, [text.name]);
    const inside = this.places.ways ? this.places.along(x) : cumsum(x, text.name);
    const own = (total: Node) => (exclusive ? sub(total, x) : total);
    const real = this.places.count.axes.length > 0 ? select(lt(iota(text), this.places.count), x, 0) : x;
    const total = sum(real, [text.name]);
    if (start) {
      this.first("sum", total, axes);
      return own(inside);
    }
    const each = (o: Node) => concat([expand(o, [{ name: text.name, size: 1 }]), add(inside, o)], text.name);
    const old = this.open ? this.shown("sum", x, axes, each) : this.state("sum", x, axes, (o) => add(o, total));
    return own(add(inside, old));
  }
}
