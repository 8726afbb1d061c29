// ALCE's citation recall and precision: what its script prints for made cases, and what must hold whatever a checker thinks.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cited, citationScores, type Supports } from "./citations.ts";

const inside =
  (documents: ReadonlyMap<number, string>): Supports =>
  (cites, claim) =>
    cites
      .map((number) => documents.get(number))
      .join("\n")
      .toLowerCase()
      .includes(claim.toLowerCase());
const known = (documents: ReadonlyMap<number, string>) => (number: number) => documents.has(number);

// The reference implementation prints 66.67 and 66.67 with one over-citation here (with a test of substrings in place of its model).
test("citations are scored as ALCE's script scores them", async () => {
  const documents = new Map([
    [1, "cats purr"],
    [2, "dogs bark"],
    [3, "noise"],
  ]);
  const score = (sentences: readonly Cited[], supports = inside(documents)) =>
    citationScores(sentences, known(documents), supports);
  const scores = await score([
    { claim: "Cats purr", cites: [1, 3] },
    { claim: "Dogs bark", cites: [2] },
    { claim: "Fish swim", cites: [] },
  ]);
  expect(scores).toEqual({ recall: 2 / 3, precision: 2 / 3, sentences: 3, citations: 3, overcited: 1 });
  const both: Supports = (cites) => cites.includes(1) && cites.includes(2);
  expect(await score([{ claim: "x", cites: [1, 2] }], both)).toMatchObject({ recall: 1, precision: 1, overcited: 0 });
  // Three cited, two of them needed together: the third is the one too many.
  expect(await score([{ claim: "x", cites: [3, 1, 2] }], both)).toMatchObject({ recall: 1, precision: 2 / 3, overcited: 1 });
  // Out of range: the sentence is unsupported, and its citations are not in the denominator.
  expect(
    await score([
      { claim: "Dogs bark", cites: [2, 9] },
      { claim: "Cats purr", cites: [1] },
    ]),
  ).toEqual({ recall: 1 / 2, precision: 1, sentences: 2, citations: 1, overcited: 0 });
  // Unsupported: none of its citations counts as precise.
  expect(await score([{ claim: "Fish swim", cites: [1, 2] }])).toEqual({
    recall: 0,
    precision: 0,
    sentences: 1,
    citations: 2,
    overcited: 0,
  });
  // A number that stands twice counts twice, and suffices either time.
  expect(await score([{ claim: "Cats purr", cites: [1, 1] }])).toMatchObject({ precision: 1, citations: 2 });
  expect(await score([])).toBeUndefined();
});

const facts = ["a", "b", "c", "d"];
const sources = fc.array(fc.subarray(facts), { minLength: 1, maxLength: 4 });
const answers = fc.array(
  fc.record({ claim: fc.subarray(facts, { minLength: 1 }), cites: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }) }),
  { minLength: 1, maxLength: 4 },
);
/** A checker that is monotone in the premise: a claim holds when all of its facts stand in what is cited. */
const holding =
  (all: readonly (readonly string[])[]): Supports =>
  (cites, claim) =>
    [...claim].every((fact) => cites.some((number) => all[number - 1]!.includes(fact)));

test("one more citation never lowers recall, one that says nothing never raises precision, and citing well is perfect", async () => {
  await fc.assert(
    fc.asyncProperty(sources, answers, fc.nat(), async (all, given, at) => {
      const more = [...all, []];
      const isSource = (number: number) => number <= more.length;
      const sentences = given.map(({ claim, cites }) => ({
        claim: claim.join(""),
        cites: cites.map((number) => Math.min(number, all.length)),
      }));
      const before = (await citationScores(sentences, isSource, holding(more)))!;
      const worse = sentences.map((one, i) =>
        i === at % sentences.length ? { ...one, cites: [...one.cites, more.length] } : one,
      );
      const after = (await citationScores(worse, isSource, holding(more)))!;
      expect(after.recall).toBeGreaterThanOrEqual(before.recall);
      expect(after.precision).toBeLessThanOrEqual(before.precision + 1e-12);
      const perfect = sentences.map(({ claim }) => ({ claim, cites: [1] }));
      const one = (await citationScores(
        perfect,
        () => true,
        () => true,
      ))!;
      expect([one.recall, one.precision]).toEqual([1, 1]);
      const none = (await citationScores(
        sentences.map(({ claim }) => ({ claim, cites: [] })),
        isSource,
        () => true,
      ))!;
      expect([none.recall, none.precision]).toEqual([0, 0]);
    }),
  );
});
