// Reinforcement from a spec: a policy learns what its reward wants from answers of its own, by every objective that reads them; a run that
// was killed in between ends with the bytes of one that was not.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const neuroc = new URL("../bin/neuroc.mjs", import.meta.url).pathname;
const fit = "policy = fit(policy, by: cross_entropy, on: seeds, steps: 60 steps, batch: 8, rate: 5e-3)";
const own = "rollouts(policy, questions, by: wanted, most: 6 tokens";
const recipes = {
  remembering: `policy = fit(policy, by: reinforce(baseline: running(0.9)), on: ${own}), steps: 40 steps, batch: 16, rate: 5e-3)`,
  actor: `policy, value = fit(policy, value, by: a2c, on: ${own}), steps: 40 steps, batch: 16, rate: 5e-3)`,
  leave_one_out: `policy = fit(policy, by: rloo, on: groups(${own}, n: 4)), steps: 30 steps, batch: 4, rate: 5e-3)`,
  relative: `policy = fit(policy, by: grpo(reference: policy), on: groups(${own}, n: 4)), steps: 40 steps, batch: 4, rate: 5e-3)`,
  proximal: `policy, critic = fit(policy, critic, by: ppo(kl: adaptive(0.01, target: 2, horizon: 400)), on: ${own}), steps: 80 steps, reuse: 2, batch: 16, rate: 5e-3)`,
};
const spec = `
use std.models { Critic, EncoderDecoder, Encoder, scalar }
use std.objectives { a2c, ppo, grpo, reinforce, rloo, cross_entropy }
use std.data { rollouts, groups, Instruct }

dataset seeds: Instruct = jsonl("seeds.jsonl")
dataset questions: { prompt: Dialog } = jsonl("questions.jsonl")
tokenizer words = bpe(vocab: 270, from: seeds)
model policy: EncoderDecoder { tokenizer: words, width: 32, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 64, copy: 8, window: 32 tokens }
model value: Encoder { tokenizer: words, width: 16, heads: 2, depth: 1 layers, inner: 32, head: scalar, window: 32 tokens }
model critic: Critic { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 32, window: 32 tokens }
extern fn share(answer: Answer) -> Float from "./share.ts"
reward wanted(answer: Answer) { total = share(answer) }
${Object.entries(recipes)
  .map(([name, last]) => `train ${name} {\n  ${fit}\n  ${last}\n}`)
  .join("\n")}
`;

function folder(): string {
  const at = mkdtempSync(join(tmpdir(), "neuro-rollouts-"));
  const rows = (list: object[], times: number) =>
    Array.from({ length: times }, () => list.map((row) => `${JSON.stringify(row)}\n`).join("")).join("");
  const [a, b] = [{ prompt: "say a" }, { prompt: "say b" }];
  writeFileSync(join(at, "main.neuro"), spec);
  writeFileSync(join(at, "seeds.jsonl"), rows([{ ...a, answer: "abab" }, { ...b, answer: "bcb" }], 32)); // biome-ignore format: two rows
  writeFileSync(join(at, "questions.jsonl"), rows([a, b], 8));
  writeFileSync(
    join(at, "share.ts"),
    `export const share = (answer: { readonly text: string }): number => [...answer.text].filter((c) => c === "a").length / 6;\n`,
  );
  return at;
}

const command = (recipe: string): string[] => [neuroc, "train", "--recipe", recipe, "--device", "cpu"];
const rewards = (at: string, recipe: string): { reward: number; kl?: number }[] =>
  readFileSync(join(at, "runs", recipe, "1", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { reward?: number })
    .filter((line): line is { reward: number; kl?: number } => line.reward !== undefined);

test.each([
  ["remembering", 0.75],
  ["actor", 0.9],
  ["leave_one_out", 0.9],
  ["relative", 0.85],
  ["proximal", 0.4],
])(
  "%s: the reward of the policy's own answers rises above %d",
  (recipe, least) => {
    const at = folder();
    const { status, stderr } = spawnSync(process.execPath, command(recipe), { cwd: at, encoding: "utf8" });
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    const told = rewards(at, recipe);
    expect(told[0]!.reward).toBeLessThan(0.3);
    const last = told.slice(-5);
    expect(last.reduce((sum, { reward }) => sum + reward, 0) / last.length).toBeGreaterThan(least);
    if (recipe === "proximal") expect(told[0]!.kl).toBeCloseTo(0, 5);
  },
  120_000,
);

test("killed while it reuses rollouts, a run ends with the bytes of one that was left alone", async () => {
  const [whole, broken] = [folder(), folder()];
  expect(spawnSync(process.execPath, command("proximal"), { cwd: whole }).status).toBe(0);
  for (const after of [4000, 5500]) {
    const child = spawn(process.execPath, command("proximal"), { cwd: broken, stdio: "ignore" });
    await new Promise((resolve) => setTimeout(resolve, after));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  }
  expect(spawnSync(process.execPath, command("proximal"), { cwd: broken }).status).toBe(0);
  const weights = (at: string) => readFileSync(join(at, "weights", "policy.safetensors"));
  expect(weights(broken).equals(weights(whole))).toBe(true);
}, 180_000);
