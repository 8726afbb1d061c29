/** What all grammar rules share: places, spans, names, and how the parser recovers. */
import { EmbeddedActionsParser, EOF, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type * as ast from "./ast.ts";
import { Build } from "./build.ts";
import { Faults } from "./faults.ts";
import { expectations } from "./parse-faults.ts";
import { NewLine, opensDeclaration, opensStatement, sign, TextClose, TextOpen, vocabulary, word } from "./tokens.ts";

/** Only these are ever put in by recovery; a name or a number nobody wrote would mislead the checker. */
const insertable = new Set<TokenType>([
  sign.Comma,
  sign.Colon,
  sign.Is,
  sign.Arrow,
  sign.CloseParen,
  sign.CloseSquare,
  sign.CloseBrace,
  word.then,
  word.in,
  NewLine,
]);

/** A token that fits nowhere, as `parse-faults.ts` words it. */
export type Stray = { readonly rule: "statement" | "body" | "file"; readonly token: IToken };

const opening = new Set<TokenType>([sign.OpenParen, sign.OpenSquare, sign.OpenBrace, TextOpen]);
const closing = new Set<TokenType>([sign.CloseParen, sign.CloseSquare, sign.CloseBrace, TextClose]);

export class ParserBase extends EmbeddedActionsParser {
  build = new Build(new Faults(""));
  length = 0;
  /** The longest chain of operators or of calls seen: only such make a tree deep without brackets. */
  longest = 0;

  /** Tokens that stood where an item should begin or be over; the rest of their item was passed over. */
  strays: Stray[] = [];

  constructor(validate: boolean) {
    super(vocabulary, { maxLookahead: 2, recoveryEnabled: true, skipValidations: !validate, errorMessageProvider: expectations });
  }

  /** Where the next token begins. */
  here(): number {
    const next = this.LA(1);
    return next.tokenType === EOF ? this.length : next.startOffset;
  }

  /** Where the last token ended, not before `start`. */
  end(start: number): number {
    const last = this.LA(0);
    return last.tokenType === EOF ? start : Math.max(start, last.endOffset! + 1);
  }

  span(start: number): ast.Name["span"] {
    return this.build.faults.span(start, this.end(start));
  }

  /** For a rule that failed: a hole where the parser stands. */
  missing = (): ast.Missing => {
    const start = this.here();
    return { kind: "Missing", span: this.build.faults.span(start, start) };
  };

  /** A rule that leaves a hole when it fails. */
  hole<T>(rule: string, definition: () => T): ParserMethod<[], T | ast.Missing> {
    return this.RULE<() => T | ast.Missing>(rule, definition, { recoveryValueFunc: this.missing });
  }

  // Chevrotain's own recovery looks for any token that might follow, which is too eager where kinds are also names. Between items
  // the parser therefore settles by itself: what fits nowhere is noted and passed over up to the end of its line.

  /** After `{`: passes over items that are no statements. */
  settleFirst(): void {
    while (!opensStatement(this.LA(1).tokenType) && !this.atEnd(1)) {
      if (this.LA(1).tokenType !== NewLine) this.pass("statement");
      if (this.LA(1).tokenType === NewLine) this.SKIP_TOKEN();
    }
  }

  /** After a statement: passes over the rest of its line, and over following items that are no statements. */
  settleStatement(): void {
    if (!this.atEnd(1) && this.LA(1).tokenType !== NewLine) this.pass("body");
    while (this.LA(1).tokenType === NewLine && !opensStatement(this.LA(2).tokenType)) {
      this.SKIP_TOKEN();
      if (this.atEnd(1)) return;
      this.pass("statement");
    }
  }

  /** After a declaration: passes over the rest of its line. */
  settleDeclaration(): void {
    const type = this.LA(1).tokenType;
    if (type !== NewLine && type !== EOF && !opensDeclaration(type)) this.pass("file");
  }

  private atEnd(ahead: number): boolean {
    const type = this.LA(ahead).tokenType;
    return type === EOF || type === sign.CloseBrace;
  }

  /** Notes the next token and passes over everything up to the end of the line or of the brackets it stands in. */
  private pass(rule: Stray["rule"]): void {
    this.strays.push({ rule, token: this.LA(1) });
    let depth = 0;
    for (let type = this.LA(1).tokenType; type !== EOF; type = this.LA(1).tokenType) {
      if (depth === 0 && (type === NewLine || (closing.has(type) && rule !== "file"))) return;
      if (opening.has(type)) depth++;
      else if (closing.has(type) && depth > 0) depth--;
      this.SKIP_TOKEN();
    }
  }

  name(token: IToken): ast.Name {
    return this.build.name(token);
  }

  protected override getTokenToInsert(type: TokenType): IToken {
    const at = this.end(0);
    return { image: "", startOffset: at, endOffset: at - 1, tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
  }

  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }
}
