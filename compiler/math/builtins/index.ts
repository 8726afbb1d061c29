// Every builtin of mathematics, by name.
import { abs } from "./abs.ts";
import { acos } from "./acos.ts";
import { all } from "./all.ts";
import { any } from "./any.ts";
import { argmax } from "./argmax.ts";
import { bucket } from "./bucket.ts";
import type { Builtin } from "./builtin.ts";
import { clip } from "./clip.ts";
import { concat } from "./concat.ts";
import { cos } from "./cos.ts";
import { cumsum } from "./cumsum.ts";
import { decayed } from "./decayed.ts";
import { dot } from "./dot.ts";
import { drop } from "./drop.ts";
import { dropout } from "./dropout.ts";
import { exp } from "./exp.ts";
import { final } from "./final.ts";
import { floor } from "./floor.ts";
import { gelu } from "./gelu.ts";
import { given } from "./given.ts";
import { hard } from "./hard.ts";
import { index } from "./index_.ts";
import { normal, uniform } from "./initialisers.ts";
import { largest } from "./largest.ts";
import { log } from "./log.ts";
import { logsumexp } from "./logsumexp.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { merge } from "./merge.ts";
import { min } from "./min.ts";
import { next } from "./next.ts";
import { order } from "./order.ts";
import { outer } from "./outer.ts";
import { part } from "./part.ts";
import { position } from "./position.ts";
import { previous } from "./previous.ts";
import { relu } from "./relu.ts";
import { rename } from "./rename.ts";
import { scatter } from "./scatter.ts";
import { segment } from "./segment.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { silu } from "./silu.ts";
import { sin } from "./sin.ts";
import { size } from "./size.ts";
import { soft } from "./soft.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { split } from "./split.ts";
import { sqrt } from "./sqrt.ts";
import { stack } from "./stack.ts";
import { std } from "./std.ts";
import { stop } from "./stop.ts";
import { sum } from "./sum.ts";
import { tanh } from "./tanh.ts";
import { count } from "./truths.ts";
import { twin } from "./twin.ts";

const list: readonly Builtin[] = [
  abs,
  acos,
  all,
  any,
  argmax,
  bucket,
  clip,
  concat,
  cos,
  count,
  cumsum,
  decayed,
  dot,
  drop,
  dropout,
  exp,
  final,
  floor,
  gelu,
  given,
  hard,
  index,
  largest,
  log,
  logsumexp,
  max,
  mean,
  merge,
  min,
  next,
  normal,
  order,
  outer,
  part,
  position,
  previous,
  relu,
  rename,
  scatter,
  segment,
  sigmoid,
  sign,
  silu,
  sin,
  size,
  soft,
  softmax,
  softplus,
  split,
  sqrt,
  stack,
  std,
  stop,
  sum,
  tanh,
  twin,
  uniform,
];

/** The record of each builtin. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(list.map((b) => [b.name, b]));
