// What a spec may ask of sources and indexes, and what it is told where it asks for something else.
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { emitModule } from "../emit/index.ts";
import { hostOf } from "./library.ts";

const head = `use std.models { Encoder, embedding, scalar }
use std.answering { search, quote, infocontext }
source pages = files("*.md")
source web = searxng("https://search.example")
source weather(city: Text, days: Int = 2) -> { celsius: Float, sky: Text } = tool("https://weather.example/{city}")
tokenizer words = bpe(vocab: 300, from: pages)
model scout: Encoder { tokenizer: words, head: embedding(8) }
model value: Encoder { tokenizer: words, head: scalar }
index literal { over: pages }
index near { over: pages, vectors: embed(by: scout), block: whole }
index both { over: pages, text: bm25(language: "en"), vectors: embed(by: scout), block: 64 tokens, overlap: 8 tokens }
`;
const checked = (rest: string) => check(hostOf({ "main.neuro": head + rest }), "main.neuro");
const faults = (rest: string) =>
  checked(rest)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, text }) => `${code}: ${text}`);
const asked = (what: string) => faults(`pipeline p(prompt: Dialog) -> Docs = search(${what}, [last(prompt)])`);

test("an index is asked as a whole or by what it declares; a source is asked where it finds by itself", () => {
  for (const what of ["literal", "literal.text", "near", "near.vectors", "both", "both.text", "both.vectors", "web"])
    expect(asked(what), what).toEqual([]);
  expect(asked("literal.vectors")).toEqual(["unknown_field: The index literal has no field `vectors`."]);
  expect(asked("near.text")).toEqual(["unknown_field: The index near has no field `text`."]);
  expect(asked("both.words")).toEqual(["unknown_field: The index both has no field `words`."]);
  expect(asked("pages")).toEqual(["wrong_type: `index` of search must be Index, and this is Source."]);
});

test("vectors come from an Embedder, blocks are tokens or whole documents", () => {
  const index = (fields: string) => faults(`index more { over: pages, ${fields} }`);
  expect(index("vectors: embed(by: value)")[0]).toMatch(/^wrong_type/);
  expect(index("block: 64")[0]).toMatch(/^missing_unit/);
  expect(index("block: 64 layers")[0]).toMatch(/^wrong_unit/);
  expect(index("block: 0 tokens")[0]).toMatch(/^outside_range/);
  expect(index("block: half")[0]).toMatch(/^unknown_name/);
  expect(index("text: bm25(analysis: porter)")[0]).toMatch(/^unknown_name/);
  expect(index("text: bm25(b: 2)")[0]).toMatch(/^outside_range/);
});

test("a tool is a stage with the parameters and the result that its source declares", async () => {
  const pipeline = (call: string) => `pipeline p(prompt: Dialog) -> Text { now = ${call}\n"{now.celsius} {now.sky}" }`;
  const good = pipeline('weather(last(prompt), within: 2 s, otherwise: { celsius: 0, sky: "?" })');
  expect(faults(good)).toEqual([]);
  expect(faults(pipeline("weather()"))[0]).toMatch(/^missing_argument/);
  expect(faults(pipeline("weather(3)"))[0]).toMatch(/^wrong_type/);
  expect(faults(pipeline('weather("x", otherwise: 3)'))[0]).toMatch(/^otherwise_type/);
  expect(faults(`pipeline p(prompt: Dialog) -> Text { now = weather("x")\n"{now.fahrenheit}" }`)[0]).toMatch(/^unknown_field/);
  const { ts } = await emitModule(checked(good), { name: "x", version: "0", meaning: () => "0" });
  expect(ts).toContain('run.stage("weather", "main.neuro:12", async (at) => weather(last(prompt), 2, at)');
  // What is given stands in the address under its name until it is known.
  expect(ts).toMatch(/tool\(`https:\/\/weather\.example\/\$\{"\{city\}"\}`/);
  expect(ts).toContain('gives: { is: "record", fields: { celsius: { is: "number" }, sky: { is: "text" } } }');
});
