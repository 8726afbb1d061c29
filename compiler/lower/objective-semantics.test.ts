// What the papers say of their objectives, shown on programs: which weights a loss moves, where its gradient is none, what equals what.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { type Feeds, interpret } from "../../kernels/interp/interpret.ts";
import { batches, cut, feedsOf, programsOf, vocab, withGradients } from "./objective-testing.ts";

const [batch] = batches as [(typeof batches)[0]];
type Models = Readonly<Record<string, string>>;
type Extra = Readonly<Record<string, readonly number[]>>;

/** An objective's outputs, and the gradients of one of them, on rows of the first random batch; `extra` replaces what is fed. */
function on(
  objective: string,
  models: Models,
  {
    extra = {},
    of = "loss",
    rows,
    numbers = {},
  }: { extra?: Extra; of?: string; rows?: readonly [number, number]; numbers?: Record<string, number> } = {},
) {
  const { program, feeds: told } = programsOf(objective, models, numbers).loss;
  const whole = withGradients(program, of);
  const { feeds, sizes } = feedsOf(whole, told, { models }, batch);
  const all: Feeds = { ...(rows ? cut(whole, feeds, batch.sizes.batch!, rows) : feeds), ...extra };
  return interpret(whole, all, rows ? { ...sizes, batch: rows[1] - rows[0] } : sizes);
}
const close = (got: ArrayLike<number>, want: ArrayLike<number>, digits = 9): void =>
  expect([...Array.from(got)]).toEqual(Array.from(want).map((x) => expect.closeTo(x, digits)));
const zeros = (n: number): number[] => Array(n).fill(0);
const actorCritic = { policy: "lm", value: "worth" };
const clippedOnes = { policy: "lm", value: "steps" };
const pairs = { policy: "lm", reference: "lm" };
const policy = batch.weights.lm!.table!;
const same = { "reference/table": policy };

test("a2c: the actor moves no weight of the critic, and the critic none of the actor", () => {
  expect(Object.keys(on("a2c", actorCritic, { of: "actor" })).filter((n) => n.startsWith("d "))).toEqual(["d table"]);
  const critic = Object.keys(on("a2c", actorCritic, { of: "critic" })).filter((n) => n.startsWith("d "));
  expect(critic.sort()).toEqual(["d value/table", "d value/w"]);
});

test("a2c with a critic that expects nothing is REINFORCE", () => {
  const none = on("a2c", actorCritic, { extra: { "value/w": zeros(3) } });
  const plain = on("reinforce", { policy: "lm" }, { extra: { baseline: [0] } });
  expect(none.actor![0]).toBeCloseTo(plain.loss![0]!, 12);
  close(none["d table"]!, plain["d table"]!);
});

test("a critic that expects exactly what was earned leaves the actor nothing to learn", () => {
  const { "d table": d } = on("reinforce", { policy: "lm" }, { extra: { reward: [0.25, 0.25, 0.25, 0.25], baseline: [0.25] } });
  close(d!, zeros(d!.length));
});

/** log p of each answer's tokens under the policy of the first random batch. */
function logsOf(): number[] {
  const feeds = { ...batch.feeds } as Record<string, { ids: number[]; input: number[]; present: number[] }>;
  const [{ ids: source, present: there }, { ids, input, present }] = [feeds.source!, feeds.answer!];
  const [width, length] = [batch.sizes.source!, batch.sizes.answer!];
  const at = (word: number) => policy.slice(3 * word, 3 * word + 3);
  return ids.flatMap((id, i) => {
    const row = Math.floor(i / length);
    const words = source.slice(row * width, (row + 1) * width).filter((_, j) => there[row * width + j] === 1);
    const state = at(input[i]!).map((x, d) => x + words.reduce((sum, w) => sum + at(w)[d]!, 0) / Math.max(1, words.length));
    const scores = Array.from({ length: vocab }, (_, w) => at(w).reduce((sum, x, d) => sum + x * state[d]!, 0));
    const all = Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0));
    return present[i] === 1 ? scores[id]! - all : 0;
  });
}

test("ppo at its first step: the ratio is 1, nothing is clipped, and the actor's gradient is the policy gradient of the same advantages", () => {
  const old = logsOf();
  const first = on("ppo", clippedOnes, { of: "actor", extra: { old, kl: [0], dual: [0] } });
  expect([first.clip_share![0], first.approximate_kl![0]]).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
  close(first["d table"]!, on("by_advantages", { policy: "lm" })["d table"]!);
  expect(Math.max(...first["d table"]!.map(Math.abs))).toBeGreaterThan(1e-3);
  // Advantages are whitened, so their mean over all tokens, which the loss is at ratio 1, is 0.
  expect(first.actor![0]).toBeCloseTo(0, 9);
});

test("ppo: equal rewards and values without a penalty teach the actor nothing", () => {
  const flat = { reward: zeros(4), values: zeros(24), kl: [0], old: logsOf() };
  const { "d table": d } = on("ppo", clippedOnes, { of: "actor", extra: flat });
  close(d!, zeros(d!.length));
});

test("ppo: what its bonus and its nearness to the anchor weigh is what they measure", () => {
  const [none, bonus, near] = [
    { bonus: [0], near: [0] },
    { bonus: [1], near: [0] },
    { bonus: [0], near: [1] },
  ].map((extra) => on("ppo", clippedOnes, { extra }));
  expect(bonus!.loss![0]! - none!.loss![0]!).toBeCloseTo(-none!.entropy_of_next![0]!, 12);
  expect(near!.loss![0]! - none!.loss![0]!).toBeCloseTo(none!.away![0]!, 12);
});

test("ppo without its entropy is the same loss without a bonus, and tells none", () => {
  const without = on("ppo", clippedOnes, { numbers: { entropy: 0 } });
  const plain = on("ppo", clippedOnes, { extra: { bonus: [0] } });
  expect(without.loss![0]).toBeCloseTo(plain.loss![0]!, 12);
  close(without["d table"]!, plain["d table"]!);
  expect(without.entropy_of_next).toBe(undefined);
});

test("rloo: a group of one has nothing to compare itself with, and learns as REINFORCE does", () => {
  const models = { policy: "lm" };
  const { program, feeds: told } = programsOf("rloo", models).loss;
  const { feeds } = feedsOf(program, told, { models }, batch);
  const one = (xs: readonly number[], width = 1) => xs.filter((_, i) => Math.floor(i / width) % 3 === 0);
  const alone = Object.fromEntries(
    k
      .inputPorts(program)
      .map(({ name, axes }) => [
        name,
        axes.some((a) => a.name === "sample") ? one(feeds[name]!, axes.length > 2 ? batch.group : 1) : feeds[name]!,
      ]),
  );
  const { loss } = interpret(program, alone, { ...batch.sizes, sample: 1, answer: batch.group });
  const plain = programsOf("reinforce", models).loss;
  const fed = { ...alone, baseline: [0] };
  expect(loss![0]).toBeCloseTo(interpret(plain.program, fed, { ...batch.sizes, answer: batch.group }).loss![0]!, 12);
  expect(loss![0]).not.toBe(0);
});

test("dpo: the gradient is β σ(-h) times the difference of the two texts' own", () => {
  const extra = { smooth: [0], nll: [0] };
  for (const row of [0, 1, 2, 3]) {
    const rows = [row, row + 1] as const;
    const [whole, chosen, rejected] = ["loss", "chosen_logp", "rejected_logp"].map((of) => on("dpo", pairs, { rows, of, extra }));
    const h = whole!.margin![0]!;
    const weight = batch.scalars.β! / (1 + Math.exp(h));
    close(
      whole!["d table"]!,
      chosen!["d table"]!.map((c, i) => -weight * (c - rejected!["d table"]![i]!)),
    );
  }
});

test("dpo: labels that are as often wrong as right pull nowhere at h = 0, where the loss is ln 2 whatever they are", () => {
  for (const smooth of [0, 0.1, 0.5]) {
    const out = on("dpo", pairs, { extra: { ...same, smooth: [smooth], nll: [0] } });
    expect(out.loss![0]).toBeCloseTo(Math.LN2, 12);
    if (smooth === 0.5) close(out["d table"]!, zeros(21));
  }
});

test("dpo: a pair the other way round has the margin with its sign turned, and equal answers teach nothing", () => {
  const { answer, rejected } = batch.feeds as Record<string, Record<"ids" | "input" | "present", number[]>>;
  const plain = { smooth: [0], nll: [0] };
  const [a, r] = [batch.sizes.chosen!, batch.sizes.rejected!];
  const { program, feeds: told } = programsOf("dpo", pairs).loss;
  const whole = withGradients(program, "loss");
  const { feeds, sizes } = feedsOf(whole, told, { models: pairs }, batch);
  const texts = (chosen: typeof answer, other: typeof answer) =>
    Object.fromEntries(
      (["ids", "input", "present"] as const).flatMap((face) => [
        [`chosen.${face}`, chosen![face]],
        [`rejected.${face}`, other![face]],
      ]),
    ) as Record<string, number[]>;
  const forth = interpret(whole, { ...feeds, ...plain }, sizes);
  const back = interpret(whole, { ...feeds, ...plain, ...texts(rejected, answer) }, { ...sizes, chosen: r, rejected: a });
  expect(back.margin![0]).toBeCloseTo(-forth.margin![0]!, 12);
  const equal = interpret(whole, { ...feeds, ...plain, ...texts(answer, answer) }, { ...sizes, rejected: a });
  expect(equal.loss![0]).toBeCloseTo(Math.LN2, 12);
  close(equal["d table"]!, zeros(21));
});

test("the likelihood of the chosen does not look at the rejected", () => {
  const of = (nll: number) => on("dpo", pairs, { extra: { nll: [nll], "rejected.ids": Array(20).fill(3) } })["d table"]!;
  const [with3, without3] = [of(1), of(0)];
  const [with0, without0] = [1, 0].map((nll) => on("dpo", pairs, { extra: { nll: [nll] } })["d table"]!);
  close(
    with3.map((x, i) => x - without3[i]!),
    with0!.map((x, i) => x - without0![i]!),
  );
});

test("ipo is least, and 0, at a margin of 1 / (2 β); against itself with β = 0.1 it is 25", () => {
  expect(on("ipo", pairs, { extra: { ...same, β: [0.1] } }).loss![0]).toBeCloseTo(25, 9);
  const rows = [2, 3] as const;
  // This pair's margin is negative; where policy and reference change places it is positive.
  const swap = { table: batch.other.table!, "reference/table": policy };
  const margin = on("ipo", pairs, { rows, extra: swap }).margin![0]!;
  expect(margin).toBeGreaterThan(0);
  const at = (β: number) => on("ipo", pairs, { rows, extra: { ...swap, β: [β] } });
  const least = at(1 / (2 * margin));
  expect(least.loss![0]).toBeCloseTo(0, 12);
  close(least["d table"]!, zeros(21));
  expect([0.9, 1.1].map((by) => at(by / (2 * margin)).loss![0]! > 1e-6)).toEqual([true, true]);
});

test("simpo without a margin, on texts of equal length, is cpo without likelihood at β by the length", () => {
  const { answer } = batch.feeds as Record<string, Record<"ids" | "input", number[]>>;
  const [length, rows] = [batch.sizes.rejected!, batch.sizes.batch!];
  const cutTo = (xs: readonly number[]) => Array.from({ length: rows }, (_, i) => xs.slice(i * 6, i * 6 + length)).flat();
  const full = Array(rows * length).fill(1);
  const extra = {
    "chosen.ids": cutTo(answer!.ids),
    "chosen.input": cutTo(answer!.input),
    "chosen.present": full,
    "rejected.present": full,
  };
  const of = (name: string, more: Extra) => {
    const models = { policy: "lm" };
    const { program, feeds: told } = programsOf(name, models).loss;
    const whole = withGradients(program, "loss");
    const { feeds, sizes } = feedsOf(whole, told, { models }, batch);
    return interpret(whole, { ...feeds, ...extra, ...more }, { ...sizes, chosen: length });
  };
  const [simpo, cpo] = [of("simpo", { β: [0.7 * length], γ: [0] }), of("cpo", { β: [0.7], nll: [0] })];
  expect(simpo.loss![0]).toBeCloseTo(cpo.loss![0]!, 12);
  close(simpo["d table"]!, cpo["d table"]!);
});

test("hinge: a pair that is far enough apart moves nothing, one that is not moves by its slope", () => {
  const swap = { table: batch.other.table!, "reference/table": policy };
  const near = on("hinge", pairs, { extra: { β: [0.01] } });
  expect(near.loss![0]).toBeCloseTo(1 - near.margin![0]!, 12);
  for (const row of [0, 1, 2, 3]) {
    const far = on("hinge", pairs, { rows: [row, row + 1], extra: { ...swap, β: [1e3] } });
    expect(far.margin![0]).toBeGreaterThan(1);
    close([...far.loss!, ...far["d table"]!], zeros(22));
  }
});

test("judges: the same shift of all scores changes nothing, and at equal scores the loss is ln 2", () => {
  const judge = { judge: "dueller" };
  const none = on("pair_pm", judge, { extra: { w: zeros(6) } });
  expect(none.loss![0]).toBeCloseTo(Math.LN2, 12);
  const plain = { margin: [0], τ: [1] };
  expect(on("bradley_terry", { judge: "rater" }, { extra: { ...plain, w: zeros(6) } }).loss![0]).toBeCloseTo(Math.LN2, 12);
});

test("pair_pm: answers that change places, and labels with them, are the same loss: it is antisymmetric by construction", () => {
  const models = { judge: "dueller" };
  const { program, feeds: told } = programsOf("pair_pm", models).loss;
  const { feeds, sizes } = feedsOf(program, told, { models }, batch);
  const turned = Object.fromEntries(
    Object.entries(feeds).map(([name, xs]) => [
      name.startsWith("source.2") ? name.replace("source.2", "source") : name.replace("source", "source.2"),
      xs,
    ]),
  );
  const forth = interpret(program, feeds, sizes).loss![0]!;
  expect(interpret(program, { ...turned, p: feeds.p!.map((p) => 1 - p) }, sizes).loss![0]).toBeCloseTo(forth, 12);
});

// ── a bandit: answers of one token, drawn by a softmax ──────────────────────
const rewards = [1, -0.5, 0.2, 2, 0, -1, 0.7];
/** The gradient of REINFORCE over answers of one token each after an empty prompt, with what each weighs. */
function bandit(actions: readonly number[], reward: readonly number[], baseline = 0) {
  const { program } = programsOf("reinforce", { policy: "lm" }).loss;
  const n = actions.length;
  const texts = { "answer.ids": actions, "answer.input": Array(n).fill(1), "answer.present": Array(n).fill(1) };
  const empty = { "source.ids": zeros(n), "source.present": zeros(n) };
  const whole = withGradients(program, "loss");
  return interpret(
    whole,
    { ...texts, ...empty, table: policy, reward, baseline: [baseline] },
    { batch: n, source: 1, answer: 1 },
  )["d table"]!;
}
const scores = Array.from({ length: vocab }, (_, w) =>
  [0, 1, 2].reduce((sum, d) => sum + policy[3 * w + d]! * policy[3 + d]!, 0),
);
const total = scores.reduce((sum, s) => sum + Math.exp(s), 0);
const π = scores.map((s) => Math.exp(s) / total);
const J = π.reduce((sum, p, a) => sum + p * rewards[a]!, 0);
/** -dJ/dtable: of a softmax over scores it is π_a (R_a - J) along each score, and each score is a product of two rows of the table. */
const analytic = policy.map((_, i) => {
  const [row, d] = [Math.floor(i / 3), i % 3];
  const along = (a: number) => (a === row ? policy[3 + d]! : 0) + (row === 1 ? policy[3 * a + d]! : 0);
  return -π.reduce((sum, p, a) => sum + p * (rewards[a]! - J) * along(a), 0);
});
const every = Array.from({ length: vocab }, (_, a) => a);

test("a softmax bandit: over all answers REINFORCE's gradient is the exact one, whatever its baseline", () => {
  for (const baseline of [0, 1.5, -3]) {
    // Each answer once, its reward weighed by how often it is drawn: the mean over the batch is the expectation.
    const weighed = rewards.map((r, a) => vocab * π[a]! * (r - baseline));
    close(bandit(every, weighed), analytic);
  }
});

test("a softmax bandit: 20,000 drawn answers give it within their error, and nearer with a baseline", () => {
  const drawn: number[] = [];
  for (let state = 7; drawn.length < 20_000; ) {
    state = (state * 48271) % 2147483647;
    let left = state / 2147483647;
    const action = π.findIndex((p) => {
      left -= p;
      return left < 0;
    });
    drawn.push(Math.max(0, action));
  }
  const reward = drawn.map((a) => rewards[a]!);
  const off = (baseline: number) => Math.hypot(...bandit(drawn, reward, baseline).map((x, i) => x - analytic[i]!));
  const size = Math.hypot(...analytic);
  expect(off(0)).toBeLessThan(0.05 * size);
  expect(off(J)).toBeLessThan(0.05 * size);
});
