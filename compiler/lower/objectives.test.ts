// std's objectives on a tiny model: values from the log-probabilities by the papers' formulas, gradients by finite differences.
import { expect, test } from "vitest";
import { gradients } from "../../kernels/autodiff.ts";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import type { Instance } from "./instance.ts";
import { modelPrograms } from "./model.ts";
import { objectivePrograms } from "./objective.ts";
import { tiny } from "./objective-testing.ts";
import { modelOf, stdlib } from "./testing.ts";

const vocab = 5;
const texts = [stdlib("models"), stdlib("objectives"), tiny];
const { context, instance: policy, objective } = modelOf(texts, "lm", vocab);
const other = (name: string, head: string): Instance => modelOf(texts, name, vocab, head).instance;
const value = { ...other("worth", "Scorer"), name: "worth" };
const critic = { ...other("steps", "TokenScorer"), name: "steps" };

const over = { name: "Aspect", cases: ["main", "safety"] };
const point = other("point", "Embedder");
const duels: Instance = { ...other("dueller", "Comparer"), over };
const scores: Instance = { ...other("rater", "Scorer"), over };

/** Numbers between -1 and 1 that look random and never change. */
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const table = noise(vocab * 3, 1);
const reference = noise(vocab * 3, 2);

const batch = 2;
const source = { ids: [1, 2, 3, 4, 0, 0], present: [1, 1, 1, 1, 0, 0], length: 3 };
const answers = {
  answer: { input: [2, 1, 3, 2, 4, 0], ids: [1, 3, 4, 4, 1, 0], present: [1, 1, 1, 1, 1, 0], length: 3 },
  chosen: { input: [2, 1, 3, 2, 4, 0], ids: [1, 3, 4, 4, 1, 0], present: [1, 1, 1, 1, 1, 0], length: 3 },
  rejected: { input: [2, 4, 2, 3], ids: [4, 1, 3, 1], present: [1, 1, 1, 1], length: 2 },
} as const;
const scalars: Record<string, number> = {
  β: 0.3,
  ε: 0.2,
  γ: 0.9,
  λ: 0.95,
  kl: 0.05,
  share: 0.5,
  smooth: 0.1,
  nll: 0.5,
  baseline: 0.25,
  τ: 1,
};

function rows(
  p: k.Program,
  extra: Record<string, number[]> = {},
): { feeds: Record<string, number[]>; binding: Record<string, number> } {
  const feeds: Record<string, number[]> = {};
  const binding: Record<string, number> = { batch, source: 3, "source.2": 3, sample: 2, answer: 3, chosen: 3, rejected: 2 };
  for (const { name, axes } of k.inputPorts(p)) {
    const count = axes.reduce((n, a) => n * k.evaluate(a.size, binding), 1);
    const [text, face] = name.split(".") as [keyof typeof answers, "input" | "ids" | "present"];
    if (extra[name]) feeds[name] = extra[name]!;
    else if (/^source.*ids$/.test(name)) feeds[name] = name === "source.ids" ? source.ids : [4, 1, 2, 3, 1, 0];
    else if (/^source.*present$/.test(name)) feeds[name] = source.present;
    else if (name === "aspect") feeds[name] = [1, 0];
    else if (name === "p") feeds[name] = [0.9, 0.3];
    else if (answers[text])
      feeds[name] = Array.from({ length: count }, (_, i) => answers[text][face][i % answers[text][face].length]!);
    else if (name in scalars) feeds[name] = [scalars[name]!];
    else if (name === "reward") feeds[name] = noise(count, 5);
    else if (name === "old" || name === "anchor") feeds[name] = noise(count, name.length).map((x) => x - 1.5);
    else if (name === "values") feeds[name] = noise(count, 9);
    else feeds[name] = name.startsWith("reference/") ? reference : name === "table" ? noise(count, 1) : noise(count, 3);
  }
  return { feeds, binding };
}

function made(name: string, models: Record<string, Instance>, extra: Record<string, number[]> = {}) {
  const programs = objectivePrograms(context, { decl: objective(name), models: new Map(Object.entries(models)), name })!;
  const { feeds, binding } = rows(programs.loss.program, extra);
  return { program: programs.loss.program, feeds, binding, loss: interpret(programs.loss.program, feeds, binding).loss![0]! };
}

/** log p of every token of an answer under some weights, by the model's own forward program. */
function logp(text: keyof typeof answers, weights: number[]): number[][] {
  const { program } = modelPrograms(context, policy).programs[0]!;
  const a = answers[text];
  const feeds = {
    "source.ids": source.ids,
    "source.present": source.present,
    "answer.input": a.input,
    "answer.ids": a.ids,
    "answer.present": a.present,
    table: weights,
  };
  const out = [...interpret(program, feeds, { batch, source: 3, answer: a.length }).logp!];
  return Array.from({ length: batch }, (_, i) =>
    out.slice(i * a.length, (i + 1) * a.length).filter((_, t) => a.present[i * a.length + t] === 1),
  );
}
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const mean = (xs: readonly number[]): number => sum(xs) / xs.length;
const logSigmoid = (z: number): number => -Math.log1p(Math.exp(-z));

const chosen = logp("chosen", table);
const rejected = logp("rejected", table);
const gains = (beta: number) => {
  const ref = { c: logp("chosen", reference), r: logp("rejected", reference) };
  return chosen.map((c, i) => beta * (sum(c) - sum(ref.c[i]!) - (sum(rejected[i]!) - sum(ref.r[i]!))));
};

test("cross_entropy is the mean of -log p over tokens that exist", () => {
  expect(made("cross_entropy", { policy }).loss).toBeCloseTo(-mean(logp("answer", table).flat()), 10);
});

test("a field keep narrows which tokens count, not which are read", () => {
  const all = logp("answer", table);
  expect(made("cross_entropy_of_kept", { policy }, { keep: [1, 0, 1, 0, 1, 0] }).loss).toBeCloseTo(
    -mean([all[0]![0]!, all[0]![2]!, all[1]![1]!]),
    10,
  );
});

test("dpo, with smoothing and likelihood of the chosen", () => {
  const h = gains(0.3);
  const want = -mean(h.map((z) => 0.9 * logSigmoid(z) + 0.1 * logSigmoid(-z))) - 0.5 * mean(chosen.map(mean));
  expect(made("dpo", { policy, reference: policy }).loss).toBeCloseTo(want, 10);
});

test("dpo against itself is ln 2, whatever the texts", () => {
  const loss = made("dpo", { policy, reference: policy }, { "reference/table": table, nll: [0] }).loss;
  expect(loss).toBeCloseTo(Math.LN2, 10);
});

test("ipo against itself is the squared margin: 25 for β = 0.1", () => {
  expect(made("ipo", { policy, reference: policy }, { "reference/table": table, β: [0.1] }).loss).toBeCloseTo(25, 9);
});

test("ipo", () => {
  const want = mean(gains(1).map((g) => (g - 1 / 0.6) ** 2));
  expect(made("ipo", { policy, reference: policy }).loss).toBeCloseTo(want, 10);
});

test("cpo", () => {
  const want = -mean(chosen.map((c, i) => logSigmoid(0.3 * (sum(c) - sum(rejected[i]!))) + 0.5 * mean(c)));
  expect(made("cpo", { policy }).loss).toBeCloseTo(want, 10);
});

test("simpo", () => {
  const want = -mean(chosen.map((c, i) => logSigmoid(0.3 * (mean(c) - mean(rejected[i]!)) - 0.9)));
  expect(made("simpo", { policy }).loss).toBeCloseTo(want, 10);
});

test("reinforce weighs the whole answer by its reward above the baseline", () => {
  const reward = noise(2, 5);
  const want = -mean(logp("answer", table).map((l, i) => (reward[i]! - 0.25) * sum(l)));
  expect(made("reinforce", { policy }).loss).toBeCloseTo(want, 10);
});

test("rloo compares each sample with the others of its group", () => {
  const r = [
    [1, 0],
    [0.5, 0.25],
  ];
  const { loss, feeds } = made("rloo", { policy }, { reward: r.flat() });
  // Samples of the fixture alternate between the two rows of `answer`, read after the source of their own prompt.
  const { program } = modelPrograms(context, policy).programs[0]!;
  const at = (prompt: number, sample: number) => {
    const cut = (xs: readonly number[]) => xs.slice(sample * 3, sample * 3 + 3);
    const one = {
      "answer.input": cut(feeds["answer.input"]!),
      "answer.ids": cut(feeds["answer.ids"]!),
      "answer.present": cut(feeds["answer.present"]!),
    };
    const from = {
      "source.ids": source.ids.slice(prompt * 3, prompt * 3 + 3),
      "source.present": source.present.slice(prompt * 3, prompt * 3 + 3),
    };
    return sum([...interpret(program, { ...one, ...from, table }, { batch: 1, source: 3, answer: 3 }).logp!]);
  };
  const want = -mean(r.flatMap((row, i) => row.map((x, j) => (x - row[1 - j]!) * at(i, j))));
  expect(loss).toBeCloseTo(want, 10);
});

test("a2c: the critic's weights get no gradient from the actor, nor the policy's from the critic", () => {
  const { program, feeds, binding } = made("a2c", { policy, value });
  const names = ["table", "value/w"];
  const inputs = names.map((n) => program.inputs.find((i) => k.inputOf(i).name === n)!);
  const of = (share: number) => {
    const outputs = gradients(program.outputs[0]!.node, inputs).map((g, i) =>
      k.output(`${i}`, "value", g!, k.namesOf(inputs[i]!.axes)),
    );
    return interpret(k.program("g", outputs), { ...feeds, share: [share] }, binding);
  };
  const [once, twice] = [of(1), of(2)];
  expect([...twice["0"]!]).toEqual([...once["0"]!]);
  for (const [i, g] of [...once["1"]!].entries()) expect(twice["1"]![i]).toBeCloseTo(2 * g, 10);
});

const all: Record<string, Record<string, Instance>> = {
  cross_entropy: { policy },
  dpo: { policy, reference: policy },
  ipo: { policy, reference: policy },
  cpo: { policy },
  simpo: { policy },
  reinforce: { policy },
  rloo: { policy },
  grpo: { policy, reference: policy },
  a2c: { policy, value },
  ppo: { policy, value: critic },
  regression: { value },
  bradley_terry: { judge: scores },
  pair_pm: { judge: duels },
  general_preference: { judge: point },
};

for (const [name, models] of Object.entries(all)) {
  test(`${name}: the gradient of its trained weights is that of finite differences`, () => {
    const { program, feeds, binding } = made(name, models);
    // Behind `stop` differences see what gradients must not: the actor of a2c is tested above.
    const trained = program.inputs.filter((i) => {
      const port = k.inputOf(i);
      return port.role === "weight" && !port.name.startsWith("reference/") && !(name === "a2c" && port.name.startsWith("value/"));
    });
    const outputs = gradients(program.outputs[0]!.node, trained).map((g, i) =>
      k.output(`${i}`, "value", g!, k.namesOf(trained[i]!.axes)),
    );
    const made_ = interpret(k.program("g", outputs), feeds, binding);
    for (const [i, input] of trained.entries()) {
      const path = k.inputOf(input).name;
      for (let at = 0; at < feeds[path]!.length; at += 2) {
        const moved = (by: number) => ({ ...feeds, [path]: feeds[path]!.map((x, j) => (j === at ? x + by : x)) });
        const up = interpret(program, moved(1e-5), binding).loss![0]!;
        const down = interpret(program, moved(-1e-5), binding).loss![0]!;
        expect(made_[`${i}`]![at]).toBeCloseTo((up - down) / 2e-5, 5);
      }
    }
  });
}

const inTwo: readonly (readonly [string, Record<string, Instance>])[] = [
  ["cross_entropy", { policy }],
  ["reinforce", { policy }],
  ["dpo", { policy, reference: policy }],
  ["cpo", { policy }],
  ["a2c", { policy, value }],
  ["ppo", { policy, value: critic }],
  ["grpo", { policy, reference: policy }],
  ["pair_pm", { judge: duels }],
  ["bradley_terry", { judge: scores }],
];
for (const [name, models] of inTwo) {
  test(`${name}: the gradient of a batch is the sum over its rows, counts and means taken over all of it`, () => {
    const facts = { decl: objective(name), models: new Map(Object.entries(models)), name };
    const { step, parts } = objectivePrograms(context, facts, { parts: true })!;
    const named = (what: string) => parts.find((p) => p.program.name === `${name}.${what}`)?.program;
    const optimiser = { rate: 0, step: 1, beta1: 0, beta2: 0, epsilon: 1, decay: 0, clip: 1e9 };
    const given = (p: k.Program): Record<string, number[]> => {
      const { feeds, binding } = rows(p);
      for (const port of k.inputPorts(p)) {
        if (port.role === "state")
          feeds[port.name] = Array(port.axes.reduce((n, a) => n * k.evaluate(a.size, binding), 1)).fill(0);
        if (port.name in optimiser) feeds[port.name] = [optimiser[port.name as keyof typeof optimiser]];
      }
      return feeds;
    };
    const sizes = rows(step.program).binding;
    const joint = interpret(step.program, given(step.program), sizes);
    const whole = named("whole") ? interpret(named("whole")!, given(named("whole")!), sizes) : {};
    const gradient = named("gradient")!;
    let sums: Record<string, ArrayLike<number>> = {};
    let loss = 0;
    for (const row of [0, 1]) {
      const feeds = given(gradient);
      for (const port of k.inputPorts(gradient)) {
        const all = feeds[port.name]!;
        if (port.axes[0]?.size === "batch") feeds[port.name] = all.slice((row * all.length) / 2, ((row + 1) * all.length) / 2);
      }
      const out = interpret(gradient, { ...feeds, ...whole, ...sums, first: [row], part: [0.5] }, { ...sizes, batch: 1 });
      sums = Object.fromEntries(Object.entries(out).filter(([n]) => n.startsWith("sum.")));
      loss += out.loss![0]!;
    }
    expect(loss).toBeCloseTo(joint.loss![0]!, 9);
    const apply = named("apply")!;
    const found = interpret(apply, { ...given(apply), ...sums }, sizes);
    expect(found.gradient_norm![0]).toBeGreaterThan(0);
    for (const [n, values] of Object.entries(found)) values.forEach((x, i) => void expect(x).toBeCloseTo(joint[n]![i]!, 9));
  });
}
