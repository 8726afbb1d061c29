import fc from "fast-check";
import { expect, test } from "vitest";
import { bm25 } from "./bm25.ts";
import { fuseLists } from "./fuse.ts";

// bm25s (method "lucene", k1 1.2, b 0.75) printed these.
test("scores are those of an independent implementation", () => {
  const engine = bm25([
    ["a", "b", "a"],
    ["b", "c"],
    ["c", "c", "d", "a"],
  ]);
  expect([...engine.scores(["a", "c"])].map((score) => Number(score.toFixed(5)))).toEqual([0.29375, 0.24737, 0.45657]);
});

test("the best comes first, equal ones keep their order, and what shares no term is not found", () => {
  const engine = bm25([["x"], ["y", "z"], ["y", "z"], ["y", "y", "y"]]);
  expect(engine.search(["y", "unknown"], 10).map((hit) => hit.at)).toEqual([3, 1, 2]);
  expect(engine.search(["y"], 1)).toHaveLength(1);
  expect(engine.search(["nothing"], 10)).toEqual([]);
  expect(engine.search([], 10)).toEqual([]);
  expect(bm25([]).search(["y"], 10)).toEqual([]);
  expect(bm25([[], []]).search(["y"], 10)).toEqual([]);
});

const letters: readonly string[] = ["a", "b", "c", "d", "e"];
const word = fc.constantFrom(...letters);
const corpus = fc.array(fc.array(word, { maxLength: 12 }), { minLength: 1, maxLength: 12 });

test("idf is positive and falls with the number of texts; scores are bounded by it and grow with the count", () => {
  fc.assert(
    fc.property(corpus, (lists) => {
      const engine = bm25(lists);
      const spread = (term: string) => lists.filter((list) => list.includes(term)).length;
      for (const a of letters) {
        expect(engine.idf(a)).toBeGreaterThan(0);
        for (const b of letters) if (spread(a) < spread(b)) expect(engine.idf(a)).toBeGreaterThan(engine.idf(b));
        for (const score of engine.scores([a])) expect(score).toBeLessThanOrEqual(engine.idf(a));
      }
    }),
  );
});

test("without length normalisation the length of a text does not matter", () => {
  const engine = bm25([["a"], ["a", "b", "c", "d"]], { k1: 1.2, b: 0 });
  const [short, long] = engine.scores(["a"]);
  expect(short).toBeCloseTo(long!, 12);
});

test("fusing one list with itself keeps its order, and only ranks count", () => {
  const list = [9, 3, 1].map((score, i) => ({ id: `d${i}`, title: "", url: "", text: "", score }));
  expect(fuseLists([list, list], 60, 10).map((doc) => doc.id)).toEqual(["d0", "d1", "d2"]);
  const squashed = list.map((doc) => ({ ...doc, score: Math.log(doc.score) }));
  expect(fuseLists([squashed, list], 60, 10)).toEqual(fuseLists([list, list], 60, 10));
  const fused = fuseLists([list, [list[2]!]], 60, 10);
  expect(fused[0]).toMatchObject({ id: "d2", score: 1 / 63 + 1 / 61 });
});
