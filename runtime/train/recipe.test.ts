import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LocalModel } from "../decode/local-model.ts";
import { lessons, tinyRecipe } from "../tests/recipe.ts";
import { readLineage } from "../weights/lineage.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { hashWeights } from "../weights/tensors.ts";
import { readJournal } from "./journal.ts";
import { ema } from "./live.ts";
import type { Run } from "./run.ts";
import { Version } from "./version.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "neuro-recipe-"));
const settings = { by: "cross_entropy", on: lessons, batch: 8, rate: 0.02 };
const facts = { key: "m", where: "main.neuro:3" };
const weightsOf = (root: string): Buffer => readFileSync(join(root, "weights", "policy.safetensors"));
const done = (root: string): unknown[] =>
  (readJournal(join(root, "runs/neuro/1/journal.jsonl")) as { done?: string }[]).flatMap((line) => line.done ?? []);

test("publishes the last version with its lineage, and a second run does nothing twice", async () => {
  const root = folder();
  const report = await tinyRecipe(root).run();
  expect(report).toMatchObject({ id: "1", published: { policy: { path: join(root, "weights/policy.safetensors") } } });
  const file = readSafetensors(join(root, "weights/policy.safetensors"));
  const lineage = readLineage(join(root, "weights/policy.lineage.json"))!;
  expect(lineage.weights).toBe(hashWeights(file.tensors));
  expect(lineage.origins.map((origin) => origin.operation)).toEqual(["initialise", "fit", "fit"]);
  expect(lineage.origins[2]!.parents).toEqual([lineage.origins[1]!.weights]);
  expect(lineage.origins[1]).toMatchObject({ settings: { by: "cross_entropy", steps: 40, batch: 8 }, metrics: { step: 40 } });
  const before = weightsOf(root);
  await tinyRecipe(root).run();
  expect(done(root)).toHaveLength(2);
  expect(weightsOf(root).equals(before)).toBe(true);
});

test("an edit reruns only what depends on it, and equal steps are one", async () => {
  const root = folder();
  const body = (rate: number) => async (run: Run, policy: LocalModel) => {
    const [first] = await run.fit([run.start(policy)], { ...settings, steps: 3 }, facts);
    await run.fit([run.start(policy)], { ...settings, steps: 3 }, { ...facts, where: "main.neuro:9" });
    await run.fit([first], { ...settings, rate, steps: 2 }, facts);
  };
  await tinyRecipe(root, body(0.02)).run();
  expect(done(root)).toHaveLength(2);
  await tinyRecipe(root, body(0.03)).run();
  expect(done(root)).toHaveLength(3);
  await tinyRecipe(root, body(0.02)).run({ seed: 1 });
  expect(done(root)).toHaveLength(5);
});

test("other steps run once, by what they are given, and come back as they were stored", async () => {
  const root = folder();
  let calls = 0;
  const double = async function* (rows: readonly number[]): AsyncGenerator<number> {
    calls++;
    for (const row of rows) yield row * 2;
  };
  const seen: unknown[] = [];
  const body = async (run: Run): Promise<void> => {
    seen.push(await run.step("double", double, [[1, 2]], facts), await run.step("double", double, [[1, 2]], facts));
    seen.push(await run.step("double", double, [[3]], facts));
    expect(await run.each([1, 2], async (n) => n + 1)).toEqual([2, 3]);
    expect(run.range(1, 3)).toEqual([1, 2, 3]);
    run.plot(1, { best: 0.5 });
  };
  await tinyRecipe(root, body).run();
  await tinyRecipe(root, body).run();
  expect(seen).toEqual([[2, 4], [2, 4], [6], [2, 4], [2, 4], [6]]);
  expect(calls).toBe(2);
});

test("merges versions tensor by tensor, and knows what they came from", async () => {
  const root = folder();
  await tinyRecipe(root, async (run, policy) => {
    const start = run.start(policy);
    const runs = await run.each(
      [1, 2],
      async (seed) => (await run.fit([start], { ...settings, steps: 4, seed }, facts))[0] as Version,
    );
    const merged = await run.merge("halfway", { runs, from: start, share: 0.5 }, facts);
    const at = (version: Version, i: number): number => version.tensors.get("table")!.data[i]!;
    for (const i of [0, 17, 1000]) {
      const mean = (at(runs[0]!, i) + at(runs[1]!, i)) / 2;
      expect(at(merged, i)).toBeCloseTo(at(start, i) + 0.5 * (mean - at(start, i)), 6);
    }
    expect(merged.origins.map((origin) => origin.operation)).toEqual(["initialise", "fit", "fit", "halfway"]);
    expect(merged.origins[3]).toMatchObject({ parents: [runs[0]!.hash, runs[1]!.hash, start.hash], settings: { share: 0.5 } });
    expect((await run.merge("halfway", { runs, from: start, share: 0.5 }, facts)).key).toBe(merged.key);
    await expect(run.merge("soup", { runs }, facts)).rejects.toThrow(/has no program for the merge soup of 2 runs/);
    const half = new Version(start.model, "half", [], () => new Map([...start.tensors].slice(1)), start.device);
    await expect(run.merge("halfway", { runs, from: half, share: 1 }, facts)).rejects.toMatchObject({
      code: "weights_differ",
      message: expect.stringMatching(
        /^halfway was given policy and policy, whose tensors differ: \S+ is (absent|\[[\d, ]+\]) in policy and/,
      ),
      where: facts.where,
    });
    await expect(run.merge("halfway", { runs: [...runs, start], from: start, share: 1 }, facts)).rejects.toThrow(
      /halfway of 3 runs/,
    );
  }).run();
});

test("a moving average follows the model that is trained, goes on after a stop, and is not what was frozen", async () => {
  const train = async (root: string, stop: boolean): Promise<string> => {
    let hash = "";
    const body = (reference: (start: Version) => Version) => async (run: Run, policy: LocalModel) => {
      const start = run.start(policy);
      const average = await run.step("ema", reference, [start], facts);
      const [after] = await run.fit([start], { ...settings, by: "anchored", with: { reference: average }, steps: 12 }, facts);
      hash = after!.hash;
    };
    const control = new AbortController();
    const options = { every: 0, signal: control.signal };
    if (stop) setTimeout(() => control.abort(), 60);
    await tinyRecipe(
      root,
      body((start) => ema(start, 0.5)),
    )
      .run(stop ? options : {})
      .catch((error) => void expect(error.code).toBe("interrupted"));
    if (stop)
      await tinyRecipe(
        root,
        body((start) => ema(start, 0.5)),
      ).run();
    const followed = hash;
    await tinyRecipe(
      folder(),
      body((start) => ema(start, 1)),
    ).run();
    expect(followed).not.toBe(hash);
    return followed;
  };
  expect(await train(folder(), true)).toBe(await train(folder(), false));
});

test("says which setting of fit is wrong, and on which line", async () => {
  const refusal = async (more: object): Promise<string> => {
    const body = (run: Run, policy: LocalModel): Promise<unknown> => run.fit([policy], { ...settings, ...more }, facts);
    return tinyRecipe(folder(), body)
      .run()
      .then(
        () => "accepted",
        (error) => `${error.where}: ${error.message}`,
      );
  };
  expect(await refusal({ steps: -1 })).toBe("main.neuro:3: fit: `steps` is -1 and must be 0 or more.");
  expect(await refusal({ steps: 1, epochs: 1 })).toBe("main.neuro:3: fit: `steps` and `epochs` are both given.");
  expect(await refusal({ precision: "bf16" })).toBe("main.neuro:3: fit: this version trains in f32, not bf16.");
  expect(await refusal({ by: "dpo" })).toContain("The build has no program policy.dpo.step.");
});

test("a run that nobody may write into, or that somebody is at work in, is refused with what was there intact", async () => {
  const root = folder();
  writeFileSync(join(root, "runs"), "a file");
  await expect(tinyRecipe(root).run()).rejects.toThrow(/cannot be written: a part of its path is a file/);
  expect(readdirSync(root)).toEqual(["runs"]);
  const busy = folder();
  await tinyRecipe(busy, async () => {
    await expect(tinyRecipe(busy).run()).rejects.toThrow(/is at work in this run/);
    await expect(tinyRecipe(busy, async () => {}).run({ fresh: true })).resolves.toMatchObject({ id: "2" });
  }).run();
  expect(existsSync(join(busy, "runs/neuro/1/lock"))).toBe(false);
});

/** Runs the recipe in another process; kills it after so many milliseconds of work. Gives whether it ended by itself. */
function child(root: string, after?: number, signal: NodeJS.Signals = "SIGKILL"): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [new URL("../tests/recipe.ts", import.meta.url).pathname, root], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    running.stderr.on("data", (chunk) => (said += chunk));
    const timer = setInterval(() => {
      if (after === undefined || !existsSync(join(root, "runs/neuro/1/metrics.jsonl"))) return;
      clearInterval(timer);
      setTimeout(() => running.kill(signal), after);
    }, 2);
    running.once("exit", (code) => {
      clearInterval(timer);
      if (code !== 0 && code !== null) reject(new Error(said));
      else resolve(code === 0);
    });
  });
}

test("killed at any moment and begun again, a run ends with the bytes of an uninterrupted one", async () => {
  const whole = folder();
  await child(whole);
  const broken = folder();
  let kills = 0;
  for (const after of [3, 40, 90]) kills += (await child(broken, after)) ? 0 : 1;
  await child(broken);
  expect(kills).toBeGreaterThan(1);
  expect(weightsOf(broken).equals(weightsOf(whole))).toBe(true);
  expect(readFileSync(join(broken, "weights/policy.lineage.json"), "utf8")).toBe(
    readFileSync(join(whole, "weights/policy.lineage.json"), "utf8"),
  );
  const steps = (root: string): unknown[] =>
    (readJournal(join(root, "runs/neuro/1/metrics.jsonl")) as { key: string; step: number; loss: number }[]).map(
      ({ key, step, loss }) => ({ key, step, loss }),
    );
  expect(steps(broken)).toEqual(steps(whole));
  expect(readdirSync(join(broken, "runs/neuro/1")).sort()).toEqual([
    "events",
    "journal.jsonl",
    "metrics.jsonl",
    "report.html",
    "steps",
  ]);
});

test("Ctrl-C stops at a step with everything saved and says how to go on", async () => {
  const root = folder();
  await expect(child(root, 30, "SIGINT")).rejects.toThrow(
    /stopped after step \d+ of \d+; everything is saved.[\s\S]*Run the same command again to go on from here/,
  );
  expect(readJournal(join(root, "runs/neuro/1/journal.jsonl")).at(-1)).toMatchObject({ ended: "interrupted" });
  expect(existsSync(join(root, "runs/neuro/1/lock"))).toBe(false);
  expect(await child(root)).toBe(true);
});
