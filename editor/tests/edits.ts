/** Random edits of real specs, drawn by a number: what people type, delete, paste and take back. */

/** A source of whole numbers below a bound: the same seed, the same numbers (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const typed = [
  "x",
  "1",
  " ",
  "\n",
  ".",
  ",",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  '"',
  "=",
  ":",
  "|",
  "<",
  ">",
  "-",
  "//",
  "fn ",
  "use ",
  "_",
  "ф",
];

/** One edit after the other: each call gives the text after the next. */
export function editing(start: string, sources: readonly string[], draw: (below: number) => number): () => string {
  const past: string[] = [];
  let text = start;
  const cut = (of: string, longest: number): [number, number] => {
    const from = draw(of.length + 1);
    return [from, Math.min(of.length, from + draw(longest + 1))];
  };
  /** Where a word begins: what people replace whole. */
  const word = (): [number, number] => {
    const at = draw(text.length + 1);
    const from = text.slice(0, at).search(/[\p{L}\p{N}_]+$/u);
    const start = from < 0 ? at : from;
    return [start, start + (/^[\p{L}\p{N}_]+/u.exec(text.slice(start))?.[0].length ?? 0)];
  };
  const replace = (from: number, to: number, by: string) => {
    past.push(text);
    if (past.length > 30) past.shift();
    text = text.slice(0, from) + by + text.slice(to);
  };
  return () => {
    const kind = draw(10);
    const source = sources[draw(sources.length)]!;
    if (kind < 3) replace(...at(draw, text), typed[draw(typed.length)]!);
    else if (kind < 5) replace(...cut(text, 4), "");
    else if (kind === 5) replace(...cut(text, 120), "");
    else if (kind === 6) replace(...word(), wordIn(source, draw));
    else if (kind === 7) replace(...at(draw, text), source.slice(...cut(source, 300)));
    else for (let back = 1 + draw(3); back > 0 && past.length > 0; back--) text = past.pop()!;
    return text;
  };
}

function at(draw: (below: number) => number, text: string): [number, number] {
  const offset = draw(text.length + 1);
  return [offset, offset];
}

const wordIn = (source: string, draw: (below: number) => number): string => {
  const words = source.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? ["x"];
  return words[draw(words.length)]!;
};
