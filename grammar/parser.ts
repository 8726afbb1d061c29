/**
 * The grammar of files, declarations and statements. LL(2), without gates and backtracking.
 * A parser is made once and reads any number of files, one after the other.
 */
import type { IToken, ParserMethod, TokenType } from "chevrotain";
import type * as ast from "./ast.ts";
import { docsOf } from "./build.ts";
import { TypeParser } from "./parser-types.ts";
import { CloseAngle, callableKinds, Name, NewLine, OpenAngle, String_, settingKinds, sign, word } from "./tokens.ts";

const afterImport = new Set([sign.Comma, NewLine, sign.CloseBrace]);

export class NeuroParser extends TypeParser {
  private readonly callableWords = this.words(callableKinds);
  private readonly settingWords = this.words(settingKinds);

  constructor(validate = false) {
    super(validate);
    this.performSelfAnalysis();
  }

  file = this.RULE(
    "file",
    (): ast.Decl[] => {
      const decls: (ast.Decl | undefined)[] = [];
      this.MANY(() => {
        decls.push(this.SUBRULE(this.declaration));
        this.ACTION(() => this.settleDeclaration());
        this.OPTION(() => this.CONSUME(NewLine));
      });
      return decls.filter((decl) => decl !== undefined);
    },
    { recoveryValueFunc: () => [] },
  );

  declaration = this.RULE("declaration", (): ast.Decl | undefined => {
    const start = this.here();
    const docs = docsOf(this.LA(1));
    return this.OR([
      { ALT: () => this.finish(this.SUBRULE(this.use), docs, false, start) },
      {
        ALT: () => {
          const extern = this.OPTION(() => this.CONSUME(word.extern)) !== undefined;
          const decl = this.OR2([
            { ALT: () => this.SUBRULE(this.typeDeclaration) },
            { ALT: () => this.SUBRULE(this.callable) },
            { ALT: () => this.SUBRULE(this.model) },
            { ALT: () => this.SUBRULE(this.setting) },
          ]);
          return this.finish(decl, docs, extern, start);
        },
      },
    ]);
  });

  use = this.RULE("use", (): ast.Use | undefined => {
    const start = this.here();
    this.CONSUME(word.use);
    const from = this.here();
    const names: IToken[] = [];
    const file = this.OR([
      { ALT: () => this.CONSUME(String_) },
      {
        ALT: () => {
          names.push(this.CONSUME(Name));
          this.MANY(() => {
            this.CONSUME(sign.Dot);
            names.push(this.CONSUME2(Name));
          });
          return undefined;
        },
      },
    ]);
    const pathSpan = this.span(from);
    const imports: (ast.Import | undefined)[] = [];
    this.CONSUME(sign.OpenBrace);
    imports.push(this.SUBRULE(this.import));
    this.ACTION(() => this.settle("use", afterImport));
    this.MANY2(() => {
      this.SUBRULE(this.separator);
      imports.push(this.SUBRULE2(this.import));
      this.ACTION(() => this.settle("use", afterImport));
    });
    this.CONSUME(sign.CloseBrace);
    return this.ACTION(() => ({
      kind: "Use" as const,
      path: file ? this.textOf(file) : names.map((name) => name.image.normalize("NFC")).join("."),
      relative: file !== undefined,
      pathSpan,
      imports: imports.filter((item) => item !== undefined),
      span: this.span(start),
    }));
  });

  import = this.RULE("import", (): ast.Import | undefined => {
    const start = this.here();
    const name = this.name(this.CONSUME(Name));
    const alias = this.OPTION(() => {
      this.CONSUME(word.as);
      return this.name(this.CONSUME2(Name));
    });
    return { kind: "Import", name, alias, span: this.span(start) };
  });

  typeDeclaration = this.RULE("typeDeclaration", (): ast.TypeDecl | undefined => {
    const start = this.here();
    this.CONSUME(word.type);
    const name = this.name(this.CONSUME(Name));
    const params: ast.Name[] = [];
    this.OPTION(() => {
      this.CONSUME(OpenAngle);
      this.AT_LEAST_ONE_SEP({ SEP: sign.Comma, DEF: () => void params.push(this.name(this.CONSUME2(Name))) });
      this.CONSUME(CloseAngle);
    });
    this.CONSUME(sign.Is);
    const from = this.here();
    const first = this.SUBRULE(this.type);
    const cases: ast.Name[] = [];
    this.MANY(() => {
      this.CONSUME(sign.Bar);
      cases.push(this.name(this.CONSUME3(Name)));
    });
    const body = this.ACTION(() => this.build.typeBody(first, cases, from, this.end(from)));
    return { kind: "TypeDecl", extern: false, name, params, body, span: this.span(start) };
  });

  callable = this.RULE("callable", (): ast.Callable | undefined => {
    const start = this.here();
    const kind = this.OR(this.callableWords).image as ast.CallableWord;
    const name = this.name(this.CONSUME(Name));
    const params = this.OPTION(() => this.SUBRULE(this.params));
    const result = this.OPTION2(() => {
      this.CONSUME(sign.Arrow);
      return this.SUBRULE(this.type);
    });
    let body: ast.Body | undefined;
    let value: ast.Expr | undefined;
    this.OPTION3(() => {
      this.OR2([
        {
          ALT: () => {
            body = this.SUBRULE(this.body);
          },
        },
        {
          ALT: () => {
            this.CONSUME(sign.Is);
            value = this.SUBRULE(this.expr);
          },
        },
      ]);
    });
    const from = this.OPTION4(() => this.SUBRULE(this.from));
    return { kind: "Callable", extern: false, word: kind, name, params, result, body, value, from, span: this.span(start) };
  });

  from = this.RULE("from", (): ast.Text | undefined => {
    this.CONSUME(word.from);
    const token = this.CONSUME(String_);
    return this.ACTION(() => this.build.text([token], [], this.end(0)));
  });

  model = this.RULE("model", (): ast.Decl | undefined => {
    const start = this.here();
    this.CONSUME(word.model);
    const name = this.name(this.CONSUME(Name));
    return this.OR([
      {
        ALT: (): ast.Decl => {
          const params = this.SUBRULE(this.params);
          this.CONSUME(sign.Arrow);
          const result = this.SUBRULE(this.type);
          const body = this.SUBRULE(this.body);
          return { kind: "Architecture", extern: false, name, params, result, body, span: this.span(start) };
        },
      },
      {
        ALT: (): ast.Decl => {
          this.CONSUME(sign.Colon);
          const architecture = this.name(this.CONSUME2(Name));
          const fields = this.SUBRULE(this.record);
          return { kind: "Model", extern: false, name, architecture, fields, span: this.span(start) };
        },
      },
    ]);
  });

  setting = this.RULE("setting", (): ast.Setting | undefined => {
    const start = this.here();
    const kind = this.OR(this.settingWords).image as ast.SettingWord;
    const name = this.name(this.CONSUME(Name));
    const params = this.OPTION(() => this.SUBRULE(this.params));
    const type = this.OPTION2(() => {
      this.OR2([{ ALT: () => this.CONSUME(sign.Arrow) }, { ALT: () => this.CONSUME(sign.Colon) }]);
      return this.SUBRULE(this.type);
    });
    const value = this.OPTION3(() => {
      return this.OR3([
        {
          ALT: () => {
            this.CONSUME(sign.Is);
            return this.SUBRULE(this.expr);
          },
        },
        { ALT: () => this.SUBRULE(this.record) },
      ]);
    });
    const from = this.OPTION4(() => this.SUBRULE(this.from));
    return { kind: "Setting", extern: false, word: kind, name, params, type, value, from, span: this.span(start) };
  });

  body: ParserMethod<[], ast.Body> = this.RULE(
    "body",
    (): ast.Body => {
      const start = this.here();
      const stmts: (ast.Stmt | undefined)[] = [];
      this.CONSUME(sign.OpenBrace);
      this.ACTION(() => this.settleFirst());
      this.OPTION(() => {
        stmts.push(this.SUBRULE(this.statement));
        this.ACTION(() => this.settleStatement());
        this.MANY(() => {
          this.CONSUME(NewLine);
          stmts.push(this.SUBRULE2(this.statement));
          this.ACTION(() => this.settleStatement());
        });
      });
      this.CONSUME(sign.CloseBrace);
      return { kind: "Body", stmts: stmts.filter((stmt) => stmt !== undefined), span: this.span(start) };
    },
    { recoveryValueFunc: () => ({ kind: "Body" as const, stmts: [], span: this.missing().span }) },
  );

  statement = this.RULE("statement", (): ast.Stmt | undefined => {
    const docs = docsOf(this.LA(1));
    const stmt = this.OR([
      { ALT: () => this.SUBRULE(this.weight) },
      { ALT: () => this.SUBRULE(this.goal) },
      { ALT: () => this.SUBRULE(this.repeat) },
      { ALT: () => this.SUBRULE(this.localFn) },
      { ALT: () => this.SUBRULE(this.binding) },
      { ALT: () => this.SUBRULE(this.expressionStatement) },
    ]);
    return stmt && docs ? { ...stmt, docs } : stmt;
  });

  weight = this.RULE("weight", (): ast.Stmt | undefined => {
    const start = this.here();
    this.CONSUME(word.weight);
    const name = this.name(this.CONSUME(Name));
    this.CONSUME(sign.Colon);
    const type = this.SUBRULE(this.type);
    const init = this.OPTION(() => {
      this.CONSUME(sign.Is);
      return this.SUBRULE(this.expr);
    });
    return { kind: "Weight", name, type, init, span: this.span(start) };
  });

  goal = this.RULE("goal", (): ast.Stmt | undefined => {
    const start = this.here();
    const kind = this.OR([{ ALT: () => this.CONSUME(word.minimize) }, { ALT: () => this.CONSUME(word.maximize) }]);
    const value = this.SUBRULE(this.expr);
    return { kind: kind.tokenType === word.minimize ? "Minimize" : "Maximize", value, span: this.span(start) };
  });

  repeat = this.RULE("repeat", (): ast.Stmt | undefined => {
    const start = this.here();
    this.CONSUME(word.repeat);
    const name = this.OPTION(() => {
      const token = this.CONSUME(Name);
      this.CONSUME(word.in);
      return this.name(token);
    });
    const over = this.SUBRULE(this.expr);
    const until = this.OPTION2(() => {
      this.CONSUME(word.until);
      return this.SUBRULE2(this.expr);
    });
    const body = this.SUBRULE(this.body);
    return { kind: "Repeat", name, over, until, body, span: this.span(start) };
  });

  localFn = this.RULE("localFn", (): ast.Stmt | undefined => {
    const start = this.here();
    this.CONSUME(word.fn);
    const name = this.name(this.CONSUME(Name));
    const params = this.SUBRULE(this.params);
    this.CONSUME(sign.Is);
    const value = this.SUBRULE(this.expr);
    return { kind: "LocalFn", name, params, value, span: this.span(start) };
  });

  binding = this.RULE("binding", (): ast.Stmt | undefined => {
    const start = this.here();
    const names: ast.Name[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: sign.Comma, DEF: () => void names.push(this.name(this.CONSUME(Name))) });
    this.CONSUME(sign.Is);
    const value = this.SUBRULE(this.expr);
    return { kind: "Bind", names, value, span: this.span(start) };
  });

  expressionStatement = this.RULE("expressionStatement", (): ast.Stmt | undefined => {
    const start = this.here();
    const value = this.SUBRULE(this.expr);
    return { kind: "ExprStmt", value, span: this.span(start) };
  });

  /** One alternative for each of these words. */
  words(texts: readonly (keyof typeof word)[]): { ALT: () => IToken }[] {
    return texts.map((text) => {
      const type: TokenType = word[text];
      return { ALT: () => this.CONSUME(type) };
    });
  }

  /** The path in a `use`. */
  textOf(token: IToken): string {
    const { parts } = this.build.text([token], [], this.end(0));
    return parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join("");
  }

  /** Gives a declaration what was read before its kind. */
  finish(decl: ast.Decl | undefined, docs: ast.Docs | undefined, extern: boolean, start: number): ast.Decl | undefined {
    if (decl === undefined) return undefined;
    if (decl.kind === "Use") return { ...decl, docs };
    return { ...decl, docs, extern, span: this.span(start) };
  }
}
