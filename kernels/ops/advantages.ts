/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16): A[t] = d[t] + gamma lambda A[t + 1] with the surprise
 * d[t] = r[t] + gamma V[t + 1] - V[t]; after the last place nothing is expected.
 */
import { add, mul, select, sub } from "../ir/elementwise.ts";
import { axisOf, fail, type Node } from "../ir/node.ts";
import { pad, slice } from "../ir/shape.ts";
import { decayed } from "./decayed.ts";
import { tried } from "./op.ts";

/** How far rewards reach back: `gamma` discounts them, `lambda` weighs what is expected (0) against what came (1). */
export interface Horizon {
  readonly gamma: number;
  readonly lambda: number;
}

/**
 * Advantages along an axis, of rewards and expected returns (f32); where `present` (bool) is false both count as 0, so that what
 * follows an answer's end is neither rewarded nor expected. The returns to fit values to are advantages + values.
 */
export function advantages(rewards: Node, values: Node, name: string, { gamma, lambda }: Horizon, present?: Node): Node {
  const along = axisOf(values, name) ?? fail("advantages", `no axis ${name}`, [values]);
  const [r, v] = present ? [select(present, rewards, 0), select(present, values, 0)] : [rewards, values];
  const next = slice(pad(v, name, 0, 1, 0), name, 1, along.size);
  return decayed(sub(add(r, mul(next, gamma)), v), gamma * lambda, name);
}

tried((given) => {
  const [r, v, p] = [given("xs", "b s"), given("l", "b s"), given("p", "b s", "bool")];
  return [
    ["advantages", advantages(r, v, "s", { gamma: 0.99, lambda: 0.95 })],
    ["advantages of the present", advantages(r, v, "s", { gamma: 1, lambda: 0.9 }, p)],
    ["advantages that are surprises alone", advantages(r, v, "s", { gamma: 1, lambda: 0 })],
  ];
});
