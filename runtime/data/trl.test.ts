// TRL's dataset formats (https://huggingface.co/docs/trl/dataset_formats), the other dialogs of the world, and real preferences.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonl, openDataset } from "./dataset.ts";
import { type Row, toRow } from "./row.ts";

const u = (content: string) => ({ role: "user", content });
const a = (content: string) => ({ role: "assistant", content });
const read = (value: object): Partial<Row> => toRow(value, "rows.jsonl:7");
const refused = (value: object): string => {
  try {
    return `accepted as ${JSON.stringify(read(value))}`;
  } catch (error) {
    return (error as Error).message;
  }
};
const sky = [u("What colour is the sky?")];

test("language modelling: a text stays a text, messages are split before the last answer", () => {
  expect(read({ text: "The sky is blue." })).toEqual({ text: "The sky is blue.", prompt: [], documents: [] });
  expect(read({ messages: [...sky, a("Blue.")] })).toMatchObject({ prompt: sky, answer: { text: "Blue." } });
  expect(read({ messages: [{ role: "system", content: "Be brief." }, ...sky, a("Blue."), u("Sure?"), a("Yes.")] })).toMatchObject(
    {
      prompt: [{ role: "system", content: "Be brief." }, ...sky, a("Blue."), u("Sure?")],
      answer: { text: "Yes." },
    },
  );
});

test("prompts alone, and prompts with completions, as texts and as messages", () => {
  expect(read({ prompt: "What colour is the sky?" }).prompt).toEqual(sky);
  expect(read({ prompt: sky }).prompt).toEqual(sky);
  for (const completion of ["Blue.", [a("Blue.")]])
    for (const prompt of ["What colour is the sky?", sky])
      expect(read({ prompt, completion })).toEqual({ prompt: sky, documents: [], answer: { text: "Blue." } });
});

test("preferences with their prompt, and with a prompt that is what both dialogs begin with", () => {
  const wanted = { prompt: sky, documents: [], chosen: { text: "Blue." }, rejected: { text: "Green." } };
  expect(read({ prompt: "What colour is the sky?", chosen: "Blue.", rejected: "Green." })).toEqual(wanted);
  expect(read({ prompt: sky, chosen: [a("Blue.")], rejected: [a("Green.")] })).toEqual(wanted);
  expect(read({ chosen: [...sky, a("Blue.")], rejected: [...sky, a("Green.")] })).toEqual(wanted);
  expect(read({ prompt: "What colour is the sky?", chosen: [...sky, a("Blue.")], rejected: [...sky, a("Green.")] })).toEqual(
    wanted,
  );
  const transcript = (last: string) => `\n\nHuman: What colour is the sky?\n\nAssistant: ${last}`;
  expect(read({ chosen: transcript("Blue."), rejected: transcript("Green.") })).toEqual(wanted);
  expect(read({ prompt: transcript(""), chosen: " Blue.", rejected: " Green." })).toMatchObject({ prompt: sky });
});

test("labels of single answers keep their label", () => {
  expect(read({ prompt: sky, completion: [a("Blue.")], label: true })).toMatchObject({ answer: { text: "Blue." }, label: true });
});

test("ShareGPT's messages, contents in parts, a developer's words", () => {
  const from = (who: string, value: string) => ({ from: who, value });
  expect(read({ conversations: [from("human", "What colour is the sky?"), from("gpt", "Blue.")] })).toMatchObject({
    prompt: sky,
    answer: { text: "Blue." },
  });
  const parts = [{ type: "text", text: "What colour " }, { type: "text", text: "is the sky?" }]; // biome-ignore format: two parts
  expect(
    read({
      prompt: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: parts },
      ],
    }).prompt,
  ).toEqual([{ role: "system", content: "Be brief." }, ...sky]);
});

test("refuses preferences that answer different prompts or end with the user, with the place", () => {
  expect(refused({ chosen: [...sky, a("Blue.")], rejected: [u("And the sea?"), a("Green.")] })).toBe(
    "rows.jsonl:7 has `chosen` and `rejected` that part at turn 1, before their last ones, so they answer different prompts.",
  );
  expect(refused({ chosen: [...sky, a("Blue.")], rejected: [...sky, a("Green."), u("Sure?"), a("No.")] })).toContain(
    "part at turn 2",
  );
  expect(refused({ chosen: [...sky, a("Blue."), u("Sure?")], rejected: [...sky, a("Green."), u("Sure?")] })).toBe(
    "rows.jsonl:7 has `chosen` that does not end with a turn of the assistant.",
  );
  expect(refused({ prompt: "And the sea?", chosen: [...sky, a("Blue.")], rejected: [...sky, a("Green.")] })).toBe(
    "rows.jsonl:7 has a `prompt` that is not what `chosen` and `rejected` begin with.",
  );
  expect(refused({ prompt: [{ role: "user", content: [{ type: "image" }] }] })).toContain("has a message 1 in `prompt` without");
});

const real = join(import.meta.dirname, "../../../shared/data/preferences");
test.runIf(existsSync(real))(
  "HH-RLHF opens as it is: every row a prompt, two answers, the prompt's last turn the person's",
  async () => {
    const rows = await Array.fromAsync(openDataset("hh", () => jsonl("hh-rlhf-harmless-test.jsonl.gz"), real));
    expect(rows).toHaveLength(2312);
    expect(rows.filter(({ prompt }) => prompt.at(-1)?.role !== "user")).toEqual([]);
    expect(rows.filter(({ prompt }) => prompt.some(({ role }, i) => role === prompt[i + 1]?.role))).toEqual([]);
    const said = (name: string) => rows.map((row) => (row[name] as { text: string }).text);
    expect(said("chosen").filter((text, i) => text === said("rejected")[i])).toEqual([]);
    expect(rows[0]).toMatchObject({
      prompt: [u("what are some pranks with a pen i can do?"), {}, u("yep"), {}, {}],
      chosen: { text: expect.stringMatching(/^No, sorry! {2}All of these involve a pen/) },
    });
  },
);
