// Where names lead, and who else names the same thing: each test is a text with a caret, and its result is drawn into the text.
import { expect, test } from "vitest";
import { after, bench, drawn } from "../tests/marked.ts";
import type { Place, Range } from "../words.ts";
import { incomingCalls, outgoingCalls, prepareCalls } from "./call-hierarchy.ts";
import { definition } from "./definition.ts";
import { documentLinks } from "./document-links.ts";
import { highlights } from "./highlights.ts";
import { linkedNames } from "./linked-names.ts";
import { references } from "./references.ts";
import { rename } from "./rename.ts";
import { renameRange } from "./rename-range.ts";

type Files = Record<string, string>;

/** Places by file, drawn into the texts. */
const shown = (files: Readonly<Files>, places: readonly Place[]): Files =>
  Object.fromEntries(
    [...new Set(places.map(({ file }) => file))].map((file) => [file, drawn(files[file]!, places.filter((one) => one.file === file))]), // biome-ignore format: one pair
  );
const drawnIn = ({ files }: { files: Readonly<Files> }, ranges: readonly Range[]): string => drawn(files["main.neuro"]!, ranges);

const models = `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
source pages = files("docs/*.md")
dataset rows: Instruct = jsonl("rows.jsonl")
tokenizer words = bpe(vocab: 300, from: pages)
`;

test("a name leads to where it is made: a binding, a parameter, a declaration, the library", () => {
  const local = bench("fn f(a: Float) -> Float {\n  b = a * 2\n  ‸b + a\n}\n");
  expect(drawnIn(local, definition(local.view, local.offset))).toContain("«b» = a * 2");
  const parameter = bench("fn f(a: Float) -> Float = 2 * ‸a\n");
  expect(drawnIn(parameter, definition(parameter.view, parameter.offset))).toContain("f(«a»: Float)");
  const later = bench("fn g(a: Float) -> Float = ‸f(a)\nfn f(a: Float) -> Float = a\n");
  expect(drawnIn(later, definition(later.view, later.offset))).toContain("fn «f»(a");
  const std = bench(
    `${models}train t { policy = fit(policy, by: ‸cross_entropy, on: rows) }\nmodel policy: EncoderDecoder { tokenizer: words }\n`,
  );
  const [place] = definition(std.view, std.offset);
  expect(place!.file).toBe("std/objectives.neuro");
  expect(std.service.text(place!.file).slice(place!.start, place!.end)).toBe("cross_entropy");
});

test("a label leads to the parameter, a field to its type, a case to its enumeration", () => {
  const label = bench("fn f(a: Float, by: Float = 1) -> Float = a * by\nfn g(a: Float) -> Float = f(a, ‸by: 2)\n");
  expect(drawnIn(label, definition(label.view, label.offset))).toContain("«by»: Float = 1");
  const size = bench(`${models}model policy: EncoderDecoder { tokenizer: words, ‸width: 64 }\n`);
  expect(definition(size.view, size.offset)[0]!.file).toBe("std/models.neuro");
  const field = bench("type Row = { text: Text, worth: Float }\nfn f(row: Row) -> Float = row.‸worth\n");
  expect(drawnIn(field, definition(field.view, field.offset))).toContain("«worth»: Float");
  const one = bench("type Side = left | right\nfn f(side: Side) -> Bool = side == ‸right\n");
  expect(drawnIn(one, definition(one.view, one.offset))).toContain("left | «right»");
});

test("from another file, and from the declaration of an extern to the TypeScript behind it, through what passes it on", () => {
  const files = {
    "main.neuro": 'use "./worth.neuro" { worth }\nfn twice(a: Text) -> Float = 2 * ‸worth(a)\n',
    "worth.neuro": 'extern fn worth(a: Text) -> Float from "./worth.ts"\n',
    "worth.ts": 'export { inner as worth } from "./inner.ts";\n',
    "inner.ts": "// worth\nexport async function inner(a: string) {\n  return a.length;\n}\n",
  };
  const use = bench(files);
  expect(shown(use.files, definition(use.view, use.offset))).toEqual({
    "worth.neuro": 'extern fn «worth»(a: Text) -> Float from "./worth.ts"\n',
  });
  for (const caret of [
    'extern fn ‸worth(a: Text) -> Float from "./worth.ts"\n',
    'extern fn worth(a: Text) -> Float from "./wo‸rth.ts"\n',
  ]) {
    const declared = bench({ ...files, "main.neuro": "", "worth.neuro": caret });
    expect(shown(declared.files, definition(declared.view, declared.offset))["inner.ts"]).toContain("function «inner»(a");
  }
});

test("a path leads to its file, and paths are links; patterns and what is not there are none", () => {
  const files = {
    "main.neuro":
      'use "./a‸.neuro" { f }\nuse std.models { Encoder }\nsource pages = files("docs/*.md")\nsource rows = jsonl("rows.jsonl")\nsource gone = jsonl("gone.jsonl")\nsource wind = tool("https://wind.example/v1")\n',
    "a.neuro": "fn f(a: Float) -> Float = a\n",
    "rows.jsonl": "",
  };
  const it = bench(files);
  expect(definition(it.view, it.offset)).toEqual([{ file: "a.neuro", start: 0, end: 0 }]);
  expect(documentLinks(it.view).map(({ target, place }) => [it.view.text.slice(place.start, place.end), target])).toEqual([
    ["./a.neuro", "a.neuro"],
    ["std.models", "std/models.neuro"],
    ["rows.jsonl", "rows.jsonl"],
    ["https://wind.example/v1", "https://wind.example/v1"],
  ]);
});

test("every place that names a thing, in all files, with and without where it is made", () => {
  const files = {
    "main.neuro": 'use "./worth.neuro" { worth }\nfn twice(a: Float) -> Float = ‸worth(a, by: 2) + worth(a)\n',
    "worth.neuro": "fn worth(a: Float, by: Float = 1) -> Float = a * by\nfn same(a: Float) -> Float = worth(a)\n",
    "other.neuro": "fn worth(a: Float) -> Float = a\n",
  };
  const it = bench(files);
  expect(shown(it.files, references(it.service, it.view.path, it.offset))).toEqual({
    "main.neuro": 'use "./worth.neuro" { «worth» }\nfn twice(a: Float) -> Float = «worth»(a, by: 2) + «worth»(a)\n',
    "worth.neuro": "fn «worth»(a: Float, by: Float = 1) -> Float = a * by\nfn same(a: Float) -> Float = «worth»(a)\n",
  });
  expect(shown(it.files, references(it.service, it.view.path, it.offset, { declaration: false }))["worth.neuro"]).not.toContain(
    "fn «worth»",
  );
  const by = it.files["main.neuro"]!.indexOf("by: 2");
  expect(shown(it.files, references(it.service, "main.neuro", by))["worth.neuro"]).toContain(
    "«by»: Float = 1) -> Float = a * «by»",
  );
});

test("versions of a name are one thing, and so are a model and what a recipe makes of it; equal names elsewhere are not", () => {
  const it = bench(`${models}model policy: EncoderDecoder { tokenizer: words }
train t {
  policy = fit(‸policy, by: cross_entropy, on: rows)
  repeat i in 1..3 { policy = fit(policy, by: cross_entropy, on: rows) }
}
fn other(policy: Float) -> Float = policy
`);
  const found = drawnIn(it, highlights(it.view, it.offset));
  expect(found.slice(found.indexOf("model «"))).toBe(`model «policy»: EncoderDecoder { tokenizer: words }
train t {
  «policy» = fit(«policy», by: cross_entropy, on: rows)
  repeat i in 1..3 { «policy» = fit(«policy», by: cross_entropy, on: rows) }
}
fn other(policy: Float) -> Float = policy
`);
  expect(highlights(it.view, it.offset).map(({ write }) => write)).toEqual([true, true, false, true, false]);
  const blocks = bench(
    "fn f(xs: List<Float>) -> List<Float> {\n  a = for x in xs {\n    y = x * 2\n    y + 1\n  }\n  b = for x in xs {\n    y = x\n    ‸y\n  }\n  b\n}\n",
  );
  expect(drawnIn(blocks, highlights(blocks.view, blocks.offset))).toContain(
    "y + 1\n  }\n  b = for x in xs {\n    «y» = x\n    «y»\n  }",
  );
});

test("an axis is edited together in its declaration, and nowhere else", () => {
  const it = bench("fn f(x: [b, ‸t, d]) -> [b, d] = sum(x over t)\nfn g(x: [t]) -> Float = sum(x over t)\n");
  expect(drawnIn(it, linkedNames(it.view, it.offset))).toBe(
    "fn f(x: [b, «t», d]) -> [b, d] = sum(x over «t»)\nfn g(x: [t]) -> Float = sum(x over t)\n",
  );
  const none = bench("fn f(‸x: [b]) -> [b] = x\n");
  expect(linkedNames(none.view, none.offset)).toEqual([]);
});

const renamed = (source: string | Files, name: string) => {
  const it = bench(source);
  const edits = rename(it.service, it.view.path, it.offset, name);
  return "refused" in edits ? edits.refused : after(it.files, edits);
};

test("a rename reaches every file, labels and versions; an alias keeps its own name", () => {
  const files = {
    "main.neuro": 'use "./worth.neuro" { worth }\nfn twice(a: Float) -> Float = worth(a, by: 2)\n',
    "worth.neuro": "fn ‸worth(a: Float, by: Float = 1) -> Float = a * by\n",
    "alias.neuro": 'use "./worth.neuro" { worth as w }\nfn thrice(a: Float) -> Float = w(a)\n',
  };
  expect(renamed(files, "value")).toEqual({
    "main.neuro": 'use "./worth.neuro" { value }\nfn twice(a: Float) -> Float = value(a, by: 2)\n',
    "worth.neuro": "fn value(a: Float, by: Float = 1) -> Float = a * by\n",
    "alias.neuro": 'use "./worth.neuro" { value as w }\nfn thrice(a: Float) -> Float = w(a)\n',
  });
  expect(renamed({ ...files, "worth.neuro": "fn worth(a: Float, ‸by: Float = 1) -> Float = a * by\n" }, "times")).toEqual({
    "main.neuro": 'use "./worth.neuro" { worth }\nfn twice(a: Float) -> Float = worth(a, times: 2)\n',
    "worth.neuro": "fn worth(a: Float, times: Float = 1) -> Float = a * times\n",
  });
  const alias = {
    ...files,
    "worth.neuro": files["worth.neuro"].replace("‸", ""),
    "alias.neuro": files["alias.neuro"].replace("= w(", "= ‸w("),
  };
  expect(renamed(alias, "u")).toEqual({
    "alias.neuro": 'use "./worth.neuro" { worth as u }\nfn thrice(a: Float) -> Float = u(a)\n',
  });
});

test("a rename that would clash, be captured or mean nothing is refused, and says why", () => {
  expect(renamed("fn ‸f(a: Float) -> Float = a\nfn g(a: Float) -> Float = f(a)\n", "g")).toMatch(/g cannot stand for f/);
  expect(renamed("fn f(a: Float) -> Float = a\nfn g(x: Float) -> Float {\n  ‸b = x\n  f(b) + x\n}\n", "x")).toMatch(
    /x (means something else already|cannot stand for b)/,
  );
  expect(renamed("fn f(‸a: Float) -> Float = a\n", "2b")).toMatch(/is no name/);
  expect(renamed("fn f(‸a: Float) -> Float = a\n", "where")).toMatch(/cannot stand|means nothing/);
  const std = bench(
    `${models}train t { policy = fit(policy, by: ‸cross_entropy, on: rows) }\nmodel policy: EncoderDecoder { tokenizer: words }\n`,
  );
  expect(renameRange(std.view, std.offset)).toEqual({ refused: "cross_entropy is declared in the standard library." });
  const field = bench("type Row = { worth: Float }\nfn f(row: Row) -> Float = row.‸worth\n");
  expect(renameRange(field.view, field.offset)).toMatchObject({ refused: expect.stringContaining("files of data") });
  const nothing = bench("// ‸nothing\n");
  expect(renameRange(nothing.view, nothing.offset)).toEqual({ refused: "There is no name here." });
});

test("who calls a function, and whom it calls", () => {
  const files = {
    "main.neuro":
      'use "./worth.neuro" { worth }\nfn twice(a: Float) -> Float = worth(a) + worth(a)\nreward good(answer: Answer) { total = twice(1) }\n',
    "worth.neuro": "fn ‸worth(a: Float) -> Float = half(a)\nfn half(a: Float) -> Float = a / 2\n",
  };
  const it = bench(files);
  const [worth] = prepareCalls(it.view, it.offset);
  expect(worth).toMatchObject({ name: "worth", kind: "fn", detail: "worth.neuro" });
  expect(incomingCalls(it.service, worth!).map(({ from, places }) => [from.name, from.kind, places.length])).toEqual([
    ["twice", "fn", 2],
  ]);
  expect(outgoingCalls(it.service, worth!).map(({ to, places }) => [to.name, places.length])).toEqual([["half", 1]]);
  const [twice] = incomingCalls(it.service, worth!);
  expect(incomingCalls(it.service, twice!.from).map(({ from }) => [from.name, from.kind])).toEqual([["good", "reward"]]);
});
