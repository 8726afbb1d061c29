/**
 * Scanning turns any text into tokens and comments, and never fails: what means nothing is reported and passed over.
 * Strings with holes become several tokens, so the parser sees the expressions inside them. It knows no grammar and no layout.
 */
import type { IToken, TokenType } from "chevrotain";
import type { Comment, Docs } from "./ast.ts";
import { hintForCharacter, meantBy, showCharacter } from "./characters.ts";
import type { Faults } from "./faults.ts";
import * as tokens from "./tokens.ts";

/** A token with what the layout rule needs to know. `endOffset` is inclusive, as everywhere in Chevrotain. */
export type Lexeme = IToken & {
  endOffset: number;
  /** A line end stands between the token before and this one. */
  newLine: boolean;
  /** `///` lines directly before it. */
  docs?: Docs;
};

export type Scanned = { readonly lexemes: Lexeme[]; readonly comments: Comment[] };

/** A file with more words and signs than this is not one that people wrote. */
export const mostTokens = 1_000_000;

const number = new RegExp(tokens.numberPattern, "y");
const name = new RegExp(tokens.namePattern, "uy");
const space = /[\s\ufeff]/;
const signTypes = new Map<string, TokenType>(
  Object.entries(tokens.signs).map(([key, text]) => [text, tokens.sign[key as tokens.SignName]]),
);

/** Where a string with holes will go on: how it was opened, and the braces opened in the current hole. */
type Hole = { readonly block: boolean; readonly start: number; braces: number };

/** All tokens and comments of `text`. */
export function scan(text: string, faults: Faults): Scanned {
  return isText(text, faults) ? new Scanner(text, faults).run() : { lexemes: [], comments: [] };
}

/** Whether this is a text at all; says so where it is not. */
export function isText(text: string, faults: Faults): boolean {
  const binary = text.indexOf("\u0000");
  if (binary < 0) return true;
  faults.report({
    code: "not_text",
    title: "This is not a text file",
    text: "There is a zero byte in it, so it is a binary file or is not stored as UTF-8.",
    hint: "Give the path of a `.neuro` file, saved as UTF-8.",
    label: "the first zero byte",
    start: binary,
    end: binary + 1,
  });
  return false;
}

/** Reads on as far as it is asked. It may begin at the start of a text, or right behind the last token of an item. */
export class Scanner {
  readonly text: string;
  readonly faults: Faults;
  readonly lexemes: Lexeme[] = [];
  readonly comments: Comment[] = [];
  readonly holes: Hole[] = [];
  at: number;
  newLine: boolean;
  docs: Comment[] = [];

  constructor(text: string, faults: Faults, start = 0) {
    this.text = text;
    this.faults = faults;
    this.at = start;
    this.newLine = start === 0;
  }

  run(): Scanned {
    this.lexeme(Number.POSITIVE_INFINITY);
    return { lexemes: this.lexemes, comments: this.comments };
  }

  /** The token of that number, counted from where reading began; undefined behind the last. */
  lexeme(number: number): Lexeme | undefined {
    while (this.lexemes.length <= number && this.at < this.text.length) {
      if (this.lexemes.length < mostTokens) this.step();
      else {
        tooLarge(this.at, this.faults);
        this.at = this.text.length;
      }
    }
    if (this.lexemes.length <= number) while (this.holes.length > 0) this.abandonHole();
    return this.lexemes[number];
  }

  /** Reads one token, comment or stretch of space. */
  step(): void {
    const code = this.text.charCodeAt(this.at);
    if (code === 10 || code === 13) this.lineEnd();
    else if (code === 32 || code === 9) this.at++;
    else if (code === 34) this.string();
    else if (code === 47 && this.text.charCodeAt(this.at + 1) === 47) this.comment();
    else if (code === 47 && this.text.charCodeAt(this.at + 1) === 42) this.blockComment();
    else if (code >= 48 && code <= 57) this.emit(tokens.NumberToken, this.match(number)!.length);
    else this.wordOrSign();
  }

  lineEnd(): void {
    this.at++;
    this.newLine = true;
    const hole = this.holes.at(-1);
    if (hole && !hole.block) this.abandonHole();
  }

  wordOrSign(): void {
    const found = this.word();
    const two = this.text.slice(this.at, this.at + 2);
    if (found !== undefined) this.emit(tokens.wordTypes.get(found) ?? tokens.Identifier, found.length);
    else if (two.length === 2 && signTypes.has(two)) this.emit(signTypes.get(two)!, 2);
    else this.signOrSpace(this.text[this.at]!);
  }

  /** The identifier here, if any. Most are ASCII, and those need no regular expression. */
  word(): string | undefined {
    let end = this.at;
    let code = this.text.charCodeAt(end);
    if (code >= 48 && code <= 57) return undefined;
    while (isAsciiWord(code)) code = this.text.charCodeAt(++end);
    if (code >= 128) return this.match(name);
    return end === this.at ? undefined : this.text.slice(this.at, end);
  }

  signOrSpace(character: string): void {
    const type = signTypes.get(character);
    const hole = this.holes.at(-1);
    if (type === undefined && space.test(character)) this.at++;
    else if (type === undefined) this.unknown();
    else if (hole && type === tokens.sign.CloseBrace && hole.braces === 0) this.resumeString(hole);
    else {
      if (hole && type === tokens.sign.OpenBrace) hole.braces++;
      if (hole && type === tokens.sign.CloseBrace) hole.braces--;
      this.emit(type, 1);
    }
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  emit(type: TokenType, length: number): void {
    const lexeme: Lexeme = {
      image: this.text.slice(this.at, this.at + length),
      startOffset: this.at,
      endOffset: this.at + length - 1,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx!,
      newLine: this.newLine,
    };
    if (this.docs.length > 0) {
      lexeme.docs = this.joinDocs();
      this.docs = [];
    }
    this.lexemes.push(lexeme);
    this.newLine = false;
    this.at += length;
  }

  joinDocs(): Docs {
    const text = this.docs.map((line) => line.text.slice(3).replace(/^ /, "")).join("\n");
    return { text, span: this.faults.span(this.docs[0]!.span.start, this.docs.at(-1)!.span.end) };
  }

  comment(): void {
    const start = this.at;
    while (this.at < this.text.length && !isLineEnd(this.text.charCodeAt(this.at))) this.at++;
    const text = this.text.slice(start, this.at).trimEnd();
    const doc = text.startsWith("///") && !text.startsWith("////") && this.newLine;
    const comment: Comment = { kind: "Comment", text, doc, span: this.faults.span(start, start + text.length) };
    this.comments.push(comment);
    if (doc) this.docs.push(comment);
  }

  blockComment(): void {
    const close = this.text.indexOf("*/", this.at + 2);
    const end = close < 0 ? this.text.length : close + 2;
    this.faults.report({
      code: "block_comment",
      title: "There are no block comments",
      text: "A comment runs from `//` to the end of its line.",
      hint: "Begin each line of it with `//`.",
      label: "this comment",
      start: this.at,
      end: this.at + 2,
      fix: {
        title: "Begin each line with `//`",
        changes: [{ start: this.at, end, text: lineComments(this.text.slice(this.at, end)) }],
      },
    });
    if (/[\r\n]/.test(this.text.slice(this.at, end))) this.newLine = true;
    this.at = end;
  }

  unknown(): void {
    const start = this.at;
    const character = String.fromCodePoint(this.text.codePointAt(start)!);
    this.at += character.length;
    while (this.text.startsWith(character, this.at)) this.at += character.length;
    const hint = hintForCharacter(character);
    const meant = meantBy(character);
    this.faults.report({
      code: "unknown_character",
      title: "Unknown character",
      text: `${showCharacter(character)} has no meaning in the language outside of texts and comments.`,
      ...(hint === undefined ? {} : { hint }),
      label: "not part of the language",
      start,
      end: this.at,
      ...(meant === undefined
        ? {}
        : {
            fix: {
              title: meant === "" ? `Remove ${showCharacter(character)}` : `Write \`${meant.trim()}\``,
              changes: [{ start, end: this.at, text: meant }],
            },
          }),
    });
  }

  string(): void {
    const block = this.text.startsWith('"""', this.at);
    const start = this.at;
    const end = this.chunk(start + (block ? 3 : 1), block, start);
    const open = this.endsInHole;
    this.emit(open ? tokens.TextOpen : tokens.String_, end - start);
    if (open) this.holes.push({ block, start, braces: 0 });
  }

  resumeString(hole: Hole): void {
    const end = this.chunk(this.at + 1, hole.block, hole.start);
    if (!this.endsInHole) this.holes.pop();
    this.emit(this.endsInHole ? tokens.TextMiddle : tokens.TextClose, end - this.at);
  }

  /** Set by `chunk`: it stopped behind a `{`. */
  endsInHole = false;

  /** Scans literal text from `from` and returns where its token ends: behind `{` or the closing quotes, or where the text breaks off. */
  chunk(from: number, block: boolean, start: number): number {
    this.endsInHole = false;
    for (let i = from; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === 92 && !isLineEnd(this.text.charCodeAt(i + 1))) i++;
      else if (code === 123) {
        this.endsInHole = true;
        return i + 1;
      } else if (block ? this.text.startsWith('"""', i) : code === 34) return i + (block ? 3 : 1);
      else if (!block && isLineEnd(code)) return this.unterminated(start, i);
    }
    return this.unterminated(start, this.text.length, block);
  }

  unterminated(start: number, end: number, block = false): number {
    // Inside a hole the fault is that the outer text is not closed; `abandonHole` says so.
    if (this.holes.length > 0) return end;
    const quotes = block ? '"""' : '"';
    this.faults.report({
      code: "unterminated_text",
      title: "This text is not closed",
      text: block ? 'A text that opens with `"""` ends with `"""`.' : "A text in double quotes ends on the line where it began.",
      hint: block ? 'Add `"""`.' : 'Add `"`, or use `"""` for a text of several lines.',
      label: "opened here",
      start,
      end: Math.min(end, start + (block ? 3 : end - start)),
      fix: { title: `Add \`${quotes}\``, changes: [{ start: end, end, text: quotes }] },
    });
    return end;
  }

  /** The line or the file ended inside a hole: the text is closed for the parser's sake. */
  abandonHole(): void {
    const hole = this.holes.pop()!;
    this.unterminated(hole.start, hole.start + 1, hole.block);
    const end = (this.lexemes.at(-1)?.endOffset ?? -1) + 1;
    this.lexemes.push({
      image: "",
      startOffset: end,
      endOffset: end - 1,
      tokenType: tokens.TextClose,
      tokenTypeIdx: tokens.TextClose.tokenTypeIdx!,
      newLine: false,
    });
  }
}

/** Says that a file was read up to here and no further. */
export function tooLarge(at: number, faults: Faults): void {
  faults.report({
    code: "too_large",
    title: "This file is too large",
    text: `It has more than ${mostTokens.toLocaleString("en")} words and signs; what follows was not read.`,
    hint: "Split it into several files joined by `use`.",
    label: "reading stopped here",
    start: at,
    end: at,
  });
}

/** A block comment as comments of lines; what stands behind it comes to a line of its own. */
function lineComments(text: string): string {
  const lines = text
    .replace(/^\/\*+/, "")
    .replace(/\*+\/$/, "")
    .split(/\r\n|\r|\n/);
  const written = lines
    .map((line) => line.replace(/^\s*\*?\s?/, "").trimEnd())
    .filter((line, i, all) => line !== "" || all.length === 1 || (i > 0 && i < all.length - 1));
  return `${written.map((line) => `// ${line}`.trimEnd()).join("\n")}\n`;
}

const isAsciiWord = (code: number) =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57);
const isLineEnd = (code: number) => code === 10 || code === 13;
