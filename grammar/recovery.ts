/**
 * How the parser goes on after a fault, so that one fault costs one part of one item and nothing else.
 * Chevrotain's own recovery looks for any token that might follow somewhere, which is too eager where kinds are also names; it stays as
 * the last resort. Before that, a missing expression or type leaves a hole, and what fits nowhere is noted and passed over up to the
 * next comma, line end or closing bracket. The layout pass has made sure that brackets pair.
 */
import { EmbeddedActionsParser, EOF, type IToken, type TokenType } from "chevrotain";
import { expectations } from "./parse-faults.ts";
import { closesBracket, NewLine, opensBracket, opensDeclaration, opensStatement, sign, vocabulary, word } from "./tokens.ts";

/** A token that fits nowhere, and what should have stood there; `parse-faults.ts` words it. */
export type Stray = { readonly rule: string; readonly expected: string; readonly label: string; readonly token: IToken };

/** Only these are ever put in; a name or a number nobody wrote would mislead the checker. */
const insertable = new Set<TokenType>([
  ...[sign.Comma, sign.Colon, sign.Is, sign.Arrow, sign.CloseParen, sign.CloseSquare, sign.CloseBrace],
  ...[word.then, word.in, NewLine],
]);
const ends = new Set<TokenType>([NewLine, sign.CloseBrace]);

export class Recovery extends EmbeddedActionsParser {
  strays: Stray[] = [];

  constructor(validate: boolean) {
    super(vocabulary, {
      maxLookahead: 2,
      recoveryEnabled: true,
      skipValidations: !validate,
      errorMessageProvider: expectations,
    });
  }

  /** Whether what `rule` reads is missing here; notes it. */
  lacks(rule: string, begins: (type: TokenType) => boolean): boolean {
    const token = this.LA(1);
    if (begins(token.tokenType)) return false;
    this.strays.push({ rule, expected: "", label: "", token });
    return true;
  }

  /** Whether a token that must come next is missing; notes it. */
  lacksToken(rule: string, type: TokenType): boolean {
    const token = this.LA(1);
    if (token.tokenType === type) return false;
    this.strays.push({ rule, expected: type.name, label: type.LABEL ?? type.name, token });
    return true;
  }

  /** Notes an operator that cannot stand where it stands. */
  misplaced(token: IToken): void {
    const prefix = token.tokenType === word.not || token.tokenType === sign.Minus;
    this.strays.push({ rule: prefix ? "primary" : "body", expected: prefix ? "" : "CloseBrace", label: "", token });
  }

  /** Inside brackets: passes over everything up to one of `stops`, or up to the closing bracket. */
  settle(rule: string, stops: ReadonlySet<TokenType>): void {
    const type = this.LA(1).tokenType;
    if (stops.has(type) || type === EOF) return;
    this.strays.push({ rule, expected: "CloseParen", label: "", token: this.LA(1) });
    this.skipTo(stops, true);
  }

  /** After `{`: passes over items that are no statements. */
  settleFirst(): void {
    while (!opensStatement(this.LA(1).tokenType) && !this.atEnd()) {
      if (this.LA(1).tokenType !== NewLine) this.pass("statement", "");
      if (this.LA(1).tokenType === NewLine) this.SKIP_TOKEN();
    }
  }

  /** After a statement: passes over the rest of its line, and over following items that are no statements. */
  settleStatement(): void {
    if (!this.atEnd() && this.LA(1).tokenType !== NewLine) this.pass("body", "CloseBrace");
    while (this.LA(1).tokenType === NewLine && !opensStatement(this.LA(2).tokenType)) {
      this.SKIP_TOKEN();
      if (this.atEnd()) return;
      this.pass("statement", "");
    }
  }

  /** After a declaration: passes over the rest of its line. */
  settleDeclaration(): void {
    const type = this.LA(1).tokenType;
    if (type === NewLine || type === EOF || opensDeclaration(type)) return;
    this.strays.push({ rule: "file", expected: "CloseBrace", label: "", token: this.LA(1) });
    this.skipTo(ends, false);
  }

  private atEnd(): boolean {
    const type = this.LA(1).tokenType;
    return type === EOF || type === sign.CloseBrace;
  }

  private pass(rule: string, expected: string): void {
    this.strays.push({ rule, expected, label: "", token: this.LA(1) });
    this.skipTo(ends, true);
  }

  /** Skips to one of `stops` outside of further brackets; also stops before a closing bracket when `inside` one. */
  private skipTo(stops: ReadonlySet<TokenType>, inside: boolean): void {
    let depth = 0;
    for (let type = this.LA(1).tokenType; type !== EOF; type = this.LA(1).tokenType) {
      const closes = closesBracket(type);
      if (depth === 0 && (closes ? inside : stops.has(type))) return;
      if (opensBracket(type)) depth++;
      else if (closes && depth > 0) depth--;
      this.SKIP_TOKEN();
    }
  }

  protected override getTokenToInsert(type: TokenType): IToken {
    const last = this.LA(0);
    const at = last.tokenType === EOF ? 0 : last.endOffset! + 1;
    return { image: "", startOffset: at, endOffset: at - 1, tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
  }

  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }
}
