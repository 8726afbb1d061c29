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

/** One edit after the other: each call gives the text after the next. Mild ones change words and lines, and are mostly taken back, so that the text stays readable. */
export function editing(
  start: string,
  sources: readonly string[],
  draw: (below: number) => number,
  isMild = false,
): () => string {
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
  /** A line with its end. */
  const line = (): [number, number] => {
    const offset = draw(text.length + 1);
    const end = text.indexOf("\n", offset);
    return [text.lastIndexOf("\n", offset - 1) + 1, end < 0 ? text.length : end + 1];
  };
  const back = (most: number) => {
    for (let count = 1 + draw(most); count > 0 && past.length > 0; count--) text = past.pop()!;
    return text;
  };
  const mild = () => {
    const kind = draw(8);
    const [from, to] = line();
    if (kind < 2) replace(...word(), wordIn(sources[draw(sources.length)]!, draw));
    else if (kind === 2) replace(from, to, "");
    else if (kind === 3) replace(to, to, text.slice(from, to));
    else return back(3);
    return text;
  };
  const wild = () => {
    const kind = draw(10);
    const source = sources[draw(sources.length)]!;
    if (kind < 3) replace(...at(draw, text), typed[draw(typed.length)]!);
    else if (kind < 5) replace(...cut(text, 4), "");
    else if (kind === 5) replace(...cut(text, 120), "");
    else if (kind === 6) replace(...word(), wordIn(source, draw));
    else if (kind === 7) replace(...at(draw, text), source.slice(...cut(source, 300)));
    else back(3);
    return text;
  };
  return isMild ? mild : wild;
}

function at(draw: (below: number) => number, text: string): [number, number] {
  const offset = draw(text.length + 1);
  return [offset, offset];
}

const wordIn = (source: string, draw: (below: number) => number): string => {
  const words = source.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? ["x"];
  return words[draw(words.length)]!;
};
