// A recipe from a spec with every kind of step: killed at any moment it ends with the bytes of a run that was left alone; a full disk and Ctrl-C lose
// nothing; what did not change is not done again; a guard ends a fit and says why.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";

const neuroc = new URL("../bin/neuroc.mjs", import.meta.url).pathname;
const model =
  "EncoderDecoder { tokenizer: words, width: 32, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 64, copy: 8, window: 64 tokens }";
const spec = (form = "0.5", then = "") => `
use std.models { EncoderDecoder }
use std.objectives { cross_entropy, reinforce, dpo }
use std.data { rollouts, sample, top, pairs, Instruct }
use std.foresight { gate, knowledge }
use std.weights { liti, slerp }
dataset seeds: Instruct = jsonl("seeds.jsonl")
dataset facts: Instruct = jsonl("facts.jsonl")
dataset questions: { prompt: Dialog } = jsonl("questions.jsonl")
tokenizer words = bpe(vocab: 270, from: seeds)
model policy: ${model}
extern fn share(answer: Answer) -> Float from "./share.ts"
reward wanted(answer: Answer, form: Float in 0..1 = ${form}, q: Float = 0) {
  near  = log(sigmoid(share(answer) - q))
  short = soft(tokens(answer) <= 4 tokens)
  total = near + form * short
}
train improved(start: LanguageModel, prompts: Dataset<{ prompt: Dialog }>, by: Reward, rounds: Int = 1) -> LanguageModel {
  repeat i in 1..rounds {
    runs = for m in 1..2 {
      fit(start, by: dpo(reference: start), on: pairs(sample(start, prompts, n: 6, most: 6 tokens, seed: i), by: by, gap: 51%),
          steps: 6 steps, batch: 4, seed: [i, m])
    }
    start = liti(start, slerp(runs, from: start), 0.3)
  }
  start
}
train neuro {
  before = evaluate(policy, by: cross_entropy, on: seeds)
  policy = fit(policy, by: cross_entropy, on: seeds, steps: 60 steps, batch: 8, rate: 5e-3, stop: guard(on: facts, every: 10 steps, loss: 80%))
  report(before: before, after: evaluate(policy, by: cross_entropy, on: seeds))
  drawn  = sample(policy, questions, n: 16, most: 6 tokens)
  q      = quantile(top(drawn, 8, by: wanted).reward, 85%)
  open   = gate(policy, questions, by: wanted(q: q), n: 8, temperatures: [0.5, 1.0], most: 6 tokens)
  what   = knowledge(policy, facts, shots: 1, times: 3, n: 4, most: 6 tokens)
  report(facts: what.certain, temperature: open.temperature)
  policy = fit(policy, by: reinforce(baseline: ramp(-0.5, 0, steps: 10 steps)), steps: 12 steps, batch: 16, rate: 5e-3,
    on: rollouts(policy, questions, by: wanted(q: q, form: ramp(0, 1, steps: 10 steps)), most: 6 tokens),
    stop: guard(every: 4 steps, kl: 30, length: 0..20 tokens, most: 8 tokens))
  policy = improved(policy, questions, wanted(q: q))
  repeat round in 1..3 until gap < 0.1 {
    policy = fit(policy, by: cross_entropy, on: seeds + facts, steps: 2 steps, batch: 4)
    gap = evaluate(policy, by: cross_entropy, on: facts)
    plot(round, gap: gap)
  }
  ${then}
}
train guarded {
  policy = fit(policy, by: cross_entropy, on: seeds, steps: 40 steps, batch: 8, rate: 5e-3, stop: guard(every: 5 steps, kl: 2, most: 8 tokens))
  together = evaluate(policy, by: cross_entropy, on: facts)
  alone    = evaluate(policy, by: cross_entropy, on: facts, batch: 1)
  require(abs(together - alone) < 1e-5, "a measurement depends on its batch")
}
`;

let built = "";
beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "neuro-recipes-"));
  const rows = (list: object[], times: number) =>
    Array.from({ length: times }, () => list.map((row) => `${JSON.stringify(row)}\n`).join("")).join("");
  const [a, b] = [{ prompt: "say a" }, { prompt: "say b" }];
  writeFileSync(join(built, "main.neuro"), spec());
  writeFileSync(join(built, "seeds.jsonl"), rows([{ ...a, answer: "abab" }, { ...b, answer: "bcb" }], 32)); // biome-ignore format: two rows
  writeFileSync(join(built, "facts.jsonl"), rows([{ ...a, answer: "abab" }, { ...b, answer: "bcb" }, { prompt: "say c", answer: "ccc" }], 1)); // biome-ignore format: rows
  writeFileSync(join(built, "questions.jsonl"), rows([a, b, { prompt: "say a b" }, { prompt: "say b a" }], 4));
  writeFileSync(
    join(built, "share.ts"),
    `export const share = (answer: { readonly text: string }): number => [...answer.text].filter((c) => c === "a").length / 6;\n`,
  );
  expect((await ended(command(built, ["build"]))).code).toBe(0);
}, 120_000);

function copy(): string {
  const at = mkdtempSync(join(tmpdir(), "neuro-recipes-"));
  cpSync(built, at, { recursive: true });
  return at;
}

const command = (at: string, words: string[], environment: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, [neuroc, ...words], {
    cwd: at,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });
const train = (at: string, environment?: NodeJS.ProcessEnv, words: string[] = []): ChildProcess =>
  command(at, ["train", "--recipe", "neuro", "--device", "cpu", ...words], environment);

function ended(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = "";
  child.stderr?.on("data", (chunk) => (text += chunk));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
}

const weights = (at: string): Buffer => readFileSync(join(at, "weights", "policy.safetensors"));
const journal = (at: string, run = "1"): { done?: string; key?: string; from?: string }[] =>
  readFileSync(join(at, "runs", "neuro", run, "journal.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: one line
const done = (at: string, run?: string): string[] =>
  journal(at, run).flatMap((line) => (line.done === undefined ? [] : [line.done]));
/** The steps that are done, and all that they hold. */
const results = (at: string): [string, string][] => {
  const steps = join(at, "runs", "neuro", "1", "steps");
  return readdirSync(steps).sort().map((key) => [key, readFileSync(join(steps, key, "result.json"), "utf8")]); // biome-ignore format: one line
};

let whole = "";
test("every kind of step runs, and a second run does nothing", async () => {
  whole = copy();
  const first = await ended(train(whole));
  expect(first.text).not.toMatch(/error|fault/);
  expect(first.code).toBe(0);
  const steps = done(whole);
  for (const kind of ["sample", "top", "better", "known", "shares", "policy by slerp", "policy by liti"])
    expect(steps).toContain(kind);
  expect((await ended(train(whole))).code).toBe(0);
  expect(done(whole)).toEqual(steps);
}, 180_000);

test("killed at many places, it ends with the same weights and the same results of every step", async () => {
  const broken = copy();
  let kills = 0;
  // Moments spread over the run by a fixed walk; each attempt goes on where the last one fell.
  for (let i = 0, wait = 900; i < 14; i++, wait = 700 + ((wait * 37) % 1300)) {
    const child = train(broken);
    const over = ended(child);
    const timer = setTimeout(() => child.kill("SIGKILL"), wait);
    const { code } = await over;
    clearTimeout(timer);
    if (code === 0) break;
    kills++;
  }
  expect(kills).toBeGreaterThan(2);
  expect((await ended(train(broken))).code).toBe(0);
  expect(weights(broken).equals(weights(whole))).toBe(true);
  expect(results(broken)).toEqual(results(whole));
}, 300_000);

test("Ctrl-C says what is kept and ends with 130, and the run goes on to the same bytes", async () => {
  const at = copy();
  const child = train(at);
  const over = ended(child);
  let asked = false;
  const timer = setInterval(() => {
    if (asked || !existsSync(join(at, "runs/neuro/1/metrics.jsonl"))) return;
    asked = child.kill("SIGINT");
  }, 20);
  const { code, text } = await over;
  clearInterval(timer);
  expect(code).toBe(130);
  expect(text).toMatch(/saved[\s\S]*Run the same command again/);
  expect((await ended(train(at))).code).toBe(0);
  expect(weights(at).equals(weights(whole))).toBe(true);
}, 120_000);

test("a full disk is said, leaves nothing half-written, and the run goes on once there is room", async () => {
  const at = copy();
  const full = join(at, "full.mjs");
  // The disk of this process has room for so many bytes of runs and weights.
  writeFileSync(
    full,
    `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
const write = fs.writeSync; let left = Number(process.env.ROOM);
fs.writeSync = (file, data, ...rest) => {
  left -= typeof data === "string" ? data.length : data.byteLength;
  if (left < 0 && file > 2) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
  return write(file, data, ...rest);
};
syncBuiltinESMExports();`,
  );
  for (const room of [2_000, 60_000, 900_000]) {
    const { code, text } = await ended(train(at, { ROOM: String(room), NODE_OPTIONS: `--import ${full}` }));
    expect(code).toBe(1);
    expect(text).toContain("the disk is full");
    expect(text).not.toContain("fault of its own");
    expect(text).toMatch(/run the same command again|Nothing was changed/);
  }
  // And as the system itself says it, here of the size of a file.
  const limit = `ulimit -f 100; exec "$0" "$@"`;
  const bounded = await ended(
    spawn("bash", ["-c", limit, process.execPath, neuroc, "train", at, "--recipe", "neuro", "--device", "cpu"]),
  );
  expect(bounded.code).toBe(1);
  expect(bounded.text).toMatch(
    /cannot be written: the file would be larger than the system allows[\s\S]*run the same command again/,
  );
  expect((await ended(train(at))).code).toBe(0);
  expect(weights(at).equals(weights(whole))).toBe(true);
  expect(results(at)).toEqual(results(whole));
}, 300_000);

test("another coefficient scores the stored samples anew and generates none of those that do not depend on it", async () => {
  const at = mkdtempSync(join(tmpdir(), "neuro-recipes-"));
  cpSync(whole, at, { recursive: true });
  const keys = (kind: string): string[] => journal(at).flatMap(({ done: name, key }) => (name === kind ? [key!] : []));
  const [samples, tops] = [keys("sample"), keys("top")];
  writeFileSync(join(at, "main.neuro"), spec("0.25"));
  expect((await ended(train(at))).code).toBe(0);
  // The first samples and the gate's are of a policy that the reward did not make.
  const again = keys("sample");
  expect(new Set(again.slice(0, 3))).toEqual(new Set(samples.slice(0, 3)));
  expect(keys("top").length).toBeGreaterThan(tops.length);
  const before = done(at).length;
  writeFileSync(join(at, "main.neuro"), spec("0.25", "report(last: 1)"));
  expect((await ended(train(at))).code).toBe(0);
  expect(done(at)).toHaveLength(before);
}, 180_000);

test("a fresh run takes over what another one did, and two at once are told apart", async () => {
  const at = mkdtempSync(join(tmpdir(), "neuro-recipes-"));
  cpSync(whole, at, { recursive: true });
  expect((await ended(train(at, {}, ["--fresh"]))).code).toBe(0);
  expect(journal(at, "2").filter((line) => line.done !== undefined && line.from === undefined)).toEqual([]);
  expect(weights(at).equals(weights(whole))).toBe(true);
  const busy = copy();
  const one = ended(train(busy));
  while (!existsSync(join(busy, "runs/neuro/1/lock"))) await new Promise((resolve) => setTimeout(resolve, 20));
  const other = await ended(train(busy));
  expect(other.code).toBe(1);
  expect(other.text).toMatch(/Process \d+ is at work in this run/);
  expect((await one).code).toBe(0);
}, 180_000);

test("a guard ends a fit with the weights of its last good look, says why, and the report shows it", async () => {
  const at = copy();
  const { code, text } = await ended(command(at, ["train", "--recipe", "guarded", "--device", "cpu"]));
  expect(code).toBe(0);
  expect(text).toMatch(
    /stopped after step \d+ by its guard: the distance to the start \(kl\) is [\d.]+, above 2\. The weights of step \d+ are kept/,
  );
  expect(readFileSync(join(at, "runs/guarded/1/report.html"), "utf8")).toContain("Ended by their guards");
}, 60_000);
