/** What all grammar rules share: places, spans, names, and how the parser recovers. */
import { EmbeddedActionsParser, EOF, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type * as ast from "./ast.ts";
import { Build } from "./build.ts";
import { Faults } from "./faults.ts";
import { expectations } from "./parse-faults.ts";
import { NewLine, sign, vocabulary, word } from "./tokens.ts";

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

export class ParserBase extends EmbeddedActionsParser {
  build = new Build(new Faults(""));
  length = 0;
  /** The longest chain of operators or of calls seen: only such make a tree deep without brackets. */
  longest = 0;

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
