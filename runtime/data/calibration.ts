/**
 * Whether a judge's probabilities can be believed, beside what people said: how surprised it is, how far its odds are from what happens, which side it
 * overrates, and what several judges would learn from one more label. Lists go together place by place. Knows nothing of models.
 */
import { NeuroError } from "../error.ts";
import { mean } from "../numbers.ts";

type Numbers = readonly number[];

/** The mean cross entropy of labels p under predicted probabilities, in nats; ln 2 for even odds. Throws `lists_differ`. */
export function log_loss(predicted: Numbers, p: Numbers): number {
  together(predicted, p);
  const surprise = (of: number, under: number): number => (of === 0 ? 0 : -of * Math.log(Math.max(under, 1e-15)));
  return mean(p.map((label, i) => surprise(label, predicted[i]!) + surprise(1 - label, 1 - predicted[i]!)));
}

/** The share of labels whose side the prediction takes; even odds and even labels are half right. Throws `lists_differ`. */
export function agreeing(predicted: Numbers, p: Numbers): number {
  together(predicted, p);
  return mean(p.map((label, i) => (1 + Math.sign(predicted[i]! - 0.5) * Math.sign(label - 0.5)) / 2));
}

/**
 * How far predictions are from what happens, 0..1: the mean, over `bins` of equally many rows in the order of their predictions, of the distance between
 * the mean prediction and the mean label (expected calibration error: Naeini, Cooper and Hauskrecht 2015; equal-mass bins: Nguyen and O'Connor
 * 2015). Throws `lists_differ`.
 */
export function calibration_error(predicted: Numbers, p: Numbers, { bins = 10 }: { readonly bins?: number } = {}): number {
  together(predicted, p);
  const order = predicted.map((_, i) => i).sort((a, b) => predicted[a]! - predicted[b]!);
  const count = Math.min(bins, order.length);
  const edge = (bin: number): number => Math.round((bin * order.length) / count);
  const distances = Array.from({ length: count }, (_, bin) => {
    const inside = order.slice(edge(bin), edge(bin + 1));
    return (inside.length / order.length) * Math.abs(mean(inside.map((i) => predicted[i]!)) - mean(inside.map((i) => p[i]!)));
  });
  return distances.reduce((sum, x) => sum + x, 0);
}

/** By how much the left side is overrated, -1..1: the mean prediction less the win rate. Throws `lists_differ`. */
export function overrated(predicted: Numbers, p: Numbers): number {
  together(predicted, p);
  return mean(predicted) - mean(p);
}

/**
 * What a label would tell apart among several judges, in nats, 0 where they all agree: the entropy of their mean probability less the mean of their
 * entropies (BALD: Houlsby et al. 2011).
 */
export function disagreement(members: Numbers): number {
  const entropy = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p));
  return members.length === 0 ? 0 : Math.max(0, entropy(mean(members)) - mean(members.map(entropy)));
}

function together(predicted: Numbers, p: Numbers): void {
  if (predicted.length === p.length) return;
  throw new NeuroError("lists_differ", `There are ${predicted.length} predictions and ${p.length} labels.`, {
    hint: "Take both columns of the same rows.",
  });
}
