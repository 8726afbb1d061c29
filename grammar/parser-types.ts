/** The rules of types, axes and parameters. */
import type { ParserMethod } from "chevrotain";
import type * as ast from "./ast.ts";
import { docsOf } from "./build.ts";
import { level } from "./operators.ts";
import { ExpressionParser } from "./parser-expressions.ts";
import { CloseAngle, Name, NewLine, OpenAngle, opensType, sign, Unit, word } from "./tokens.ts";

const closeParen = new Set([sign.CloseParen]);
const closeSquare = new Set([sign.CloseSquare]);
const afterParam = new Set([sign.Comma, sign.CloseParen]);
const afterField = new Set([sign.Comma, NewLine, sign.CloseBrace]);

export abstract class TypeParser extends ExpressionParser {
  type = this.hole("type", (): ast.Type => {
    const start = this.here();
    const first = this.SUBRULE(this.atom);
    const parts = [first];
    this.MANY(() => {
      this.CONSUME(sign.Plus);
      parts.push(this.SUBRULE2(this.atom));
    });
    return parts.length === 1 ? first : { kind: "SumType", parts, span: this.span(start) };
  });

  atom: ParserMethod<[], ast.Type> = this.hole("atom", (): ast.Type => {
    if (this.ACTION(() => this.lacks("atom", opensType))) return this.missing();
    return this.OR([
      { ALT: () => this.SUBRULE(this.fnType) },
      { ALT: () => this.SUBRULE(this.tensorType) },
      { ALT: () => this.SUBRULE(this.recordType) },
      { ALT: () => this.SUBRULE(this.namedType) },
    ]);
  });

  fnType = this.hole("fnType", (): ast.Type => {
    const start = this.here();
    const params: ast.Type[] = [];
    this.CONSUME(word.fn);
    this.CONSUME(sign.OpenParen);
    this.MANY_SEP({ SEP: sign.Comma, DEF: () => void params.push(this.SUBRULE(this.type)) });
    this.CONSUME(sign.CloseParen);
    this.CONSUME(sign.Arrow);
    const result = this.SUBRULE2(this.type);
    return { kind: "FnType", params, result, span: this.span(start) };
  });

  tensorType = this.hole("tensorType", (): ast.Type => {
    const start = this.here();
    this.CONSUME(sign.OpenSquare);
    const axes = this.OPTION(() => this.SUBRULE(this.axes)) ?? [];
    this.ACTION(() => this.settle("tensorType", closeSquare));
    this.CONSUME(sign.CloseSquare);
    const of = this.OPTION2(() => {
      this.CONSUME(word.of);
      return this.name(this.CONSUME(Name));
    });
    return { kind: "TensorType", axes, of, span: this.span(start) };
  });

  recordType = this.hole("recordType", (): ast.Type => {
    const start = this.here();
    this.CONSUME(sign.OpenBrace);
    const fields = [this.SUBRULE(this.field)];
    this.ACTION(() => this.settle("recordType", afterField));
    this.MANY(() => {
      this.SUBRULE(this.separator);
      fields.push(this.SUBRULE2(this.field));
      this.ACTION(() => this.settle("recordType", afterField));
    });
    this.CONSUME(sign.CloseBrace);
    return { kind: "RecordType", fields: fields.filter((field) => field !== undefined), span: this.span(start) };
  });

  namedType = this.hole("namedType", (): ast.Type => {
    const start = this.here();
    const name = this.name(this.CONSUME(Name));
    const args: ast.Type[] = [];
    let unit: ast.Name | undefined;
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(OpenAngle);
            this.AT_LEAST_ONE_SEP({ SEP: sign.Comma, DEF: () => void args.push(this.SUBRULE(this.type)) });
            this.CONSUME(CloseAngle);
          },
        },
        {
          ALT: () => {
            unit = this.name(this.CONSUME(Unit));
          },
        },
      ]);
    });
    return { kind: "NamedType", name, args, unit, span: this.span(start) };
  });

  axes: ParserMethod<[], ast.Axis[]> = this.RULE(
    "axes",
    (): ast.Axis[] => {
      const axes: (ast.Axis | undefined)[] = [];
      this.AT_LEAST_ONE_SEP({ SEP: sign.Comma, DEF: () => void axes.push(this.SUBRULE(this.axis)) });
      return axes.filter((axis) => axis !== undefined);
    },
    { recoveryValueFunc: () => [] },
  );

  axis = this.RULE("axis", (): ast.Axis | undefined => {
    const start = this.here();
    return this.OR([
      {
        ALT: (): ast.Axis => {
          this.CONSUME(sign.Dots);
          return { kind: "Ellipsis", span: this.span(start) };
        },
      },
      {
        ALT: (): ast.Axis => {
          const name = this.name(this.CONSUME(Name));
          let size: ast.Expr | undefined;
          let of: ast.Name | undefined;
          this.OPTION(() => {
            this.OR2([
              {
                ALT: () => {
                  this.CONSUME(sign.Is);
                  size = this.SUBRULE(this.operators, { ARGS: [level.sum] });
                },
              },
              {
                ALT: () => {
                  this.CONSUME(sign.OpenParen);
                  of = this.name(this.CONSUME2(Name));
                  this.CONSUME(sign.CloseParen);
                },
              },
            ]);
          });
          return { kind: "Axis", name, size, of, span: this.span(start) };
        },
      },
    ]);
  });

  params = this.RULE(
    "params",
    (): ast.Param[] => {
      const params: (ast.Param | undefined)[] = [];
      this.CONSUME(sign.OpenParen);
      this.MANY_SEP({
        SEP: sign.Comma,
        DEF: () => {
          params.push(this.SUBRULE(this.param));
          this.ACTION(() => this.settle("params", afterParam));
        },
      });
      this.ACTION(() => this.settle("params", closeParen));
      this.CONSUME(sign.CloseParen);
      return params.filter((param) => param !== undefined);
    },
    { recoveryValueFunc: () => [] },
  );

  param = this.RULE("param", (): ast.Param | undefined => {
    const start = this.here();
    const docs = docsOf(this.LA(1));
    let role: ast.Param["role"];
    // Three alternatives and no optional head: only so do two tokens tell `train policy` from a parameter called `train`.
    const field = this.OR([
      {
        ALT: () => {
          this.CONSUME(word.train);
          role = "train";
          return this.SUBRULE(this.field);
        },
      },
      {
        ALT: () => {
          this.CONSUME(word.live);
          role = "live";
          return this.SUBRULE2(this.field);
        },
      },
      { ALT: () => this.SUBRULE3(this.field) },
    ]);
    return field && { ...field, docs, role, span: this.span(start) };
  });

  field = this.RULE("field", (): ast.Param | undefined => {
    const start = this.here();
    const docs = docsOf(this.LA(1));
    const name = this.name(this.CONSUME(Name));
    const type = this.OPTION(() => {
      this.CONSUME(sign.Colon);
      return this.SUBRULE(this.type);
    });
    const range = this.OPTION2(() => {
      this.CONSUME(word.in);
      return this.SUBRULE(this.operators, { ARGS: [level.range] });
    });
    const value = this.OPTION3(() => {
      this.CONSUME(sign.Is);
      return this.SUBRULE(this.expr);
    });
    return { kind: "Param", docs, name, type, range, default: value, span: this.span(start) };
  });
}
