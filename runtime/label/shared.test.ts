// Labels that several machines share by a state: asked on one, answered on another, found on all, and nothing lost.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openState, type State, statePlace } from "../state/state.ts";
import type { Chosen } from "./choose.ts";
import { nameOf, type Pair } from "./pair.ts";
import { Queue } from "./queue.ts";
import { shareLabels } from "./shared.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-labels-"));
let state: State;
beforeAll(async () => {
  state = await openState(statePlace(process.env.NEURO_TEST_STATE, join(base, "state")));
}, 60_000);
afterAll(async () => {
  await state.close();
  rmSync(base, { recursive: true, force: true });
});

let system = "";
let count = 0;
let [one, other] = ["", ""];
beforeEach(() => {
  system = `zoo ${process.pid} ${count++}`;
  [one, other] = [join(base, `${count} one`), join(base, `${count} other`)];
  for (const root of [one, other]) mkdirSync(root);
});
const share = (root: string) => shareLabels(state, { system, root });
const pair = (i: number): Pair => ({
  prompt: [{ role: "user", content: `question ${i}\0 «и ещё»` }],
  documents: [],
  left: { text: `left ${i}` },
  right: { text: `right ${i}` },
});
const chosen = (...numbers: number[]): Chosen[] =>
  numbers.map((i) => ({ pair: nameOf(pair(i)), row: pair(i), turned: i % 2 === 1, random: false }));
type Told = Record<string, unknown>;
const lines = (root: string, file: string): Told[] => {
  const path = join(root, "labels", `${file}.jsonl`);
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Told)
    : [];
};
const fill = (root: string, at: number, p: number, annotator: string) => {
  const all = lines(root, "side.todo");
  all[at] = { ...all[at], p, annotator };
  writeFileSync(join(root, "labels/side.todo.jsonl"), all.map((line) => `${JSON.stringify(line)}\n`).join(""));
};
const settle = async (root: string, ...numbers: number[]) => new Queue(root, "side", ["main"]).settle(chosen(...numbers));

test("what one asks waits on all; what another answers is found by the first, and waits nowhere", async () => {
  await settle(one, 1, 2, 3);
  expect(await share(one)).toEqual({ got: 0, given: 3 });
  expect(await share(other)).toEqual({ got: 3, given: 0 });
  expect(lines(other, "side.todo")).toEqual(lines(one, "side.todo"));
  fill(other, 0, 0.75, "ann");
  await settle(other);
  expect(await share(other)).toEqual({ got: 0, given: 1 });
  expect(await share(one)).toEqual({ got: 1, given: 0 });
  const { answers, waiting } = await settle(one, 1, 2, 3);
  expect(waiting).toBe(2);
  // The first was shown with its sides turned.
  expect(answers.get(nameOf(pair(1)))).toMatchObject([{ left: { text: "left 1" }, p: 0.25, annotator: "ann" }]);
  expect(lines(one, "side.todo").length).toBe(2);
  expect(await share(one)).toEqual({ got: 0, given: 0 });
  expect([lines(other, "side"), lines(other, "side.todo")]).toEqual([lines(one, "side"), lines(one, "side.todo")]);
});

test("two who answer the same pair are both heard, also when neither knows of the other", async () => {
  await settle(one, 2);
  await share(one);
  await share(other);
  fill(one, 0, 1, "ann");
  fill(other, 0, 0, "bob");
  // Answered in the file, but not yet moved: it stays where it was written.
  await share(other);
  expect(lines(other, "side.todo")).toMatchObject([{ p: 0, annotator: "bob" }]);
  for (const root of [one, other, one]) {
    await settle(root, 2);
    await share(root);
  }
  await share(other);
  for (const root of [one, other]) {
    expect(
      lines(root, "side")
        .map(({ p, annotator }) => [annotator, p])
        .sort(),
    ).toEqual([
      ["ann", 1],
      ["bob", 0],
    ]);
    expect(lines(root, "side.todo")).toEqual([]);
  }
});

test("a program may answer in the state; what it wrote moves like what people write into the file", async () => {
  await settle(one, 1, 2);
  await share(one);
  const answering =
    "update neuro.labels set p = 0.9, annotator = 'tool' where system = $1 and name = 'side' and asked like $2 and not answer";
  await state.query(answering, [system, `${nameOf(pair(2))}%`]);
  await expect(state.query("update neuro.labels set p = 3 where system = $1", [system])).rejects.toThrow(/check/);
  await share(one);
  expect((await settle(one, 1, 2)).answers.get(nameOf(pair(2)))).toMatchObject([{ p: 0.9, annotator: "tool" }]);
  await share(one);
  await share(other);
  expect([lines(other, "side").length, lines(other, "side.todo").length]).toEqual([1, 1]);
  expect(await state.query("select 1 from neuro.labels where system = $1", [system])).toHaveLength(2);
});

test("labels that were there before the state was, and sets of another spec, are left whole", async () => {
  await settle(one, 1, 2);
  fill(one, 1, 0.5, "ann");
  await settle(one, 1, 2);
  const before = [lines(one, "side"), lines(one, "side.todo")];
  const own = readFileSync(join(one, "labels/side.jsonl"), "utf8");
  writeFileSync(join(one, "labels/side.jsonl"), own.trimEnd());
  await share(one);
  expect([lines(one, "side"), lines(one, "side.todo")]).toEqual(before);
  const unlike = await shareLabels(state, { system: `${system} another`, root: other });
  expect([unlike, existsSync(join(other, "labels"))]).toEqual([{ got: 0, given: 0 }, false]);
});
