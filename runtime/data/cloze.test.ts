import { expect, test } from "vitest";
import { cloze } from "./cloze.ts";

const texts = [
  { title: "Oslo", text: "Oslo lies at a fjord. Ships leave the harbour daily. Trams run all night." },
  { title: "Norway", text: "It is a kingdom in the north. It has many fjords." },
  { title: "", text: "One sentence asks for nothing." },
];
const options = { each: 4, keep: 0, least: 5, seed: 1 };
const drawn = async (more: Partial<typeof options> = {}) =>
  (await Array.fromAsync(cloze(texts, { ...options, ...more }))).map(
    ({ prompt, documents }) => [prompt[0]!.content, documents[0]!] as const,
  );

test("a sentence asks for the rest of its document, and a title that the text does not begin with for the text", async () => {
  const rows = await drawn();
  expect(rows.filter(([asked]) => asked === "Norway")).toEqual([["Norway", { title: "", text: texts[1]!.text }]]);
  for (const [asked, { title, text }] of rows) {
    expect(text).not.toContain(asked);
    if (title === "Oslo") expect(texts[0]!.text).toContain(asked);
  }
  expect(rows).toHaveLength(8);
});

test("no sentence asks twice before all have, and the same seed draws the same rows", async () => {
  const asked = (await drawn({ each: 3 })).filter(([, { title }]) => title === "Oslo").map(([question]) => question);
  expect(new Set(asked).size).toBe(3);
  expect(await drawn()).toEqual(await drawn());
  expect(await drawn({ seed: 2 })).not.toEqual(await drawn());
});

test("a share of the documents keeps its sentence", async () => {
  for (const [asked, { text }] of await drawn({ keep: 1 })) if (text.includes("fjord")) expect(`Norway ${text}`).toContain(asked);
});
