/** What the words of the language mean, in a sentence each: those that open a declaration, and those that are reserved. For hover, completion and the site. */

export interface WordDoc {
  readonly word: string;
  readonly doc: string;
  /** How it is written. */
  readonly form: string;
}

const opening: readonly WordDoc[] = [
  {
    word: "use",
    doc: "Brings names of another file or of the standard library into this one.",
    form: "use std.models { Encoder }",
  },
  { word: "type", doc: "Names a record, a type, or the cases of an enumeration.", form: "type Aspect = main | safety" },
  {
    word: "extern",
    doc: "Declares what TypeScript beside the spec does: a `fn`, a `stage` or a `source`.",
    form: 'extern fn stars(repository: Text) -> Int from "./stars.ts"',
  },
  {
    word: "fn",
    doc: "A pure function: mathematics when it has tensors or models, host code otherwise.",
    form: "fn worth(x: Float) -> Float = soft(x > 1)",
  },
  {
    word: "layer",
    doc: "A function of tensors that has weights; each written call owns its own.",
    form: "layer linear(x: [.., i], wide: Int) -> [.., o] { .. }",
  },
  {
    word: "objective",
    doc: "What training moves: a number to minimize or maximize, written for one row and meant for a batch.",
    form: "objective mine(train policy: LanguageModel, row: Instruct) { minimize .. }",
  },
  {
    word: "pipeline",
    doc: "How a question becomes an answer: stages that run as their inputs are ready; the last expression is the answer.",
    form: "pipeline answer(prompt: Dialog) -> Answer { .. }",
  },
  {
    word: "reward",
    doc: "What an answer is worth: named terms, each recorded, the last of which is `total`.",
    form: "reward quality(prompt: Dialog, answer: Answer) { total = .. }",
  },
  {
    word: "train",
    doc: "A recipe: the steps by which models become better. Each step is kept by what it means, and run once.",
    form: "train tune { policy = fit(policy, by: cross_entropy, on: rows, steps: 1_000 steps) }",
  },
  {
    word: "stage",
    doc: "A step of a pipeline. Calls take `within:`, `retries:` and `otherwise:` besides its own arguments.",
    form: 'extern stage rerank(docs: Docs, given: Dialog) -> Docs from "./rerank.ts"',
  },
  {
    word: "model",
    doc: "An architecture, `model A(config, inputs) -> LanguageModel { .. }`, or an instance of one with its configuration.",
    form: "model policy: EncoderDecoder { tokenizer: words, width: 512 }",
  },
  {
    word: "tokenizer",
    doc: "How text becomes tokens: a part of the type of every model that has it.",
    form: "tokenizer words = bpe(vocab: 8192, from: pages)",
  },
  {
    word: "source",
    doc: "Where documents come from; with parameters, a tool that is called.",
    form: 'source pages = files("docs/**/*.md")',
  },
  { word: "dataset", doc: "Rows to learn from or to measure on.", form: 'dataset rows: Instruct = jsonl("data/rows.jsonl")' },
];

const inside: readonly WordDoc[] = [
  { word: "and", doc: "Both conditions hold; elementwise over tensors.", form: "a > 1 and b > 2" },
  { word: "or", doc: "One of the conditions holds, or both.", form: "a > 1 or b > 2" },
  { word: "not", doc: "The condition does not hold.", form: "not is_getoff(answer)" },
  { word: "in", doc: "Whether a number lies in a range, both ends included; also what a loop goes over.", form: "x in 1..3" },
  {
    word: "if",
    doc: "Chooses between two values; elementwise when its condition is a tensor. There is no `if` statement.",
    form: "if c then a else b",
  },
  { word: "then", doc: "The value of an `if` whose condition holds.", form: "if c then a else b" },
  { word: "else", doc: "The value of an `if` whose condition does not hold.", form: "if c then a else b" },
  { word: "true", doc: "A Bool.", form: "rope: true" },
  { word: "false", doc: "A Bool.", form: "rope: false" },
  {
    word: "for",
    doc: "Independent runs of a body, one for each item; gives the list of their last values.",
    form: "for seed in 1..3 { .. }",
  },
  {
    word: "repeat",
    doc: "Runs its body in order and carries the outer names that it binds anew.",
    form: "repeat round in 1..5 until gap < 2% { .. }",
  },
  { word: "until", doc: "Ends a `repeat` after the round in which it holds.", form: "repeat i in 1..5 until done { .. }" },
  { word: "over", doc: "The axes that are reduced, contracted, renamed or split.", form: "mean(x over token)" },
  { word: "where", doc: "A mask: only what it lets through counts.", form: "softmax(x over s where mask)" },
  {
    word: "weight",
    doc: "A tensor that training moves, with its axes and how it begins.",
    form: "weight w: [d, o = wide] = normal(0, 0.02)",
  },
  { word: "minimize", doc: "The number that training makes smaller; it has no axes left.", form: "minimize -mean(log(p))" },
  {
    word: "maximize",
    doc: "The number that training makes greater; it has no axes left.",
    form: "maximize mean(log(sigmoid(h)))",
  },
  { word: "live", doc: "A parameter that sees the weights as they are at each step of a fit.", form: "live m: Weights" },
  { word: "of", doc: "What a tensor holds, where it is not Float.", form: "[b, s] of Token" },
  { word: "from", doc: "The TypeScript file behind an `extern`.", form: 'from "./rerank.ts"' },
  { word: "as", doc: "The name that an import has in this file.", form: "use std.models { Encoder as E }" },
];

/** The words that open a declaration and have no schema of fields; settings with one are in `kinds`. */
export const openingWords: ReadonlyMap<string, WordDoc> = new Map(opening.map((each) => [each.word, each]));

/** Words that are reserved, or mean something in one place. */
export const innerWords: ReadonlyMap<string, WordDoc> = new Map(inside.map((each) => [each.word, each]));
