/** Types as TypeScript writes them, read from tokens. What is too clever to be compared is `other`, which fits everything. */
import { skipAngles, skipBrackets, type Token } from "./tokens.ts";

export type TsType =
  | { readonly kind: "name"; readonly name: string; readonly args: readonly TsType[] }
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "array"; readonly of: TsType }
  | { readonly kind: "union"; readonly options: readonly TsType[] }
  | { readonly kind: "function"; readonly parameters: readonly TsParameter[]; readonly result: TsType }
  | { readonly kind: "object"; readonly fields: ReadonlyMap<string, TsField> }
  | { readonly kind: "other" };

export interface TsField {
  readonly type: TsType;
  readonly optional: boolean;
}
export interface TsParameter {
  readonly name: string;
  readonly type: TsType;
  readonly optional: boolean;
}

const other: TsType = { kind: "other" };

/** Reads one type after another from a list of tokens. */
export class TypeReader {
  readonly tokens: readonly Token[];
  at: number;

  constructor(tokens: readonly Token[], at: number) {
    this.tokens = tokens;
    this.at = at;
  }

  is(value: string, ahead = 0): boolean {
    const token = this.tokens[this.at + ahead];
    return token !== undefined && token.kind !== "text" && token.value === value;
  }

  take(value: string): boolean {
    if (!this.is(value)) return false;
    this.at++;
    return true;
  }

  type(): TsType {
    this.take("|");
    const options = [this.postfix()];
    while (this.take("|")) options.push(this.postfix());
    if (this.take("&")) {
      this.type();
      return other;
    }
    return options.length === 1 ? options[0]! : { kind: "union", options };
  }

  private postfix(): TsType {
    const readonly = this.take("readonly");
    let type = this.primary();
    while (this.is("[")) {
      const isArray = this.is("]", 1);
      this.at = skipBrackets(this.tokens, this.at);
      type = isArray ? { kind: "array", of: type } : other;
    }
    return readonly && type.kind !== "array" ? other : type;
  }

  private primary(): TsType {
    const token = this.tokens[this.at];
    if (!token) return other;
    if (token.kind === "text") {
      this.at++;
      return { kind: "literal", value: token.value };
    }
    if (this.is("{")) return this.object();
    if (this.is("(")) return this.isFunction() ? this.arrow() : this.parenthesised();
    if (this.is("<")) {
      this.at = skipAngles(this.tokens, this.at);
      return this.is("(") ? this.arrow() : other;
    }
    if (this.is("[")) {
      this.at = skipBrackets(this.tokens, this.at);
      return other;
    }
    return this.named(token);
  }

  private named(token: Token): TsType {
    this.at++;
    if (token.kind !== "word" || ["typeof", "keyof", "infer", "unique", "new", "asserts"].includes(token.value)) {
      if (token.kind === "word") this.primary();
      return other;
    }
    let name = token.value;
    while (this.take(".")) name = this.tokens[this.at++]?.value ?? name;
    const args: TsType[] = [];
    if (this.take("<")) {
      while (!this.is(">") && this.at < this.tokens.length) {
        args.push(this.type());
        if (!this.take(",")) break;
      }
      this.take(">");
    }
    return { kind: "name", name, args };
  }

  private parenthesised(): TsType {
    this.at++;
    const inner = this.type();
    this.take(")");
    return inner;
  }

  private isFunction(): boolean {
    const after = skipBrackets(this.tokens, this.at);
    return this.tokens[after]?.value === "=>";
  }

  private arrow(): TsType {
    const parameters = this.parameters();
    this.take("=>");
    return { kind: "function", parameters, result: this.type() };
  }

  /** `(a: A, b?: B, { c }: C = {})`; stands after the closing bracket then. */
  parameters(): TsParameter[] {
    const end = skipBrackets(this.tokens, this.at);
    this.at++;
    const parameters: TsParameter[] = [];
    while (this.at < end - 1) {
      parameters.push(this.parameter(end - 1));
      this.take(",");
    }
    this.at = end;
    return parameters;
  }

  private parameter(end: number): TsParameter {
    const rest = this.take("...");
    let name = this.tokens[this.at]?.value ?? "";
    if (this.is("{") || this.is("[")) {
      name = "options";
      this.at = skipBrackets(this.tokens, this.at);
    } else this.at++;
    let optional = this.take("?") || rest;
    const type = this.take(":") ? this.type() : other;
    if (this.is("=")) {
      optional = true;
      this.skipTo(end);
    }
    return { name, type: rest ? other : type, optional };
  }

  /** Past a default value, to the next comma of this list. */
  private skipTo(end: number): void {
    while (this.at < end && !this.is(",")) {
      if (this.is("(") || this.is("[") || this.is("{")) this.at = skipBrackets(this.tokens, this.at);
      else this.at++;
    }
  }

  private object(): TsType {
    const end = skipBrackets(this.tokens, this.at);
    this.at++;
    const fields = new Map<string, TsField>();
    while (this.at < end - 1) {
      this.take("readonly");
      const name = this.tokens[this.at++]?.value ?? "";
      const optional = this.take("?");
      if (!this.take(":")) {
        this.at = end;
        return other;
      }
      fields.set(name, { type: this.type(), optional });
      if (!this.take(";")) this.take(",");
    }
    this.at = end;
    return { kind: "object", fields };
  }
}
