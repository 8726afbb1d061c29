// Labels around a run: what the state has is there before, what the run left is in it after, and without a state nothing is touched.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nameOf, type Pair } from "../runtime/label/pair.ts";
import { Queue } from "../runtime/label/queue.ts";
import { withLabels } from "./labels.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-train-labels-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const row: Pair = {
  prompt: [{ role: "user", content: "which?" }],
  documents: [],
  left: { text: "this" },
  right: { text: "that" },
};
const ask = (root: string) => new Queue(root, "side", ["main"]).settle([{ pair: nameOf(row), row, turned: false, random: true }]);

test("what a recipe asks on one machine waits on another, and runs without a state leave no state behind", async () => {
  const [one, other, state] = ["one", "other", "state"].map((name) => join(base, name)) as [string, string, string];
  for (const root of [one, other]) mkdirSync(root);
  expect(await withLabels({ name: "zoo", root: one }, "", async () => "done")).toBe("done");
  expect(existsSync(join(one, ".state"))).toBe(false);
  await withLabels({ name: "zoo", root: one }, state, () => ask(one));
  const there = await withLabels({ name: "zoo", root: other }, state, async () =>
    readFileSync(join(other, "labels/side.todo.jsonl"), "utf8"),
  );
  expect(JSON.parse(there)).toMatchObject({ left: "this", right: "that", p: null });
  await expect(withLabels({ name: "zoo", root: one }, "mysql://x", async () => 1)).rejects.toMatchObject({
    code: "state_address",
  });
}, 60_000);
