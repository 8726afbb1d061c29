import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faults } from "./testing.ts";

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.neuro`, import.meta.url), "utf8");
const codes = (...texts: string[]): string[] => faults(...texts).map((f) => f.split(":")[0]!);

test("the layers and the model of the language page are clean", () => expect(faults(fixture("layers"))).toEqual([]));
test("the objectives of the language page are clean", () => expect(faults(fixture("objectives"))).toEqual([]));
test("the weights functions of the language page are clean", () => expect(faults(fixture("weights"))).toEqual([]));

const objective = (body: string, row = "Instruct", extra = ""): string =>
  `objective f(train policy: LanguageModel, ${extra}row: ${row}) {\n${body}\n}`;

const wrong: Record<string, readonly [code: string, text: string]> = {
  "sizes that differ": [
    "axes_differ",
    "layer lin(x: [.., i], wide: Int) -> [.., o] {\n weight w: [i, o = wide]\n dot(x, w over i)\n}\nlayer f(x: [b, d]) -> [b, o] = lin(x, 512) + lin(x, 256)",
  ],
  "an axis that is not there": ["absent_axis", "fn f(q: [b, t, k]) -> [b, t, k] of Prob = softmax(q over s)"],
  "a contraction over an axis of one side": [
    "absent_contraction",
    "fn f(q: [b, t, d], n: [b, s, k]) -> [b, t, s] = dot(q, n over d)",
  ],
  "a silent outer product": ["ambiguous_broadcast", "fn f(t: axis, s: axis) -> [t, s] of Int = position(t) - position(s)"],
  "axes in another order": ["axis_order", "fn f(x: [b, t, d]) -> [b, t] = sum(x over d)\nfn g(y: [t, b, d]) -> [t, b] = f(y)"],
  "an axis twice": [
    "axis_twice",
    "fn c(t: axis, s: axis) -> [t, s] of Bool = outer(position(s) <= position(t))\nfn f(x: [b, t]) -> [t] of Bool = any(c(t, t) over t)",
  ],
  "a head count that does not divide": [
    "size_not_divisible",
    "layer f(x: [b, d]) -> [b, h, k] {\n weight w: [d, o = 512]\n split(dot(x, w over d) over o -> h = 7, k)\n}",
  ],
  "tokens of two texts": [
    "different_texts",
    objective(
      "minimize mean(log(policy(row.chosen | row.prompt).tokens) - log(policy(row.rejected | row.prompt).tokens))",
      "Preference",
    ),
  ],
  "the probability of a text as a number": ["prob_needs_log", objective("minimize -mean(policy(row.answer | row.prompt))")],
  "an objective without a goal": ["no_minimize", objective("loss = -mean(log(policy(row.answer | row.prompt)))")],
  "a loss with axes": ["loss_has_axes", objective("minimize -log(policy(row.answer | row.prompt))")],
  "a loss that no weight reaches": ["constant_loss", objective("minimize mean(row.reward)", "Rollout")],
  "a loss behind stop": ["constant_loss", objective("minimize -mean(stop(log(policy(row.answer | row.prompt))))")],
  "a baseline without stop": [
    "leaky_baseline",
    objective(
      "v = value(row.prompt)\nminimize mean((v - row.reward) ^ 2) - mean((row.reward - v) * log(policy(row.answer | row.prompt)))",
      "Rollout",
      "train value: Scorer, ",
    ),
  ],
  "a gradient through argmax": [
    "no_gradient",
    objective("minimize mean(argmax(policy(row.answer | row.prompt).next over vocab) * 2)"),
  ],
  "a gradient through an extern": [
    "no_gradient",
    `extern fn worth(x: Float) -> Float from "./x.ts"\n${objective("minimize worth(mean(log(policy(row.answer | row.prompt))))")}`,
  ],
  "a text split in parts": [
    "ragged_split",
    objective("minimize -mean(split(log(policy(row.answer | row.prompt).tokens) over token -> a = 4, c))"),
  ],
  "a comparer given one answer": ["wrong_givens", "fn f(judge: Comparer, x: Dialog, a: Answer) -> Float = judge(a | x)"],
  "an initialiser without its spread": [
    "missing_argument",
    "layer f(x: [b, d]) -> [b] {\n weight w: [d] = normal(0)\n dot(x, w over d)\n}",
  ],
  "a weight as long as a text": [
    "wrong_type",
    "model M(x: [b, s] of Token) -> Scorer {\n weight w: [s] = 1\n mean(w * hard(x > 3) over s)\n}",
  ],
  "a language model without a vocabulary": [
    "wrong_type",
    "model M(x: [b, s] of Token, y: [b, t] of Token) -> LanguageModel {\n softmax(hard(y > 3) over t)\n}",
  ],
  "a weight with an axis twice": ["axis_twice", "layer f(x: [b, d]) -> [b] {\n weight w: [d, d]\n dot(x, w over d)\n}"],
  "a stack along an axis that is there": ["axis_twice", "fn f(x: [b, t = 2]) -> [b, t] = stack(x, x over t)"],
  "a misspelt builtin": ["unknown_name", "fn f(x: [t]) -> [t] = sotf(x > 1)"],
  "a misspelt field": ["unknown_field", objective("minimize -mean(log(policy(row.anwser | row.prompt)))")],
  "a Bool in arithmetic": ["bool_as_number", "fn f(x: [t]) -> [t] = 2 * (x > 1)"],
  "an axis onto another": [
    "axis_in_use",
    "model M(s0: [b, s] of Token, t0: [b, t] of Token) -> LanguageModel {\n weight w: [vocab, d = 8]\n x = w[vocab: s0]\n y = rename(w[vocab: t0] over t -> s)\n softmax(dot(x + y, w over d) over vocab)\n}",
  ],
};

for (const [title, [code, text]] of Object.entries(wrong)) {
  test(`${title}: ${code}, said once`, () => expect(codes(text)).toEqual([code]));
}

test("a fault inside a callee is said at the call that causes it, with a label at the place", () => {
  const text =
    "layer cut(x: [b, d]) -> [b, h, k] = split(x over d -> h = 7, k)\nlayer f(x: [b]) -> [b, h, k] {\n weight w: [d = 512]\n cut(outer(x * w))\n}";
  expect(faults(text)).toEqual([expect.stringContaining("size_not_divisible: cut(outer(x * w))")]);
});

test("a fault in a declaration is not repeated at its calls", () => {
  expect(codes("fn g(x: [t]) -> [t] = sotf(x > 1)\nfn f(x: [t]) -> [t] = g(g(x))")).toEqual(["unknown_name"]);
});

test("renaming between two parameters becomes a condition on their calls", () => {
  const moved = "fn moved(x: [b, t], y: [b, s]) -> [b, s] = y + rename(x over t -> s)\n";
  expect(codes(moved)).toEqual([]);
  const call = (size: number) =>
    `layer f(x: [b]) -> [b, q] {\n weight n: [p = 8] = 1\n weight m: [q = ${size}] = 1\n moved(outer(x * n), outer(x * m))\n}`;
  expect(codes(moved + call(8))).toEqual([]);
  expect(codes(moved + call(9))).toEqual(["axis_in_use"]);
});
