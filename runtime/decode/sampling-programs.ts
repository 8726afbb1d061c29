/**
 * Tokens are chosen where their log-probabilities lie: the draw of `choose.ts`, as a program. Of a large vocabulary the odds are added up
 * in blocks first, so that only the block in which the draw falls is looked through. Knows nothing of rows' names, seeds or text.
 */
import {
  add,
  argmax,
  cast,
  constant,
  cumsum,
  div,
  exp,
  gather,
  ge,
  gt,
  input,
  iota,
  le,
  minimum,
  mul,
  type Node,
  output,
  type Port,
  pad,
  program,
  reduceMax,
  renderOnnx,
  sample,
  select,
  split,
  sub,
  sum,
} from "../../kernels/index.ts";
import type { ProgramSource } from "../device/device.ts";
import { sourceOf } from "../device/source.ts";
import type { Cut } from "./choose.ts";

/** What of a cut decides the program, and whether some tokens are not allowed. */
export type Choosing = Pick<Cut, "most"> & { readonly greedy: boolean; readonly plain: boolean; readonly masked: boolean };

/** Whether a program can choose so: a share of all tokens would have to sort them, which a host does better. */
export const choosable = ({ temperature, most, share }: Cut): boolean => temperature === 0 || most > 0 || share === 1;

/** The variant of the program that a cut asks for. */
export const choosingOf = ({ temperature, most, least }: Cut, masked: boolean): Choosing => ({
  greedy: temperature === 0,
  most: temperature === 0 ? 0 : most,
  plain: temperature === 1 && least === 0,
  masked,
});

const scalar = (name: string): Node => input(name, "scalar", "f32", []);

/**
 * From `next` (log-probabilities, f32 [rows, vocab]) the chosen `id` (i32 [rows]) and what the model thought of it, `logp` (f32 [rows]).
 * Drawn by `uniform` (f32 [rows], in [0, 1)), `temperature`, `share` and `least`; `masks` (f32 [masks, vocab], 0 where a token may come,
 * else far below) and `mask` (i32 [rows], which of them) say what is allowed. What a variant does not need is no input.
 */
export function choosingProgram(name: string, { axes, ...port }: Port, how: Choosing): ProgramSource {
  const [rows, vocab] = axes as [(typeof axes)[0], (typeof axes)[0]];
  const next = input(port.name, "data", "f32", axes);
  const which = (): Node =>
    gather(
      input("masks", "data", "f32", [{ name: "masks", size: "masks" }, vocab]),
      input("mask", "data", "i32", [rows]),
      "masks",
    );
  const seen = how.masked ? add(next, which()) : next;
  const id = how.greedy ? argmax(seen, vocab.name) : drawn(seen, vocab.name, how);
  const outputs = [output("id", "value", id, [rows.name]), output("logp", "value", gather(next, id, vocab.name), [rows.name])];
  return sourceOf(program(name, outputs), renderOnnx);
}

/** The variants differ in what they leave out: with a temperature of 1 and everything allowed, probabilities are the odds already. */
function drawn(seen: Node, vocab: string, { most, plain, masked }: Choosing): Node {
  const uniform = input(
    "uniform",
    "data",
    "f32",
    seen.axes.filter((axis) => axis.name !== vocab),
  );
  if (most > 0)
    return sample(seen, uniform, vocab, {
      k: most,
      temperature: scalar("temperature"),
      p: scalar("share"),
      minP: scalar("least"),
    });
  if (plain && !masked) return among(exp(seen), uniform, vocab);
  const below = sub(seen, reduceMax(seen, [vocab]));
  const odds = exp(plain ? below : div(below, scalar("temperature")));
  return among(plain ? odds : select(ge(odds, scalar("least")), odds, 0), uniform, vocab);
}

/** The first place at which the running sum of the odds exceeds the uniform number's share of them all. */
function among(odds: Node, uniform: Node, vocab: string): Node {
  const size = Number(odds.axes.find((axis) => axis.name === vocab)!.size);
  const lanes = 2 ** Math.ceil(Math.log2(size) / 2);
  const blocks = Math.ceil(size / lanes);
  const full = blocks * lanes === size ? odds : pad(odds, vocab, 0, blocks * lanes - size, 0);
  const cut = split(full, vocab, [
    { name: "block", size: blocks },
    { name: "lane", size: lanes },
  ]);
  const sums = sum(cut, ["lane"]);
  const target = mul(uniform, sum(sums, ["block"]));
  const block = passed(sums, target, "block", blocks);
  const before = sub(gather(cumsum(sums, "block"), block, "block"), gather(sums, block, "block"));
  const lane = passed(gather(cut, block, "block"), sub(target, before), "lane", lanes);
  return add(mul(block, constant(lanes, "i32")), lane);
}

/** How many running sums do not exceed the target; at most the last place of any odds, where rounding puts the target past all. */
function passed(odds: Node, target: Node, name: string, size: number): Node {
  const count = sum(cast(le(cumsum(odds, name), target), "i32"), [name]);
  return minimum(count, reduceMax(select(gt(odds, 0), iota({ name, size }), 0), [name]));
}
