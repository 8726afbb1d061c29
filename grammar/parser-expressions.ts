/** The rules of expressions, tightest last, as in the language's grammar. */
import type { IToken, ParserMethod } from "chevrotain";
import type * as ast from "./ast.ts";
import { docsOf } from "./build.ts";
import { type Item, level, resolve } from "./operators.ts";
import { ParserBase } from "./parser-base.ts";
import {
  isWord,
  Name,
  NewLine,
  NumberToken,
  Operator,
  opensExpression,
  opensPrimary,
  String_,
  sign,
  TextClose,
  TextMiddle,
  TextOpen,
  Unit,
  Word,
  word,
} from "./tokens.ts";

/** What stands between the brackets of a call. */
type Inside = Pick<ast.Call, "args" | "given" | "over" | "to" | "where">;

const closeParen = new Set([sign.CloseParen]);
const closeSquare = new Set([sign.CloseSquare]);
const closeBrace = new Set([sign.CloseBrace]);
const afterArg = new Set([sign.Comma, sign.Bar, word.over, word.where, sign.CloseParen]);
const afterItem = new Set([sign.Comma, sign.CloseSquare]);
const afterEntry = new Set([sign.Comma, NewLine, sign.CloseBrace]);

export abstract class ExpressionParser extends ParserBase {
  abstract body: ParserMethod<[], ast.Body>;
  abstract axes: ParserMethod<[], ast.Axis[]>;

  expr = this.hole("expr", (): ast.Expr => {
    if (this.ACTION(() => this.lacks("expr", opensExpression))) return this.missing();
    return this.OR([
      { ALT: () => this.SUBRULE(this.choice) },
      { ALT: () => this.SUBRULE(this.each) },
      { ALT: () => this.SUBRULE(this.operators) },
    ]);
  });

  choice = this.hole("choice", (): ast.Expr => {
    const start = this.here();
    this.CONSUME(word.if);
    const condition = this.SUBRULE(this.operators);
    this.CONSUME(word.then);
    const yes = this.SUBRULE(this.expr);
    if (this.ACTION(() => this.lacksToken("choice", word.else))) {
      return { kind: "If", condition, yes, no: this.missing(), span: this.span(start) };
    }
    this.CONSUME(word.else);
    const no = this.SUBRULE2(this.expr);
    return { kind: "If", condition, yes, no, span: this.span(start) };
  });

  each = this.hole("each", (): ast.Expr => {
    const start = this.here();
    this.CONSUME(word.for);
    const name = this.name(this.CONSUME(Name));
    this.CONSUME(word.in);
    const over = this.SUBRULE(this.expr);
    const body = this.SUBRULE(this.body);
    return { kind: "For", name, over, body, span: this.span(start) };
  });

  /** Operands and operators in a row; `resolve` makes the tree, of operators that bind at least as tightly as `loosest`. */
  operators = this.RULE(
    "operators",
    (loosest: number = level.or): ast.Expr => {
      const items: Item[] = [];
      this.OPTION(() => items.push(this.CONSUME(word.not)));
      this.OPTION2(() => items.push(this.CONSUME(sign.Minus)));
      const start = this.here();
      const first = this.SUBRULE(this.postfix);
      items.push({ expr: first, start, end: this.end(start) });
      this.MANY(() => {
        items.push(this.CONSUME(Operator));
        this.OPTION3(() => items.push(this.CONSUME2(word.not)));
        this.OPTION4(() => items.push(this.CONSUME2(sign.Minus)));
        const start = this.here();
        const expr = this.SUBRULE2(this.postfix);
        items.push({ expr, start, end: this.end(start) });
      });
      if (items.length === 1) return first;
      return this.ACTION(() => {
        this.longest = Math.max(this.longest, items.length >> 1);
        return resolve(items, loosest, this.build, (token) => this.misplaced(token));
      });
    },
    { recoveryValueFunc: this.missing },
  );

  postfix = this.hole("postfix", (): ast.Expr => {
    const start = this.here();
    let object = this.SUBRULE(this.primary);
    let count = 0;
    this.MANY(() => {
      const on = object;
      object = this.OR([
        {
          ALT: (): ast.Expr => {
            const inside = this.SUBRULE(this.call);
            return { kind: "Call", callee: on, ...inside, span: this.span(start) };
          },
        },
        {
          ALT: (): ast.Expr => {
            const inside = this.SUBRULE(this.index);
            if (Array.isArray(inside)) return { kind: "Select", object: on, entries: inside, span: this.span(start) };
            return { kind: "Index", object: on, value: inside as ast.Expr, span: this.span(start) };
          },
        },
        {
          ALT: (): ast.Expr => {
            this.CONSUME(sign.Dot);
            if (this.ACTION(() => this.lacks("field", isWord))) return on;
            return { kind: "Field", object: on, name: this.name(this.CONSUME(Word)), span: this.span(start) };
          },
        },
      ]);
      this.longest = Math.max(this.longest, ++count);
    });
    return object;
  });

  call = this.RULE(
    "call",
    (): Inside => {
      const inside: { -readonly [K in keyof Inside]: Inside[K] } = { args: [] };
      this.CONSUME(sign.OpenParen);
      this.OPTION(() => {
        inside.args = this.SUBRULE(this.args);
        this.OPTION2(() => {
          this.CONSUME(sign.Bar);
          inside.given = this.SUBRULE2(this.args);
        });
        this.OPTION3(() => {
          this.CONSUME(word.over);
          inside.over = this.SUBRULE(this.axes);
          this.OPTION4(() => {
            this.CONSUME(sign.Arrow);
            inside.to = this.SUBRULE2(this.axes);
          });
        });
        this.OPTION5(() => {
          this.CONSUME(word.where);
          inside.where = this.SUBRULE(this.expr);
        });
      });
      this.ACTION(() => this.settle("call", closeParen));
      this.CONSUME(sign.CloseParen);
      return inside;
    },
    { recoveryValueFunc: () => ({ args: [] }) },
  );

  args = this.RULE(
    "args",
    (): ast.Arg[] => {
      const args = [this.SUBRULE(this.arg)];
      this.ACTION(() => this.settle("args", afterArg));
      this.MANY(() => {
        this.CONSUME(sign.Comma);
        args.push(this.SUBRULE2(this.arg));
        this.ACTION(() => this.settle("args", afterArg));
      });
      return args;
    },
    { recoveryValueFunc: () => [] },
  );

  arg = this.RULE(
    "arg",
    (): ast.Arg => {
      const start = this.here();
      const label = this.OPTION(() => {
        const token = this.CONSUME(Word);
        this.CONSUME(sign.Colon);
        return this.name(token);
      });
      const value = this.SUBRULE(this.expr);
      return { kind: "Arg", label, value, span: this.span(start) };
    },
    { recoveryValueFunc: () => ({ kind: "Arg" as const, value: this.missing(), span: this.missing().span }) },
  );

  index = this.hole("index", (): ast.Entry[] | ast.Expr => {
    this.CONSUME(sign.OpenSquare);
    const inside = this.OR([
      {
        ALT: () => {
          const entries = [this.SUBRULE(this.entry)];
          this.MANY(() => {
            this.CONSUME(sign.Comma);
            entries.push(this.SUBRULE2(this.entry));
          });
          return entries.filter((entry) => entry !== undefined);
        },
      },
      { ALT: () => this.SUBRULE(this.expr) },
    ]);
    this.ACTION(() => this.settle("index", closeSquare));
    this.CONSUME(sign.CloseSquare);
    return inside;
  });

  private primaries: { ALT: () => ast.Expr }[] | undefined;

  primary = this.hole("primary", (): ast.Expr => {
    if (this.ACTION(() => this.lacks("primary", opensPrimary))) return this.missing();
    // Made once: this is the rule that runs most often.
    this.primaries ??= [
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.string) },
      { ALT: () => this.bool(true, this.CONSUME(word.true)) },
      { ALT: () => this.bool(false, this.CONSUME(word.false)) },
      { ALT: () => this.name(this.CONSUME(Name)) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.record) },
      {
        ALT: () => {
          this.CONSUME(sign.OpenParen);
          const inner = this.SUBRULE(this.expr);
          this.ACTION(() => this.settle("primary", closeParen));
          this.CONSUME(sign.CloseParen);
          return inner;
        },
      },
    ];
    return this.OR(this.primaries);
  });

  number = this.hole("number", (): ast.Expr => {
    const token = this.CONSUME(NumberToken);
    let percent = false;
    let unit: ast.Name | undefined;
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(sign.Percent);
            percent = true;
          },
        },
        {
          ALT: () => {
            unit = this.name(this.CONSUME(Unit));
          },
        },
      ]);
    });
    return this.ACTION(() => this.build.number(token, percent, unit, this.end(token.startOffset)));
  });

  string = this.hole("string", (): ast.Expr => {
    const tokens: IToken[] = [];
    const holes: ast.Expr[] = [];
    this.OR([
      { ALT: () => void tokens.push(this.CONSUME(String_)) },
      {
        ALT: () => {
          tokens.push(this.CONSUME(TextOpen));
          holes.push(this.SUBRULE(this.expr));
          this.MANY(() => {
            tokens.push(this.CONSUME(TextMiddle));
            holes.push(this.SUBRULE2(this.expr));
          });
          tokens.push(this.CONSUME(TextClose));
        },
      },
    ]);
    return this.ACTION(() => this.build.text(tokens, holes, this.end(0)));
  });

  list = this.hole("list", (): ast.Expr => {
    const start = this.here();
    const items: ast.Expr[] = [];
    this.CONSUME(sign.OpenSquare);
    this.MANY_SEP({
      SEP: sign.Comma,
      DEF: () => {
        items.push(this.SUBRULE(this.expr));
        this.ACTION(() => this.settle("list", afterItem));
      },
    });
    this.ACTION(() => this.settle("list", closeSquare));
    this.CONSUME(sign.CloseSquare);
    return { kind: "List", items, span: this.span(start) };
  });

  record = this.RULE(
    "record",
    (): ast.RecordLit => {
      const start = this.here();
      const entries: (ast.Entry | undefined)[] = [];
      this.CONSUME(sign.OpenBrace);
      this.OPTION(() => {
        entries.push(this.SUBRULE(this.entry));
        this.ACTION(() => this.settle("record", afterEntry));
        this.MANY(() => {
          this.SUBRULE(this.separator);
          entries.push(this.SUBRULE2(this.entry));
          this.ACTION(() => this.settle("record", afterEntry));
        });
      });
      this.ACTION(() => this.settle("record", closeBrace));
      this.CONSUME(sign.CloseBrace);
      return { kind: "Record", entries: entries.filter((entry) => entry !== undefined), span: this.span(start) };
    },
    { recoveryValueFunc: () => ({ kind: "Record" as const, entries: [], span: this.missing().span }) },
  );

  entry = this.RULE("entry", (): ast.Entry | undefined => {
    const start = this.here();
    const docs = docsOf(this.LA(1));
    const label = this.name(this.CONSUME(Word));
    this.CONSUME(sign.Colon);
    const value = this.SUBRULE(this.expr);
    return { kind: "Entry", docs, label, value, span: this.span(start) };
  });

  separator = this.RULE("separator", (): void => {
    this.OR([{ ALT: () => this.CONSUME(sign.Comma) }, { ALT: () => this.CONSUME(NewLine) }]);
  });

  bool(value: boolean, token: IToken): ast.Bool {
    return { kind: "Bool", value, span: this.build.token(token) };
  }
}
