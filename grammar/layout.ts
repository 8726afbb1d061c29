/**
 * The layout rule, between scanner and parser: which line ends end an item, which words are units, which `<` opens type arguments.
 * It hands the parser balanced brackets of bounded depth and declarations that begin with a kind, whatever was typed.
 */
import type { TokenType } from "chevrotain";
import type { Faults } from "./faults.ts";
import * as faults from "./layout-faults.ts";
import type { Lexeme, Scanner } from "./scan.ts";
import {
  CloseAngle,
  Identifier,
  isReserved,
  NewLine,
  NumberToken,
  OpenAngle,
  opensDeclaration,
  sign,
  TextClose,
  TextMiddle,
  TextOpen,
  Unit,
  word,
} from "./tokens.ts";

/**
 * How deep text may nest, in steps: people write far less, and the parser needs its stack. A bracket or a hole in a text costs the parser
 * some twelve rules, `if`, `^` and a function type, which nest without brackets, two or three.
 */
const deepest = 192;
const bracketSteps = 4;

const closers = new Map<TokenType, TokenType>([
  [sign.OpenParen, sign.CloseParen],
  [sign.OpenSquare, sign.CloseSquare],
  [sign.OpenBrace, sign.CloseBrace],
  [TextOpen, TextClose],
]);
const closing = new Set(closers.values());

/** Operators that stand between two operands. */
const binary = new Set<TokenType>([
  ...[
    sign.Plus,
    sign.Star,
    sign.Slash,
    sign.Caret,
    sign.Dots,
    sign.Equal,
    sign.Unequal,
    sign.Less,
    sign.AtMost,
    sign.More,
    sign.AtLeast,
  ],
  ...[word.and, word.or, word.in],
]);
/** A line that begins with one of these goes on with the item before it. */
const continues = new Set<TokenType>([...binary, word.then, word.else, word.until, sign.Arrow, sign.Dot, sign.Bar]);
/** After one of these the item cannot be over. */
const unfinished = new Set<TokenType>([
  ...binary,
  sign.Minus,
  sign.Is,
  sign.Arrow,
  sign.Dot,
  sign.Bar,
  sign.Comma,
  sign.Colon,
  TextMiddle,
  ...closers.keys(),
]);

/** An open bracket and what has been counted since it, or since the last comma or line end in it. */
type Frame = {
  readonly open?: Lexeme;
  readonly close?: TokenType;
  /** Whether line ends separate items here. */
  readonly lines: boolean;
  angles: number;
  nested: number;
  carets: number;
  /** The first line inside stands further right than the margin. */
  indented: boolean;
};

/** The tokens of one item at the top of a file as the parser reads them, and where the item ends: right behind its last token, or with the text. */
export type Item = { readonly lexemes: readonly Lexeme[]; readonly end: number };

/** Reads on up to the line end that ends an item; what had to be mended is reported to `report`. */
export function layout(scanner: Scanner, report: Faults): Item {
  return new Layout(scanner, report).run();
}

class Layout {
  readonly text: string;
  readonly scanner: Scanner;
  readonly report: Faults;
  readonly out: Lexeme[] = [];
  readonly frames: Frame[] = [frame(true)];
  /** Everything that costs the parser a level. */
  depth = 0;
  at = 0;
  /** A text was cut off inside one of its holes: the scanner is still in it, so nothing ends here but the file. */
  torn = false;

  constructor(scanner: Scanner, report: Faults) {
    this.text = scanner.text;
    this.scanner = scanner;
    this.report = report;
  }

  get top(): Frame {
    return this.frames.at(-1)!;
  }

  run(): Item {
    for (let lexeme = this.scanner.lexeme(0); lexeme; lexeme = this.scanner.lexeme(++this.at)) {
      if (lexeme.newLine && this.line(lexeme) && !this.torn) return this.item(this.scanner.lexeme(this.at - 1)!.endOffset + 1);
      if (this.frames.length === 1 && this.beginsItem() && !this.declaration(lexeme)) continue;
      if (closing.has(lexeme.tokenType) || lexeme.tokenType === TextMiddle) this.close(lexeme);
      else this.plain(lexeme);
      if (this.depth > deepest) {
        faults.tooDeep(this.report, lexeme);
        this.closeDownTo(1);
        return this.item(this.text.length);
      }
    }
    if (this.frames.length > 1) faults.unclosed(this.report, this.top.open!, this.end());
    this.closeDownTo(1);
    return this.item(this.text.length);
  }

  item(end: number): Item {
    return { lexemes: this.out, end };
  }

  /** A line begins with `lexeme`: an unclosed bracket may show, an item may end. True where that is an item at the top of the file. */
  line(lexeme: Lexeme): boolean {
    const next = this.scanner.lexeme(this.at + 1);
    if (this.frames.length > 1) {
      const margin = this.atMargin(lexeme);
      if (margin && this.newDeclaration(lexeme)) {
        faults.unclosed(this.report, this.top.open!, lexeme);
        this.torn ||= this.frames.some(({ close }) => close === TextClose);
        this.closeDownTo(1);
      } else if (!margin && this.out.at(-1) === this.top.open) this.top.indented = true;
    }
    if (!this.top.lines || this.beginsItem() || closing.has(lexeme.tokenType)) return false;
    const last = this.out.at(-1)!;
    const field = this.out.at(-2)?.tokenType === sign.Dot;
    if (
      !field &&
      (unfinished.has(last.tokenType) ||
        (isReserved(last.tokenType) && last.tokenType !== word.true && last.tokenType !== word.false))
    )
      return false;
    if (this.goesOn(lexeme, next)) return false;
    this.out.push(virtual(NewLine, last.endOffset + 1));
    this.resetFrame();
    return this.frames.length === 1;
  }

  goesOn(lexeme: Lexeme, next: Lexeme | undefined): boolean {
    if (next?.tokenType === sign.Colon) return false;
    if (lexeme.tokenType === sign.Minus) return next === undefined || next.newLine || next.startOffset > lexeme.endOffset + 1;
    return continues.has(lexeme.tokenType);
  }

  /** Whether the next token is the first of an item: nothing, a line end, or an opening bracket stands before it. */
  beginsItem(): boolean {
    const last = this.out.at(-1);
    return last === undefined || last.tokenType === NewLine || last === this.top.open;
  }

  atMargin(lexeme: Lexeme): boolean {
    const before = this.text.charCodeAt(lexeme.startOffset - 1);
    return lexeme.startOffset === 0 || before === 10 || before === 13;
  }

  /** Whether a declaration begins at the margin although brackets are open: a bracket before it was forgotten. */
  newDeclaration(lexeme: Lexeme): boolean {
    const [next, third] = [this.scanner.lexeme(this.at + 1), this.scanner.lexeme(this.at + 2)];
    if (!opensDeclaration(lexeme.tokenType) || !next || next.newLine) return false;
    const named = next.tokenType === Identifier || opensDeclaration(next.tokenType);
    if (lexeme.tokenType === word.use) return named || next.image.startsWith('"');
    if (lexeme.tokenType === word.train)
      return named && (third?.tokenType === sign.OpenParen || third?.tokenType === sign.OpenBrace);
    if (lexeme.tokenType === word.fn && this.top.lines) return named && this.top.indented;
    return named;
  }

  /** Checks the first token of a top-level item; false when the item was reported and passed over. */
  declaration(lexeme: Lexeme): boolean {
    const isExtern = lexeme.tokenType === word.extern;
    const kind = isExtern ? this.scanner.lexeme(this.at + 1) : lexeme;
    const type = kind?.tokenType;
    if (kind === undefined || type === undefined || opensDeclaration(type)) return true;
    if (closing.has(type) && type === lexeme.tokenType) return true;
    const guess = faults.unknownDeclaration(this.report, kind, this.scanner.lexeme(this.at + (isExtern ? 2 : 1)));
    if (guess !== undefined) {
      if (kind !== lexeme) this.out.push(lexeme);
      if (kind !== lexeme) this.at++;
      this.out.push({ ...kind, tokenType: guess, tokenTypeIdx: guess.tokenTypeIdx! });
    } else this.skipItem();
    return false;
  }

  /** Leaves `at` on the last token of the item that begins there. */
  skipItem(): void {
    let depth = 0;
    for (let i = this.at; ; this.at = i++) {
      const lexeme = this.scanner.lexeme(i);
      if (lexeme === undefined) return;
      if (i > this.at && lexeme.newLine) {
        const begins = opensDeclaration(lexeme.tokenType) && this.atMargin(lexeme);
        if (begins || (depth === 0 && !this.goesOn(lexeme, this.scanner.lexeme(i + 1)))) return;
      }
      if (closers.has(lexeme.tokenType)) depth++;
      else if (closing.has(lexeme.tokenType)) depth = Math.max(0, depth - 1);
    }
  }

  close(lexeme: Lexeme): void {
    const wanted = lexeme.tokenType === TextMiddle ? TextClose : lexeme.tokenType;
    let i = this.frames.length - 1;
    while (i > 0 && this.frames[i]!.close !== wanted && this.frames[i]!.close !== TextClose) i--;
    if (i === 0 || this.frames[i]!.close !== wanted) {
      this.stray(lexeme);
      return;
    }
    if (i < this.frames.length - 1) faults.unclosed(this.report, this.top.open!, lexeme);
    this.closeDownTo(i + 1);
    this.dropTrailingComma();
    this.out.push(lexeme);
    if (lexeme.tokenType !== TextMiddle) this.pop();
  }

  /** A closing bracket without a partner: read as the one that is open, if that is on top, else left out. */
  stray(lexeme: Lexeme): void {
    const { open, close } = this.top;
    const swapped =
      open !== undefined && close !== TextClose && lexeme.tokenType !== TextClose && lexeme.tokenType !== TextMiddle;
    if (swapped) faults.wrongCloser(this.report, open, lexeme);
    else if (lexeme.image !== "" && closers.has(lexeme.tokenType) === false) faults.unopened(this.report, lexeme);
    if (!swapped) return;
    this.dropTrailingComma();
    this.out.push({ ...lexeme, tokenType: close!, tokenTypeIdx: close!.tokenTypeIdx! });
    this.pop();
  }

  dropTrailingComma(): void {
    const before = this.out.at(-2);
    if (this.out.at(-1)?.tokenType !== sign.Comma || before === this.top.open || before?.tokenType === sign.Comma) return;
    this.out.pop();
  }

  closeDownTo(count: number): void {
    while (this.frames.length > count) {
      const end = (this.out.at(-1)?.endOffset ?? -1) + 1;
      this.out.push(virtual(this.top.close!, end));
      this.pop();
    }
  }

  pop(): void {
    this.resetFrame();
    this.frames.pop();
    this.depth -= bracketSteps;
  }

  resetFrame(): void {
    const top = this.top;
    this.depth -= top.nested + top.carets;
    top.nested = 0;
    top.carets = 0;
    top.angles = 0;
  }

  plain(lexeme: Lexeme): void {
    const type = this.retype(lexeme);
    const previous = this.out.at(-1)?.tokenType;
    if (type !== lexeme.tokenType) lexeme = { ...lexeme, tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
    this.count(type, previous);
    if (type === CloseAngle && lexeme.image === ">=") this.splitAngle(lexeme);
    else this.out.push(lexeme);
    const close = closers.get(type);
    if (close === undefined) return;
    this.frames.push(frame(type === sign.OpenBrace, lexeme, close));
    this.depth += bracketSteps;
  }

  /** `if` and `^` and function types nest to the right without brackets: they count as depth while their item lasts. */
  count(type: TokenType, previous: TokenType | undefined): void {
    const top = this.top;
    if (type === word.if || (type === sign.OpenParen && previous === word.fn)) {
      top.nested++;
      this.depth++;
    } else if (type === sign.Caret) {
      top.carets++;
      this.depth++;
    } else if (type === sign.Comma) {
      const angles = top.angles;
      this.resetFrame();
      top.angles = angles;
    } else if (binary.has(type) || (type === sign.Minus && previous !== sign.Caret)) {
      this.depth -= top.carets;
      top.carets = 0;
    }
  }

  /** Units and angle brackets are what they are by their place. */
  retype(lexeme: Lexeme): TokenType {
    const type = lexeme.tokenType;
    const previous = this.out.at(-1);
    const capital = previous?.tokenType === Identifier && /^\p{Lu}/u.test(previous.image);
    if (type === Identifier && !lexeme.newLine && (previous?.tokenType === NumberToken || capital)) return Unit;
    if (type === sign.Less && (capital || this.out.at(-2)?.tokenType === word.type) && this.closesAngle()) {
      this.top.angles++;
      return OpenAngle;
    }
    if ((type === sign.More || type === sign.AtLeast) && this.top.angles > 0) {
      this.top.angles--;
      return CloseAngle;
    }
    return type;
  }

  /** Whether the `<` at hand has its `>` behind nothing but what types are made of. */
  closesAngle(): boolean {
    let angles = 0;
    let brackets = 0;
    for (let i = this.at; i < this.at + 400; i++) {
      const type = this.scanner.lexeme(i)?.tokenType;
      if (type === undefined) return false;
      if (type !== TextOpen && closers.has(type)) brackets++;
      else if (closing.has(type) && --brackets < 0) return false;
      if (brackets > 0) continue;
      if (type === sign.Less) angles++;
      else if (type === sign.More || type === sign.AtLeast) {
        if (--angles === 0) return true;
      } else if (type === NumberToken || isReserved(type) || binary.has(type) !== (type === sign.Plus)) return false;
    }
    return false;
  }

  /** `Rows<R>= x`: the scanner took `>=` for one sign. */
  splitAngle(lexeme: Lexeme): void {
    const middle = lexeme.startOffset;
    this.out.push({ ...lexeme, image: ">", endOffset: middle });
    this.out.push({ ...virtual(sign.Is, middle + 1), image: "=", endOffset: middle + 1 });
  }

  /** What stands behind the last token. */
  end(): Lexeme {
    return virtual(NewLine, this.text.length);
  }
}

function frame(lines: boolean, open?: Lexeme, close?: TokenType): Frame {
  return { ...(open && close ? { open, close } : {}), lines, angles: 0, nested: 0, carets: 0, indented: false };
}

/** A token of no width that nobody typed. */
export function virtual(type: TokenType, offset: number): Lexeme {
  return {
    image: "",
    startOffset: offset,
    endOffset: offset - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx!,
    newLine: false,
  };
}
