/** Whole declarations to begin with, one or more for each word; `${1:name}` are the places that are filled in. Each checks once they are. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are places of a snippet, which the editor fills in.
export interface Snippet {
  readonly word: string;
  readonly label: string;
  readonly body: string;
}

export const snippets: readonly Snippet[] = [
  { word: "use", label: "use std", body: "use std.${1:models} { $0 }" },
  { word: "use", label: "use file", body: 'use "./${1:rewards}.neuro" { $0 }' },
  { word: "type", label: "type of rows", body: "type ${1:Row} = { prompt: Dialog, ${2:answer}: ${3:Answer} }" },
  { word: "type", label: "type of cases", body: "type ${1:Aspect} = ${2:main} | ${3:safety}" },
  { word: "source", label: "source of files", body: 'source ${1:pages} = files("${2:docs/**/*.md}")' },
  { word: "index", label: "index", body: 'index ${1:library} { over: ${2:pages}, text: bm25(language: "${3:en}") }' },
  { word: "dataset", label: "dataset", body: 'dataset ${1:rows}: ${2:Instruct} = jsonl("${3:data/rows.jsonl}")' },
  { word: "tokenizer", label: "tokenizer", body: "tokenizer ${1:words} = bpe(vocab: ${2:8192}, from: ${3:pages})" },
  {
    word: "model",
    label: "model",
    body: "model ${1:policy}: ${2:EncoderDecoder} {\n  tokenizer: ${3:words}\n  width:     ${4:512}\n  heads:     ${5:8}\n  window:    ${6:2048} tokens\n}",
  },
  {
    word: "pipeline",
    label: "pipeline that answers",
    body: "pipeline ${1:answer}(prompt: Dialog) -> Answer {\n  found   = search(${2:library}, [last(prompt)], top: ${3:20})\n  context = infocontext(found, given: [last(prompt)], budget: ${4:1500} tokens)\n  generate(${5:policy}, prompt, context)\n}",
  },
  {
    word: "pipeline",
    label: "pipeline without weights",
    body: "pipeline ${1:answer}(prompt: Dialog) -> Answer = quote(prompt, search(${2:library}, [last(prompt)], top: ${3:5}))",
  },
  {
    word: "reward",
    label: "reward",
    body: "reward ${1:quality}(prompt: Dialog, answer: Answer) {\n  ${2:form}  = soft(footnotes(answer) >= ${3:3})\n  total = ${2:form}\n}",
  },
  {
    word: "objective",
    label: "objective",
    body: "objective ${1:mine}(train policy: LanguageModel, row: ${2:Instruct}) {\n  minimize -mean(log(policy(row.answer | row.prompt, row.documents).tokens))$0\n}",
  },
  {
    word: "objective",
    label: "objective of preferences",
    body: "objective ${1:mine}(train policy: LanguageModel, reference: LanguageModel, pair: Preference, β: Float = ${2:0.1}) {\n  fn gain(y) = β * log(policy(y | pair.prompt, pair.documents) / reference(y | pair.prompt, pair.documents))\n  maximize mean(log(sigmoid(gain(pair.chosen) - gain(pair.rejected))))$0\n}",
  },
  {
    word: "train",
    label: "train",
    body: "train ${1:tune} {\n  ${2:policy} = fit(${2:policy}, by: ${3:cross_entropy}, on: ${4:rows}, steps: ${5:1_000} steps)$0\n}",
  },
  { word: "fn", label: "fn", body: "fn ${1:name}(${2:x}: ${3:Float}) -> ${4:Float} = $0" },
  {
    word: "layer",
    label: "layer",
    body: "layer ${1:name}(x: [.., ${2:d}], wide: Int) -> [.., o] {\n  weight w: [${2:d}, o = wide] = normal(0, 0.02)\n  dot(x, w over ${2:d})$0\n}",
  },
  { word: "extern", label: "extern fn", body: 'extern fn ${1:name}(${2:text}: ${3:Text}) -> ${4:Int} from "./${1:name}.ts"' },
  {
    word: "extern",
    label: "extern stage",
    body: 'extern stage ${1:name}(${2:docs}: Docs, given: Dialog, top: Int = 10) -> ${3:Docs} from "./${1:name}.ts"',
  },
  { word: "decoding", label: "decoding", body: "decoding ${1:fast} { strategy: ${2:greedy}, most: ${3:200} tokens }" },
  { word: "quantization", label: "quantization", body: "quantization ${1:int8} { method: rtn, weights: ${2:8} bits }" },
  { word: "eval", label: "eval", body: "eval ${1:facts} { of: ${2:answer}, task: simpleqa, report: [f1] }" },
  { word: "serve", label: "serve", body: "serve ${1:site} { of: ${2:answer}, port: ${3:8080}, page: chat }" },
];
