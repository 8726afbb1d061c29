// Programs of std's models and objectives under every pass: the law holds after each, for every target, and memory is planned tightly.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { stagesOf, targeted } from "../../kernels/rules/passes.ts";
import type { Instance } from "./instance.ts";
import { modelPrograms } from "./model.ts";
import { objectivePrograms } from "./objective.ts";
import { modelOf, stdlib } from "./testing.ts";

const declared = `
type Aspect = main | safety
model policy: EncoderDecoder { encoder: 1 layers, decoder: 1 layers, width: 16, heads: 2 }
model writer: Decoder { depth: 1 layers, width: 16, heads: 4, kv: 2, inner: 24, reach: 3 }
model rater: Encoder { depth: 1 layers, width: 16, heads: 2 }
model judge: Encoder { depth: 1 layers, width: 16, heads: 2, head: scalar(over: Aspect) }
model pairs: Encoder { depth: 1 layers, width: 16, heads: 2, head: pairwise(over: Aspect) }
model point: Encoder { depth: 1 layers, width: 16, heads: 2, head: embedding(4) }
model critic: Critic { encoder: 1 layers, decoder: 1 layers, width: 16, heads: 2 }
`;
const texts = [stdlib("models"), stdlib("decoders"), stdlib("objectives"), declared];
const over = { name: "Aspect", cases: ["main", "safety"] };
const { context, objective } = modelOf(texts, "policy", 40);
const named = (name: string, head = "LanguageModel", cases?: typeof over): Instance => ({
  ...modelOf(texts, name, 40, head).instance,
  ...(cases ? { over: cases } : {}),
});
const [policy, writer, value] = [named("policy"), named("writer"), named("rater", "Scorer")];
const [judge, pairs, critic] = [named("judge", "Scorer", over), named("pairs", "Comparer", over), named("critic", "TokenScorer")];

const objectives: readonly (readonly [string, Record<string, Instance>])[] = [
  ["cross_entropy", { policy }],
  ["cross_entropy", { policy: writer }],
  ["bradley_terry", { judge }],
  ["pair_pm", { judge: pairs }],
  ["general_preference", { judge: named("point", "Embedder") }],
  ["regression", { value }],
  ["reinforce", { policy }],
  ["rloo", { policy }],
  ["grpo", { policy, reference: policy }],
  ["a2c", { policy, value }],
  ["ppo", { policy, value: critic }],
  ["dpo", { policy, reference: policy }],
  ["cpo", { policy }],
  ["ipo", { policy, reference: policy }],
  ["simpo", { policy }],
];

const sizes: readonly Record<string, number>[] = [
  { batch: 2, source: 7, answer: 5, past: 3, capacity: 9 },
  { batch: 16, source: 128, answer: 64, prompt: 64, text: 192, past: 100, capacity: 256 },
];

function holds(p: k.Program): void {
  for (const target of ["onnx", "wgsl"] as const)
    for (const stage of stagesOf(p, target)) expect(k.broken(stage.program), `${p.name} after ${stage.name}`).toEqual([]);
  for (const given of [k.optimized(p), targeted(k.optimized(p), "onnx")])
    for (const binding of sizes) {
      const { arena, peak } = k.plan(given, binding);
      expect(arena, `${p.name} of ${JSON.stringify(binding)}`).toBeLessThanOrEqual(1.15 * peak);
    }
}

const attends = (p: k.Program): number => k.topological(p.outputs.map((o) => o.node)).filter((n) => n.op === "attention").length;

const models: readonly (readonly [Instance, number])[] = [
  [policy, 1 + 2],
  [writer, 1],
  [value, 1],
  [judge, 1],
  [pairs, 1],
  [critic, 1 + 2],
];

test.each(models)("programs of the model $name keep the law after every pass, and its attention is known", (instance, layers) => {
  const { programs } = modelPrograms(context, instance);
  for (const { program } of programs) holds(program);
  const forward = k.optimized(programs.find(({ program }) => program.name.endsWith(".forward"))!.program);
  expect(attends(forward)).toBe(layers);
});

test.each(objectives)("programs of the objective %s keep the law after every pass", (name, given) => {
  const models = new Map(Object.entries(given));
  const { step, loss } = objectivePrograms(context, { decl: objective(name), models, name })!;
  holds(loss.program);
  holds(step.program);
});
