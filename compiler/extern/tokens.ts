/** Just enough of TypeScript's text to find signatures: words, literals and marks, with comments, strings, templates and regular expressions passed over. */

export interface Token {
  readonly kind: "word" | "text" | "number" | "mark";
  readonly value: string;
  readonly start: number;
}

const pattern =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|`(?:[^`\\]|\\[\s\S])*`|([\p{L}_$][\p{L}\p{N}_$]*)|(\d[\w.]*)|(=>|\.\.\.|\?\.|[^\s])/gu;

/** The tokens of a file, in order. A template counts as one text. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (const match of source.matchAll(pattern)) {
    const [whole, text, word, number, mark] = match;
    const start = match.index;
    if (text !== undefined) tokens.push({ kind: "text", value: text.slice(1, -1), start });
    else if (word !== undefined) tokens.push({ kind: "word", value: word, start });
    else if (number !== undefined) tokens.push({ kind: "number", value: number, start });
    else if (mark !== undefined) tokens.push({ kind: "mark", value: mark, start });
    else if (whole.startsWith("`")) tokens.push({ kind: "text", value: whole.slice(1, -1), start });
  }
  return tokens;
}

const opening = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** The place after the bracket that closes the one at `at`; angle brackets count only where asked for. */
export function skipBrackets(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const { kind, value } = tokens[i]!;
    if (kind !== "mark") continue;
    if (opening.has(value)) depth++;
    else if (value === ")" || value === "]" || value === "}") depth--;
    if (depth === 0) return i + 1;
  }
  return tokens.length;
}

/** The same for `<` and `>`. */
export function skipAngles(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const { kind, value } = tokens[i]!;
    if (kind !== "mark") continue;
    if (value === "<") depth++;
    else if (value === ">") depth--;
    if (depth === 0) return i + 1;
  }
  return tokens.length;
}
