// Trees of a spec, from rows to ranking: learned by a recipe, published with lineage, asked by a stage, carried out and in as ONNX and CatBoost JSON.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import type { Doc } from "../runtime/types.ts";

const at = mkdtempSync(join(tmpdir(), "neuro-trees-"));
afterAll(() => rmSync(at, { recursive: true, force: true }));

/** Pages that all name a town; the good one of each town says what it costs to live there, and is longer than the one that repeats its name. */
const towns = ["Oslo", "Bergen", "Paris", "Lyon", "Rome", "Milan", "Turku", "Vaasa", "Porto", "Braga", "Ghent", "Liege"];
const page = (title: string, text: string) => ({ id: title, title, text });
const pages = towns.flatMap((town) => [
  page(`${town} names`, `${town}. ${town}. ${town} prices.`),
  page(
    `${town} prices`,
    `People who moved there say that prices in ${town} rose with rents, and that bread, trams and heating cost more than ten years ago.`,
  ),
  page(
    `${town} boats`,
    `Boats leave the harbour for ${town} every day at noon, when the tide is high enough for them to pass the old bridge.`,
  ),
]);
const asked = towns.map((town) => ({ id: town, prompt: `prices in ${town}`, relevant: [`${town} prices`] }));

const spec = `use std.answering { feedback, fuse, rerank, search }
use std.trees { boost, importance, valued }
source pages = jsonl("pages.jsonl")
type Asked = { id: Text, prompt: Dialog, relevant: List<Text> }
dataset asked: Asked = jsonl("asked.jsonl")
index library { over: pages, text: bm25(language: "en"), block: whole }
trees quick { over: library }
pipeline words(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 6)
pipeline wider(prompt: Dialog) -> Docs = feedback(library, [last(prompt)], words(prompt), top: 6)
pipeline ranked(prompt: Dialog) -> Docs {
  found = words(prompt)
  first = rerank(found, by: quick, given: prompt, top: 3)
  fuse([first, found], by: after, top: 6)
}
train learn {
  fn good(row, doc) = hard(doc.id in row.relevant)
  lists = for row in asked { { prompt: row.prompt, documents: words(row.prompt), relevant: row.relevant } }
  quick = boost(quick, on: valued(lists, by: good), by: pair_logit, trees: 20, depth: 2, held: 25%)
  report(importance(quick))
  // From here on pipelines rank by what was learned.
  first = for row in asked { top = ranked(row.prompt)
    hard(top[0].id in row.relevant) }
  report(right: mean(first))
}
eval ranking { of: [words, ranked], task: retrieval(rows: asked), report: [rr] }
`;

type Ask = (prompt: string) => Promise<Doc[]>;
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const open = (): Promise<Built> => openBuilt(findSpec(at), { device: "cpu", set: [], json: false });
const neuroc = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../bin/neuroc.mjs"), ...args], { cwd: at, encoding: "utf8" });
const published = join(at, "weights", "quick.trees.json");

beforeAll(() => {
  writeFileSync(join(at, "pages.jsonl"), lines(pages));
  writeFileSync(join(at, "asked.jsonl"), lines(asked));
  writeFileSync(join(at, "main.neuro"), spec);
});

test("a recipe learns trees from what a pipeline finds, and rerank asks them; before that it says what is missing", async () => {
  const built = await open();
  const { system } = built;
  await system.indexes()[0]!.build();
  const [words, wider, ranked] = [built.words, built.wider, built.ranked] as Ask[];
  expect((await words!("prices in Oslo")).map(({ id }) => id)[0]).toBe("Oslo names");
  expect((await words!("prices in Oslo"))[1]!.found).toEqual({ words: { score: expect.any(Number), place: 2 } });
  await expect(ranked!("prices in Oslo")).rejects.toMatchObject({
    code: "trees_missing",
    hint: expect.stringContaining("neuroc train"),
  });

  const before = await system.evals()[0]!.identity();
  const report = await system.recipes()[0]!.run({ device: "cpu" });
  expect(report.published.quick).toMatchObject({ path: published });
  expect(await system.evals()[0]!.identity()).not.toEqual(before);
  for (const { prompt, relevant } of asked) {
    const found = await ranked!(prompt);
    expect(found.map(({ id }) => id)[0]).toBe(relevant[0]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  }
  const journal = readFileSync(join(report.folder, "journal.jsonl"), "utf8");
  expect(journal).toContain('"right":1');
  // What the first pages say of prices is found by its words, too.
  expect((await wider!("rents in Oslo")).length).toBeGreaterThan(0);
  expect((await wider!("rents in Oslo"))[0]!.found).toHaveProperty("feedback");
  await system.close();
});

test("the same rows give the same bytes, and lineage says what they were", async () => {
  const [bytes, lineage] = [readFileSync(published), readFileSync(join(at, "weights", "quick.lineage.json"), "utf8")];
  expect(JSON.parse(lineage)).toMatchObject({
    model: "quick",
    recipe: "learn",
    origins: [
      {
        operation: "boost",
        settings: { by: "pair_logit", trees: 20, depth: 2 },
        data: { rows: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ],
  });
  rmSync(join(at, "weights"), { recursive: true });
  rmSync(join(at, "runs"), { recursive: true });
  const { system } = await open();
  await system.recipes()[0]!.run({ device: "cpu" });
  expect(readFileSync(published)).toEqual(bytes);
  expect(readFileSync(join(at, "weights", "quick.lineage.json"), "utf8")).toBe(lineage);
  await system.close();
});

test("trees go out as ONNX and CatBoost JSON, and come in from both; columns that no search knows are named", async () => {
  for (const file of ["quick.onnx", "quick.json"]) {
    expect(neuroc("export", "--to", file)).toMatchObject({ status: 0, stdout: expect.stringContaining(`${file}: quick, `) });
    const name = `from_${file.slice(-4).replace(".", "")}`;
    expect(neuroc("import", file, "--as", name)).toMatchObject({ status: 0 });
    expect(readFileSync(join(at, name, "main.neuro"), "utf8")).toContain(`trees ${name} {}`);
    expect(existsSync(join(at, name, "weights", `${name}.trees.json`))).toBe(true);
    expect(neuroc("check", name).status).toBe(0);
  }
  expect(readFileSync(join(at, "from_json/weights/from_json.trees.json"))).toEqual(readFileSync(published));
  expect(neuroc("export", "--to", "quick.onnx")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("there is a quick.onnx already"),
  });
  expect(neuroc("export", "--to", "x.onnx", "--model", "quik")).toMatchObject({
    stderr: expect.stringContaining("did you mean quick?"),
  });
  writeFileSync(join(at, "broken.json"), "{}x");
  expect(neuroc("import", "broken.json").stderr).toContain("broken.json");

  mkdirSync(join(at, "weights"), { recursive: true });
  const strange = readFileSync(published, "utf8").replaceAll(/"feature_id":"[a-z_]+"/g, '"feature_id":"clicks"');
  writeFileSync(join(at, "clicks.json"), strange);
  expect(neuroc("import", "clicks.json").stdout).toContain("no search gives a document clicks");
  writeFileSync(published, strange);
  const built = await open();
  await expect((built.ranked as Ask)("prices in Oslo")).rejects.toMatchObject({
    code: "trees_columns",
    message: expect.stringContaining('"clicks"'),
  });
  writeFileSync(published, "{}");
  expect((await (built.ranked as Ask)("prices in Oslo")).length).toBe(6);
  writeFileSync(published, '{"oblivious_trees": [{"splits": [], "leaf_values": [1, 2]}]}');
  await expect((built.ranked as Ask)("prices in Oslo")).rejects.toMatchObject({ code: "trees_unreadable" });
  await built.system.close();
});

test("rows that no order can be learned from are refused by name", async () => {
  const learns = (rows: object[]) => {
    writeFileSync(join(at, "rows.jsonl"), lines(rows));
    writeFileSync(
      join(at, "odd.neuro"),
      `use std.trees { boost, Valued }\ndataset rows: Valued = jsonl("rows.jsonl")\ntrees quick {}\ntrain learn { quick = boost(quick, on: rows) }\n`,
    );
    return neuroc("train", "odd.neuro").stderr;
  };
  const doc = (text: string) => ({ title: "", text });
  expect(learns([{ prompt: "a", documents: [doc("a"), doc("b")], reward: 1 }])).toContain("has 2 documents");
  expect(
    learns([
      { prompt: "a", documents: [doc("a")], reward: 1 },
      { prompt: "b", documents: [doc("a")], reward: 0 },
    ]),
  ).toContain("no prompt has two documents of different rewards");
});
