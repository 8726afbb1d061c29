/** What all grammar rules share: places, spans, names, holes. */
import { EOF, type IToken, type ParserMethod } from "chevrotain";
import type * as ast from "./ast.ts";
import { Build } from "./build.ts";
import { Faults } from "./faults.ts";
import { Recovery } from "./recovery.ts";

export class ParserBase extends Recovery {
  build = new Build(new Faults(""));
  length = 0;
  /** The longest chain of operators or of calls seen: only such make a tree deep without brackets. */
  longest = 0;

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

  /** For what is not there: a hole where the parser stands. */
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
}
