import { expect, test } from "vitest";
import { bench } from "../tests/marked.ts";
import { signatureHelp } from "./signature-help.ts";

const world = `use std.models { EncoderDecoder, linear }
use std.answering { search, quote }
use std.objectives { dpo }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
index library { over: pages, text: bm25(language: "en") }
model policy: EncoderDecoder { tokenizer: words }
/// How much a text is worth.
fn worth(x: Float, scale: Float in 0..1 = 0.5) -> Float = x * scale
`;

/** The label, with the parameter at the caret in brackets. */
function shown(source: string): string | undefined {
  const { view, offset } = bench(world + source);
  const help = signatureHelp(view, offset);
  if (!help) return undefined;
  const at = help.parameters[help.active];
  return at ? `${help.label.slice(0, at.start)}«${help.label.slice(at.start, at.end)}»${help.label.slice(at.end)}` : help.label;
}

test.each<[where: string, source: string, label: string | undefined]>([
  ["the first parameter", "fn f() -> Float = worth(‸)", "worth(«x: Float», scale: Float = 0.5) -> Float"],
  ["the next one behind a comma", "fn f() -> Float = worth(1, ‸", "worth(x: Float, «scale: Float = 0.5») -> Float"],
  ["a parameter by its name", "fn f() -> Float = worth(scale: ‸1, x: 2)", "worth(x: Float, «scale: Float = 0.5») -> Float"],
  ["none behind the last", "fn f() -> Float = worth(1, 2, ‸)", "worth(x: Float, scale: Float = 0.5) -> Float"],
  [
    "a stage",
    "pipeline a(prompt: Dialog) -> Docs = search(library, ‸)",
    "search(index: Index, «queries: List<Text>», top: Int = 20) -> Docs",
  ],
  [
    "the outer call inside a list",
    "pipeline a(prompt: Dialog) -> Docs = search(library, [‸])",
    "search(index: Index, «queries: List<Text>», top: Int = 20) -> Docs",
  ],
  ["the inner call", "pipeline a(prompt: Dialog) -> Docs = search(library, [last(‸)])", "last(«prompt: Dialog») -> Text"],
  [
    "a case of a setting",
    "decoding d { strategy: beam(‸) }",
    "beam(«width: Int = ..», length: Float = .., temperature: Float = .., top_p: Float = .., top_k: Int = .., min_p: Float = ..)",
  ],
  [
    "an objective in a fit needs no models and no rows",
    "train t { policy = fit(policy, by: dpo(‸)) }",
    "dpo(«reference: LanguageModel», β: Float = 0.1, smooth: Float = 0, nll: Float = 0, per_token: Bool = false)",
  ],
  ["a function of mathematics", "fn f(x: [b]) -> [b] = softmax(‸)", "softmax(«x: [.., a] over a where mask») -> like x, of Prob"],
  ["a layer", "layer l(x: [.., i]) -> [.., o] = linear(x, ‸)", "linear(x: [.., i], «wide: Int») -> [.., o]"],
  [
    "a model that is a parameter",
    "objective o(train judge: Comparer, row: { prompt: Dialog, a: Answer }) {\n  minimize mean(judge(row.a, ‸ | row.prompt))\n}",
    "judge(a, «b» | x)",
  ],
  [
    "a model behind the bar",
    "objective o(train m: LanguageModel, row: { prompt: Dialog, a: Answer }) {\n  minimize -mean(log(m(row.a | ‸)))\n}",
    "m(y | «x»)",
  ],
  [
    "a local function",
    "objective o(train m: LanguageModel, row: { prompt: Dialog, a: Answer }) {\n  fn gain(y, z) = y + z\n  minimize gain(1, ‸)\n}",
    "gain(y, «z»)",
  ],
  ["nothing outside of calls", "fn f() -> Float = 1 + ‸2", undefined],
  ["nothing in a body inside a call", "train t {\n  x = for i in 1..2 {\n    ‸\n  }\n}", undefined],
])("%s", (_where, source, label) => {
  if (label === undefined) expect(shown(source)).toBeUndefined();
  else expect(shown(source)?.replace(/ -> .*$/, "")).toBe(label.replace(/ -> .*$/, ""));
});

test("documentation comes along, of the function and of its parameters", () => {
  const { view, offset } = bench(`${world}fn f() -> Float = worth(1, ‸)`);
  const help = signatureHelp(view, offset)!;
  expect(help.documentation).toBe("How much a text is worth.");
  expect(help.parameters[1]!.documentation).toBe("Must be 0..1.");
});
