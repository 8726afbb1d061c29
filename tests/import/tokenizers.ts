// Small tokenizers of every kind that is imported, and texts that are hard to cut: llama.cpp cut them once (bench/llama-logits.ts).
import { trainBpe } from "../../runtime/text/bpe.ts";
import { tokenizerOfMerges } from "../../runtime/text/byte-pairs.ts";
import { type Piece, tokenizerOfPieces } from "../../runtime/text/pieces.ts";
import { plainPieces } from "./gguf-bytes.ts";

const learned = [
  "The quick brown fox jumps over the lazy dog. It's what they'd say, we'll see; you're right, I'm sure they've gone.",
  "Съешь же ещё этих мягких французских булок, да выпей чаю. В чащах юга жил бы цитрус? Да, но фальшивый экземпляр!",
  "for (let i = 0; i < 1000; i++) {\n    total += prices[i] * 12.5;\n}\n\nreturn total; // 2024-01-15\n",
];

export const hardTexts: readonly string[] = [
  "The quick brown fox",
  " two  spaces   and\ttabs\t\tof text",
  "It's WE'LL they'd I'M you've",
  "1234567 and 3.14159, 2024-01-15",
  "line\nline\n\n\nline\r\n  end  ",
  "съешь же ещё булок, да выпей чаю!",
  "mixedСловаWords42и7",
  "punctuation... (really?!) [ok] {a:b}; — «кавычки»",
  "emoji 😀👩‍👩‍👧 and 漢字かな",
  "trailing space ",
  "   ",
  "\n",
  "a",
];

/** Tokenizers by name: their `tokenizer.json`. */
export function smallTokenizers(): Record<string, Record<string, unknown>> {
  const { model } = trainBpe(
    learned.flatMap((text) => Array<string>(20).fill(text)),
    { vocab: 420 },
  );
  const merges = model.merges.map((merge) => merge.join(" "));
  const marks = ["<|begin|>", "<|end|>"];
  const known = Object.keys(model.vocab).filter((token) => !/^[<[]/.test(token) || token.length === 1);
  const tokens = [...known.map((text) => ({ text, kind: 1 })), ...marks.map((text) => ({ text, kind: 3 }))];
  const cuts = ["gpt-2", "llama-bpe", "qwen2", "smollm"];
  const byCut = cuts.map((cut) => [cut, { ...tokenizerOfMerges(tokens, merges, { cut, path: cut }) }]);
  return { ...Object.fromEntries(byCut), pieces: tokenizerOfPieces(scored(), { prefix: true, path: "pieces" }) };
}

/** Bytes and marks, the letters of the texts, and pieces of words, each shorter one scored above the longer ones made of it. */
function scored(): Piece[] {
  const letters = [...new Set(learned.join("").replaceAll(" ", "▁"))].filter((letter) => letter > " ");
  const words = learned.flatMap((text) => text.split(/[^\p{L}]+/u)).filter((word) => word.length > 1);
  const pieces = new Set<string>();
  for (const word of words)
    for (let end = 2; end <= word.length; end++) pieces.add(word.slice(0, end)).add(`▁${word.slice(0, end - 1)}`);
  const ordered = [...pieces].filter((piece) => !letters.includes(piece)).sort((a, b) => a.length - b.length);
  const piece = (text: string, score: number): Piece => ({ text, score, kind: 1 });
  return [...plainPieces(259), ...letters.map((letter) => piece(letter, -1e4)), ...ordered.map((text, i) => piece(text, -i))];
}
