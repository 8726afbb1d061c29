// Answers whose sentences are checked: what becomes of footnotes that do not hold and of sentences that nothing bears out, and what is told meanwhile.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer, Block, Context, Dialog, StageContext } from "../types.ts";
import type { Checker, Unsupported } from "./checker.ts";
import { answerOver } from "./footnotes.ts";
import { generate } from "./generate.ts";
import type { LanguageModel } from "./model.ts";
import { verify } from "./verify.ts";

const texts = ["Oslo is the capital of Norway.", "Bergen has 290 thousand people.", "It rains often in Bergen."];
const blocks = texts.map((text, i): Block => {
  const doc = { id: `${i + 1}.md`, title: "", url: `${i + 1}.md`, text };
  return { number: i + 1, doc, start: 0, end: text.length, text, score: 3 - i };
});
const context: Context = { blocks, tokens: 20 };
const prompt: Dialog = [{ role: "user", content: "What of Norway?" }];

/** Every fact of a sentence, a word in capitals, must stand among the passages' words. */
const facts: Checker = (_, passages, sentence) => {
  const there = passages.map(({ text }) => text.toLowerCase()).join(" ");
  const said = sentence.toLowerCase().match(/\p{L}{4,}|\d+/gu) ?? [];
  return said.filter((word) => there.includes(word)).length / Math.max(1, said.length);
};
const words = { kind: "words" } as const;

const at = (more: Partial<StageContext> = {}): StageContext & { notes: Record<string, unknown> } => {
  const notes: Record<string, unknown> = {};
  return {
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    seed: 0,
    device: "cpu",
    offsets: () => [],
    note: (name, value) => {
      notes[name] = value;
    },
    ...more,
    notes,
  };
};
/** A model that writes the pieces of a text one after the other. */
const writing = (pieces: readonly string[]): LanguageModel => ({
  name: "fake",
  async write(_prompt, _blocks, _decoding, { onText }) {
    let text = "";
    for (const piece of pieces) {
      text += piece;
      onText?.(text.trimEnd());
      await Promise.resolve();
    }
    return { text, tokens: [1, 2, 3] };
  },
});
const asked = (text: string, unsupported: Unsupported["kind"], checked: Checker | typeof words = facts, stage = at()) =>
  generate(writing([text]), prompt, context, { checked, least: 1, unsupported: { kind: unsupported } }, stage);
const outcomes = ({ checks }: Answer) => checks?.sentences.map(({ outcome }) => outcome);

test("what holds stays as it was written, tokens included", async () => {
  const answer = await asked("Oslo is the capital of Norway [1]. It often rains in Bergen. [3]", "drop");
  expect(answer).toMatchObject({ text: "Oslo is the capital of Norway [1]. It often rains in Bergen. [3]", tokens: [1, 2, 3] });
  expect(outcomes(answer)).toEqual(["supported", "supported"]);
  expect(answer.checks).toMatchObject({ by: "facts", least: 1, told: { recall: 1, precision: 1 }, written: { recall: 1 } });
});

test.each<[Unsupported["kind"], string, string]>([
  ["keep", "Oslo is the capital [3]. Bergen has snow [2].", "unsupported unsupported"],
  ["repair", "Oslo is the capital [1]. Bergen has snow.", "repaired unsupported"],
  ["drop", "Oslo is the capital [1].", "repaired dropped"],
])("a footnote that does not hold, and a sentence that nothing bears out: %s", async (unsupported, text, wanted) => {
  const stage = at();
  const answer = await asked("Oslo is the capital [3]. Bergen has snow [2].", unsupported, facts, stage);
  expect(answer.text).toBe(text);
  expect(outcomes(answer)!.join(" ")).toBe(wanted);
  expect(answer.checks!.written).toMatchObject({ recall: 0, precision: 0, sentences: 2, citations: 2 });
  expect(answer.sources.map(({ number }) => number)).toEqual([...new Set(answer.footnotes.map(({ number }) => number))].sort());
  for (const { start, end, outcome, written } of answer.checks!.sentences) {
    expect(answer.text.slice(start, end) === "").toBe(outcome === "dropped");
    expect(written).toMatch(/\[[23]\]/);
  }
  expect(stage.notes["checked by"]).toBe("facts");
  expect(answer.tokens).toEqual(unsupported === "keep" ? [1, 2, 3] : undefined);
});

test("a needless footnote goes, one that is missing is put, and two blocks bear out together what neither does alone", async () => {
  expect((await asked("It rains in Bergen [3][1]. Bergen has 290 thousand people!", "repair")).text).toBe(
    "It rains in Bergen [3]. Bergen has 290 thousand people [2]!",
  );
  const joint = await asked("Oslo is the capital and Bergen has people [1].", "drop");
  expect(joint.text).toBe("Oslo is the capital and Bergen has people [1][2].");
  expect(joint.checks).toMatchObject({ told: { recall: 1, precision: 1 }, written: { recall: 0 } });
});

test("an answer of which nothing holds says that it does not know; one that knows nothing is not checked", async () => {
  const none = await asked("Paris is in France [1]. Rome, too.", "drop");
  expect(none).toMatchObject({ text: "I do not know: these documents do not say.", known: false, sources: [] });
  expect(outcomes(none)).toEqual(["dropped", "dropped"]);
  expect(none.checks!.told).toBeUndefined();
  const unknown = await asked("I do not know.", "drop");
  expect(unknown).toMatchObject({ text: "I do not know.", known: false });
  expect(unknown.checks).toBeUndefined();
  const partly = await asked("I do not know who rules. Oslo is the capital [1].", "drop");
  expect(partly).toMatchObject({ text: "I do not know who rules. Oslo is the capital [1].", known: true });
});

test("std's checker by words wants every number and name, and most of the words, in either language", async () => {
  expect((await asked("Bergen has 290 thousand people [1].", "repair", words)).text).toBe("Bergen has 290 thousand people [2].");
  expect(outcomes(await asked("Bergen has 291 thousand people [2].", "drop", words))).toEqual(["dropped"]);
  expect(outcomes(await asked("Bergen is the capital of Sweden [1].", "keep", words))).toEqual(["unsupported"]);
});

test("a checker that gives no number fails the stage and says what it gave", async () => {
  const odd = (() => Number.NaN) as Checker;
  await expect(asked("Oslo is the capital [1].", "repair", odd)).rejects.toMatchObject({ code: "check_not_number" });
  const broken = (() => Promise.reject(new Error("gone"))) as Checker;
  await expect(asked("Oslo is the capital [1].", "repair", broken)).rejects.toThrow("gone");
});

test("what is told is always the beginning of the answer, and does not depend on the pieces in which it was written", async () => {
  const sentence = fc.constantFrom(
    "Oslo is the capital [1]. ",
    "It rains [2][3]. ",
    "Snow falls. [1]\n",
    "Dr. Oslo has 290 people [2]. ",
    "I do not know.\n\n",
    "- Bergen\n",
    "--- ",
  );
  const answers = fc.array(sentence, { minLength: 1, maxLength: 5 }).map((list) => list.join("").trim());
  const kinds = fc.constantFrom<Unsupported["kind"]>("keep", "repair", "drop");
  await fc.assert(
    fc.asyncProperty(answers, kinds, fc.integer({ min: 1, max: 9 }), async (text, unsupported, size) => {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g"))!;
      const told: string[] = [];
      const options = { checked: facts, least: 1, unsupported: { kind: unsupported } };
      const watched = await generate(writing(pieces), prompt, context, options, at({ onText: (so) => told.push(so) }));
      const whole = await generate(writing([text]), prompt, context, options, at());
      expect(watched.text).toBe(whole.text);
      expect(watched.checks).toEqual(whole.checks);
      for (const so of told) expect(watched.text.startsWith(so)).toBe(true);
      for (const { number } of watched.footnotes) expect(watched.sources.some((source) => source.number === number)).toBe(true);
      if (unsupported !== "keep" && watched.checks?.told) {
        expect(watched.checks.told.recall).toBeGreaterThanOrEqual(watched.checks.written.recall);
        expect(watched.checks.told.citations === 0 || watched.checks.told.precision === 1).toBe(true);
      }
      if (unsupported === "drop" && watched.checks?.told) expect(watched.checks.told.recall).toBe(1);
    }),
    { numRuns: 300 },
  );
});

test("an answer that is there already is checked against its own sources and the rest of a context", async () => {
  const other = { ...blocks[2]!, number: 1 };
  const quoted = answerOver("Oslo is the capital [1]. It rains often [1].", [other], { known: true });
  const told: string[] = [];
  const options = { by: facts, least: 1, unsupported: { kind: "repair" } } as const;
  const answer = await verify(quoted, context, prompt, options, at({ onText: (so) => told.push(so) }));
  expect(answer.text).toBe("Oslo is the capital [2]. It rains often [1].");
  expect(answer.sources.map(({ number, doc }) => [number, doc.id])).toEqual([
    [1, "3.md"],
    [2, "1.md"],
  ]);
  expect(told.at(-1)).toBe(answer.text);
  const same = await verify({ ...quoted, known: false }, context, prompt, options, at());
  expect(same.checks).toBeUndefined();
});
