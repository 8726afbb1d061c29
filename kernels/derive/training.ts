/**
 * Training programs are derived from a loss: forward, backward, clipping by the global norm, and AdamW in one program; or in
 * two, where gradients of several batches are added up first. Every update depends on the norm of all gradients, so every
 * read of a weight comes before its update and a device may update in place.
 */
import { gradients } from "../autodiff.ts";
import { add, div, minimum, mul, pow, sqrt, sub } from "../ir/elementwise.ts";
import { type Node, namesOf } from "../ir/node.ts";
import { inputOf, type Memory, type Output, output, type Program, program } from "../ir/program.ts";
import { input } from "../ir/source.ts";
import { sumOfSquares } from "../ops/sum-of-squares.ts";
import { beforeGradients, optimized, through } from "../rules/passes.ts";

/** Which training program to derive. */
export interface Training {
  /** The name of the derived program. */
  readonly name: string;
  /** Which weights are trained, by path; all by default. */
  readonly trained?: (path: string) => boolean;
  /** Which weights decay, by path; by default those with two or more axes. */
  readonly decayed?: (path: string) => boolean;
  /** What results should find room in: a renderer makes some of them again rather than keep them. */
  readonly memory?: Memory;
}

/** A program that a renderer keeps within memory. */
const within = (p: Program, { memory }: Training): Program => (memory ? { ...p, memory } : p);

const scalar = (name: string): Node => input(name, "scalar", "f32", []);
const path = (weight: Node): string => inputOf(weight).name;
const state = (prefix: string, weight: Node): Node => input(`${prefix}.${path(weight)}`, "state", "f32", weight.axes);

/** The loss, the metrics, and the gradient of each trained weight that the loss reaches. */
function differentiated(
  given: Program,
  { trained = () => true }: Training,
): { outputs: Output[]; weights: Node[]; gradients: Node[] } {
  const p = through(given, beforeGradients);
  const loss = p.outputs.find((o) => o.role === "loss");
  if (!loss) throw new Error(`${given.name} has no loss`);
  const candidates = p.inputs.filter((i) => inputOf(i).role === "weight" && trained(path(i)));
  const found = gradients(loss.node, candidates);
  const weights = candidates.filter((_, i) => found[i] !== undefined);
  return { outputs: [...p.outputs], weights, gradients: found.filter((g): g is Node => g !== undefined) };
}

/**
 * AdamW (Loshchilov and Hutter 2019) as PyTorch computes it: decay is decoupled, moments are corrected for their bias. The
 * scalars `rate step beta1 beta2 epsilon decay clip` come from outside; `step` counts from 1.
 */
function updates(weights: readonly Node[], given: readonly Node[], t: Training): Output[] {
  const norm = sqrt(sumOfSquares(given));
  const [rate, step, beta1, beta2] = [scalar("rate"), scalar("step"), scalar("beta1"), scalar("beta2")];
  // As torch.nn.utils.clip_grad_norm_: the factor is at most 1.
  const factor = minimum(div(scalar("clip"), add(norm, 1e-6)), 1);
  const share1 = mul(factor, sub(1, beta1));
  const share2 = mul(factor, sqrt(sub(1, beta2)));
  // sqrt(v / c2) + e = (sqrt(v) + e sqrt(c2)) / sqrt(c2): the correction of the bias is moved onto scalars.
  const root2 = sqrt(sub(1, pow(beta2, step)));
  const pace = div(mul(rate, root2), sub(1, pow(beta1, step)));
  const epsilon = mul(scalar("epsilon"), root2);
  const keep = sub(1, mul(rate, scalar("decay")));
  const decayed = t.decayed ?? ((p: string) => weights.find((w) => path(w) === p)!.axes.length > 1);
  const moved = weights.map((w, i) => {
    const scaled = mul(given[i]!, share2);
    const m = add(mul(state("m", w), beta1), mul(given[i]!, share1));
    const v = add(mul(state("v", w), beta2), mul(scaled, scaled));
    const next = sub(decayed(path(w)) ? mul(w, keep) : w, mul(pace, div(m, add(sqrt(v), epsilon))));
    return { w, m, v, next };
  });
  const order = (w: Node) => namesOf(w.axes);
  return [
    output("gradient_norm", "metric", norm),
    ...moved.map(({ w, next }) => output(path(w), "weight", next, order(w))),
    ...moved.map(({ w, m }) => output(`m.${path(w)}`, "state", m, order(w))),
    ...moved.map(({ w, v }) => output(`v.${path(w)}`, "state", v, order(w))),
  ];
}

/**
 * One step of training from a program with a `loss` (and metrics) over weights and data. Outputs: loss, metrics,
 * `gradient_norm`, and under their inputs' names the weights and moments `m.<path>`, `v.<path>` as they are after the step.
 */
export function trainingStep(given: Program, t: Training): Program {
  const { outputs, weights, gradients: g } = differentiated(given, t);
  return within(optimized(program(t.name, [...outputs, ...updates(weights, g, t)], given.inputs)), t);
}

/**
 * Gradients of one of several parts of a batch (`inParts`): `sum.<path>` grows by the gradient of this part's loss.
 */
export function gradientStep(given: Program, t: Training): Program {
  const { outputs, weights, gradients: g } = differentiated(given, t);
  const sums = weights.map((w, i) => output(`sum.${path(w)}`, "state", add(state("sum", w), g[i]!), namesOf(w.axes)));
  return within(optimized(program(t.name, [...outputs, ...sums], given.inputs)), t);
}

/** The update from gradients added up in `sum.<path>`. */
export function applyStep(given: Program, t: Training): Program {
  const { weights } = differentiated(given, t);
  const sums = weights.map((w) => state("sum", w));
  return optimized(program(t.name, updates(weights, sums, t), given.inputs));
}
