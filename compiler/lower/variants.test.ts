// One objective that recipes name with other Int or Bool arguments, beside other models, or from another file, has programs for each.
import { expect, test } from "vitest";
import { buildSystem } from "../build.ts";
import { check } from "../index.ts";
import { hostOf } from "../tests/library.ts";
import { lowerSystem } from "./index.ts";

const model = (name: string, width = 16) =>
  `model ${name}: EncoderDecoder { tokenizer: words, width: ${width}, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 16, copy: 8, window: 64 tokens }`;
const spec = (body: string, more = ""): string => `
use std.models { EncoderDecoder }
use std.objectives { dpo, ipo }
use std.data { Preference }
${more}
dataset duels: Preference = jsonl("duels.jsonl")
tokenizer words = bpe(vocab: 300, from: duels)
${model("policy")}
${model("larger", 32)}
train t {
${body}
}
`;
const mine = `use std.data { Preference }
/// DPO without a reference.
objective dpo(train policy: LanguageModel, pair: Preference) {
  fn whole(y) = sum(log(policy(y | pair.prompt, pair.documents).tokens) over token)
  maximize mean(log(sigmoid(whole(pair.chosen) - whole(pair.rejected))))
}
`;
const checked = (body: string, more = "") => {
  const found = check(hostOf({ "main.neuro": spec(body, more), "mine.neuro": mine, "duels.jsonl": "" }), "main.neuro");
  expect(found.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return found;
};
const objectives = (body: string, more = "") => lowerSystem(checked(body, more)).models[0]!.objectives;
const steps = (body: string) =>
  lowerSystem(checked(body))
    .models[0]!.programs.filter(({ program }) => program.name.endsWith(".step") && program.name !== "policy.step")
    .map(({ program }) => [program.name, program.inputs.length]);

test("fits that differ in a Bool have a step each; those that differ in a Float share one", () => {
  const body = `  a = fit(policy, by: dpo(reference: policy), on: duels, steps: 2 steps)
  b = fit(a, by: dpo(reference: a, β: 0.3, smooth: 0.1), on: duels, steps: 2 steps)
  policy = fit(b, by: dpo(reference: b, per_token: true), on: duels, steps: 2 steps)`;
  expect(objectives(body)).toEqual([
    { name: "dpo", of: "dpo", trained: ["policy"], when: { per_token: 0, reference: "policy" } },
    { name: "dpo.2", of: "dpo", trained: ["policy"], when: { per_token: 1, reference: "policy" } },
  ]);
  expect(steps(body).map(([name]) => name)).toEqual(["policy.dpo.step", "policy.dpo.2.step"]);
});

test("a default that is written out is the same program", () => {
  const body = `  a = fit(policy, by: ipo(reference: policy), on: duels, steps: 2 steps)
  policy = fit(a, by: ipo(reference: a, per_token: false), on: duels, steps: 2 steps)`;
  expect(objectives(body)).toHaveLength(1);
});

test("a reference of another size is another program", () => {
  const body = `  a = fit(policy, by: dpo(reference: policy), on: duels, steps: 2 steps)
  policy = fit(a, by: dpo(reference: larger), on: duels, steps: 2 steps)`;
  expect(objectives(body).map(({ when }) => when.reference)).toEqual(["policy", "larger"]);
});

test("two objectives of one name are told apart by the file, in the programs and in what the recipe says", async () => {
  const body = `  a = fit(policy, by: dpo(reference: policy), on: duels, steps: 2 steps)
  policy = fit(a, by: plain, on: duels, steps: 2 steps)`;
  const more = `use "./mine.neuro" { dpo as plain }`;
  expect(objectives(body, more).map(({ name }) => name)).toEqual(["dpo", "dpo@mine"]);
  const { artifacts } = await buildSystem(checked(body, more), { name: "t", version: "test" });
  const index = artifacts.get("index.ts") as string;
  expect([...index.matchAll(/by: ("[^"]*")/g)].map(([, by]) => by)).toEqual(['"dpo"', '"dpo@mine"']);
});

test("the build tells which program is meant when, and says nothing of it where there is one", async () => {
  const build = async (body: string) => {
    const { artifacts } = await buildSystem(checked(body), { name: "t", version: "test" });
    const { models } = JSON.parse(artifacts.get("manifest.json") as string) as {
      models: Record<string, { variants?: { name: string }[] }>;
    };
    return models.policy!.variants?.map(({ name }) => name);
  };
  const one = "policy = fit(policy, by: dpo(reference: policy), on: duels, steps: 2 steps)";
  expect(await build(one)).toBe(undefined);
  expect(await build(`${one}\n${one.replace("reference: policy", "reference: policy, per_token: true")}`)).toEqual([
    "dpo",
    "dpo.2",
  ]);
});
