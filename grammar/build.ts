/** Makes tree nodes out of tokens. The parser knows the order of tokens, this file what they mean. */
import type { IToken } from "chevrotain";
import type * as ast from "./ast.ts";
import type { Faults } from "./faults.ts";
import type { Lexeme } from "./scan.ts";
import { decode, type Piece } from "./text.ts";

export class Build {
  readonly faults: Faults;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  name(token: IToken): ast.Name {
    return { kind: "Name", text: token.image.normalize("NFC"), span: this.token(token) };
  }

  token(token: IToken): ast.Name["span"] {
    return this.faults.span(token.startOffset, token.endOffset! + 1);
  }

  number(token: IToken, percent: boolean, unit: ast.Name | undefined, end: number): ast.NumberLit {
    const plain = Number(token.image.replaceAll("_", ""));
    return {
      kind: "Number",
      value: percent ? divideBy100(token.image) : plain,
      raw: token.image,
      integer: !percent && /^[\d_]+$/.test(token.image),
      percent,
      unit,
      span: this.faults.span(token.startOffset, end),
    };
  }

  /** `tokens` are the one or more tokens of a string, `holes` the expressions between them. */
  text(tokens: readonly IToken[], holes: readonly ast.Expr[], end: number): ast.Text {
    const start = tokens[0]!.startOffset;
    const block = tokens[0]!.image.startsWith('"""');
    const pieces: Piece[] = tokens.map((token) => ({ raw: token.image, start: token.startOffset }));
    const chunks = decode(pieces, block, this.faults);
    const parts: (ast.Chunk | ast.Hole)[] = [];
    chunks.forEach((chunk, i) => {
      if (chunk.text !== "")
        parts.push({ kind: "Chunk", text: chunk.text, span: this.faults.span(chunk.start, Math.max(chunk.start, chunk.end)) });
      const value = holes[i];
      if (value) parts.push({ kind: "Hole", value, span: value.span });
    });
    return { kind: "Text", parts, block, span: this.faults.span(start, end) };
  }

  binary(op: IToken, left: ast.Expr, right: ast.Expr, start: number, end: number): ast.Binary {
    return {
      kind: "Binary",
      op: op.image as ast.BinaryOp,
      opSpan: this.token(op),
      left,
      right,
      span: this.faults.span(start, end),
    };
  }

  /** One comparison, or, after reporting it, a chain read as what was probably meant. */
  compare(operands: readonly ast.Expr[], ops: readonly IToken[], start: number, end: number): ast.Expr {
    const span = this.faults.span(start, end);
    const pairs = ops.map((op, i): ast.Compare => {
      const [left, right] = [operands[i]!, operands[i + 1]!];
      return { kind: "Compare", op: op.image as ast.CompareOp, opSpan: this.token(op), left, right, span };
    });
    if (pairs.length > 1) {
      this.faults.report({
        code: "chained_comparison",
        title: "Comparisons cannot be chained",
        text: "A comparison is true or false, and that cannot be compared again.",
        hint: "Write `x in 1..3`, or join two comparisons with `and`.",
        label: "the second comparison",
        start: ops[1]!.startOffset,
        end: ops[1]!.endOffset! + 1,
        fix: {
          title: "Join the comparisons with `and`",
          changes: ops.slice(1).map((op, i) => {
            const { start, end } = operands[i + 1]!.span;
            return { start, end, to: op.startOffset, before: "and ", after: " " };
          }),
        },
      });
    }
    return pairs.reduce<ast.Expr>((left, right, i) => {
      return i === 0 ? right : { kind: "Binary", op: "and", opSpan: right.opSpan, left, right, span };
    }, pairs[0]!);
  }

  /** What `type Name =` is followed by: an enumeration when there are bars or a single name without a capital. */
  typeBody(first: ast.Type, rest: readonly ast.Name[], start: number, end: number): ast.Type | ast.Cases {
    const plain = first.kind === "NamedType" && first.args.length === 0 && first.unit === undefined ? first.name : undefined;
    if (rest.length === 0 && (plain === undefined || /^[\p{Lu}\p{Lt}]/u.test(plain.text))) return first;
    if (plain === undefined && first.kind !== "Missing") {
      this.faults.report({
        code: "syntax",
        title: "A case is a name",
        text: "`|` separates the cases of an enumeration, and each of them is a plain name.",
        hint: "Write `type Aspect = main | safety`; a type cannot be a choice of types.",
        label: "not a name",
        start: first.span.start,
        end: first.span.end,
      });
    }
    return { kind: "Cases", cases: plain ? [plain, ...rest] : rest, span: this.faults.span(start, end) };
  }
}

/** The number nearest to a hundredth of what is written, as if its point had been moved. */
function divideBy100(image: string): number {
  const [digits, exponent] = image.replaceAll("_", "").toLowerCase().split("e");
  return Number(`${digits}e${Number(exponent ?? 0) - 2}`);
}

/** The documentation directly before a token. */
export const docsOf = (token: IToken): ast.Docs | undefined => (token as Lexeme).docs;
