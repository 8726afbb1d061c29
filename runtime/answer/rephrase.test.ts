// A dialog's questions by a model that follows instructions, by one that does not, and by rules.
import { expect, test } from "vitest";
import type { Dialog, StageContext } from "../types.ts";
import type { Draft, LanguageModel } from "./model.ts";
import { rephrase } from "./rephrase.ts";

const dialog: Dialog = [
  { role: "user", content: "What is the capital of Norway?" },
  { role: "assistant", content: "Oslo [1]." },
  { role: "user", content: "How many people live there?" },
];
const notes: Record<string, unknown> = {};
const note = (name: string, value: unknown) => Object.assign(notes, { [name]: value });
const at = { note } as unknown as StageContext;
const saying = (draft: Draft, seen: unknown[] = []): LanguageModel => ({
  name: "fake",
  write: async (prompt, blocks, _decoding, _context, task) => {
    seen.push({ turns: prompt.length, blocks: blocks.length, task });
    return draft;
  },
});
const asked = (by: Parameters<typeof rephrase>[1], most = 3, prompt = dialog) => rephrase(prompt, by, { most }, at);

test("a model is told the task and shown the dialog; its list is taken", async () => {
  const seen: { turns: number; task: string }[] = [];
  expect(await asked(saying({ text: '["population of Oslo", "Oslo inhabitants"]' }, seen))).toEqual([
    "population of Oslo",
    "Oslo inhabitants",
  ]);
  expect(seen).toMatchObject([{ turns: 3, blocks: 0, task: expect.stringContaining("at most 3") }]);
  const long = Array.from({ length: 40 }, () => dialog[0]!);
  await asked(saying({ text: "[]" }, seen), 3, [...long, dialog[2]!]);
  expect(seen.at(-1)!.turns).toBeLessThan(20);
});

test("what is no list of questions, and a model's silence, are replaced by rules, which the trace tells", async () => {
  for (const text of ["Oslo has 700 thousand people.", "[]", "", '["!"]']) {
    delete notes["by rules"];
    expect(await asked(saying({ text }))).toEqual(["Oslo Norway: How many people live there?"]);
    expect(notes["by rules"]).toBe(true);
  }
  expect(await asked({ kind: "rules" })).toEqual(["Oslo Norway: How many people live there?"]);
  expect(await asked({ kind: "rules" }, 3, [])).toEqual([]);
});

test("a model that was trained to write questions writes them as lines, and the last turn is asked besides", async () => {
  const draft = { text: "population of Oslo\nhow many live in Oslo\nOslo size", untold: true } as const;
  expect(await asked(saying(draft))).toEqual(["population of Oslo", "how many live in Oslo", "How many people live there?"]);
  expect(await asked(saying(draft), 1)).toEqual(["population of Oslo"]);
  expect(await asked(saying({ text: "I do not know.", untold: true }))).toEqual(["Oslo Norway: How many people live there?"]);
});
