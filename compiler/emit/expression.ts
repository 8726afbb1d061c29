/**
 * Expressions of host code as TypeScript: what pipelines, rewards, recipes and host functions compute. Tensors never come here: they are programs.
 * A writer notes whether its text awaits something, so that the function around it can be asynchronous.
 */
import type * as ast from "../../grammar/index.ts";
import { type Entity, isLearned } from "../declarations.ts";
import { objectiveName } from "../lower/uses.ts";
import type { Type } from "../types.ts";
import { callText } from "./call.ts";
import { type Emitter, externModule, type Flow, isLocal } from "./emitter.ts";
import { numberText, textLiteral } from "./literal.ts";
import { measureText, usingText } from "./measure.ts";
import { isRemote } from "./remote.ts";
import { blockText } from "./statements.ts";
import { inTurn } from "./step.ts";
import { propertyName } from "./types.ts";

/** How tightly TypeScript's operators bind, as far as we write them. */
const strength: Record<string, number> = {
  "?": 1,
  "||": 2,
  "&&": 3,
  "===": 4,
  "!==": 4,
  "<": 5,
  "<=": 5,
  ">": 5,
  ">=": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "**": 8,
  unary: 9,
  primary: 10,
};

const operators: Record<ast.BinaryOp | Exclude<ast.CompareOp, "in">, string> = {
  "+": "+",
  "-": "-",
  "*": "*",
  "/": "/",
  "^": "**",
  and: "&&",
  or: "||",
  "==": "===",
  "!=": "!==",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

/** Text and how tightly its outermost operator binds. */
type Part = { readonly text: string; readonly tight: number };

const primary = (text: string): Part => ({ text, tight: strength.primary! });

/** Writes expressions of one function. */
export class Writer {
  readonly emit: Emitter;
  readonly flow: Flow;
  /** Whether anything written so far awaits. */
  awaits = false;

  constructor(emit: Emitter, flow: Flow) {
    this.emit = emit;
    this.flow = flow;
  }

  /** The expression as it stands after `=`, in arguments and in lists. */
  expr(node: ast.Expr): string {
    return this.part(node).text;
  }

  /** The same function's writer with other facts about its place; what it awaits counts here too. */
  within(flow: Partial<Flow>): Writer {
    return new Writer(this.emit, { ...this.flow, ...flow });
  }

  /** The type that checking gave an expression. */
  typeOf(node: ast.Expr): Type {
    return this.emit.checked.typeOf(node);
  }

  /** Marks that `text` is awaited. */
  awaited(text: string): string {
    this.awaits = true;
    return `await ${text}`;
  }

  /** An expression as an operand of an operator of the given strength. */
  operand(node: ast.Expr, tight: number): string {
    const part = this.part(node);
    return part.tight < tight ? `(${part.text})` : part.text;
  }

  /** An expression that is followed by `.field`, `[i]` or `(..)`. */
  head(node: ast.Expr): string {
    return this.operand(node, strength.primary!);
  }

  /** Minus an expression. */
  negated(node: ast.Expr): string {
    return `-${this.operand(node, strength.unary!).replace(/^-/, " -")}`;
  }

  private part(node: ast.Expr): Part {
    const measured = this.emit.checked.measurements.of(node);
    if (measured) return { text: measureText(measured, this), tight: strength.unary! };
    switch (node.kind) {
      case "Number":
        return primary(numberText(this.constant(node) ?? node.value));
      case "Bool":
        return primary(String(node.value));
      case "Text":
        return primary(this.text(node));
      case "Name":
        return this.name(node);
      case "List":
        return primary(`[${node.items.map((item) => this.expr(item)).join(", ")}]`);
      case "Record":
        return primary(this.record(node));
      case "Binary":
        return this.binary(node);
      case "Compare":
        return this.compare(node);
      case "Range":
        return primary(`${this.emit.runtime("range")}(${this.expr(node.from)}, ${this.expr(node.to)})`);
      case "Unary":
        return { text: `${node.op === "not" ? "!" : "-"}${this.operand(node.operand, strength.unary!)}`, tight: strength.unary! };
      case "If":
        return {
          text: `${this.operand(node.condition, 2)} ? ${this.operand(node.yes, 2)} : ${this.operand(node.no, 1)}`,
          tight: strength["?"]!,
        };
      case "Call":
        return this.call(node);
      case "Field":
        return this.field(node);
      case "Index":
        return primary(`${this.emit.runtime("at")}(${this.expr(node.object)}, ${this.expr(node.value)})`);
      case "For":
        return this.each(node);
      case "Select":
        return this.select(node);
      case "Missing":
        return primary("undefined");
    }
  }

  private constant(node: ast.Expr): number | undefined {
    const constant = this.emit.checked.constant(node);
    return constant?.kind === "number" ? constant.value : undefined;
  }

  private text(node: ast.Text): string {
    if (node.parts.every((part) => part.kind === "Chunk"))
      return textLiteral(node.parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join(""));
    const parts = node.parts.map((part) =>
      part.kind === "Chunk"
        ? part.text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`).replace(/\n/g, "\\n")
        : `\${${this.expr(part.value)}}`,
    );
    return `\`${parts.join("")}\``;
  }

  private name(node: ast.Name): Part {
    const entity = this.emit.checked.resolved(node);
    if (!entity) return primary(this.emit.local(node.text));
    const given = entity.entity === "parameter" ? this.flow.given?.get(entity.name) : undefined;
    if (given !== undefined) return primary(given);
    const using = usingText(entity, node, this);
    if (using) return primary(using);
    const text = this.reference(entity, node.text);
    if (this.flow.promised.has(entity)) return { text: this.awaited(text), tight: strength.unary! };
    return primary(text);
  }

  /** The identifier that an entity has here. */
  reference(entity: Entity, written: string): string {
    switch (entity.entity) {
      case "declaration":
        return this.declared(entity);
      case "case":
        return entity.declaration ? textLiteral(entity.name) : `{ kind: ${textLiteral(entity.name)} }`;
      case "builtin":
        return this.emit.runtime(entity.name);
      default:
        return this.emit.local(isLocal(entity) ? entity.name : written);
    }
  }

  private declared(entity: Extract<Entity, { entity: "declaration" }>): string {
    const { node } = entity;
    if (node.kind === "Callable" && node.from)
      return this.emit.import(externModule(node.from, entity.module.std, this.emit.folder), entity.name);
    if (node.kind === "Callable" && node.word === "objective") return textLiteral(objectiveName(this.emit.checked, node));
    if (isLearned(entity) && this.flow.started && !isRemote(entity, this.emit)) {
      this.emit.declaration(entity);
      this.flow.started.add(entity);
      return `${this.emit.local(entity.name)}`;
    }
    return this.emit.declaration(entity);
  }

  private record(node: ast.RecordLit): string {
    if (node.entries.length === 0) return "{}";
    return `{ ${node.entries.map((entry) => this.entry(propertyName(entry.label.text), this.expr(entry.value))).join(", ")} }`;
  }

  /** `a: a` is written `a`. */
  entry(name: string, value: string): string {
    return name === value ? name : `${name}: ${value}`;
  }

  private binary(node: ast.Binary): Part {
    if (this.typeOf(node).kind === "rows")
      return primary(`${this.emit.runtime("joined")}(${this.expr(node.left)}, ${this.expr(node.right)})`);
    const op = operators[node.op];
    const tight = strength[op]!;
    const right = node.op === "^";
    // JavaScript refuses -x ** 2, and reads a - (b - c) only with the brackets.
    const left = this.operand(node.left, right ? strength.primary! : tight);
    return { text: `${left} ${op} ${this.operand(node.right, right ? tight : tight + 1)}`, tight };
  }

  private compare(node: ast.Compare): Part {
    if (node.op !== "in") {
      const op = operators[node.op];
      return {
        text: `${this.operand(node.left, strength[op]! + 1)} ${op} ${this.operand(node.right, strength[op]! + 1)}`,
        tight: strength[op]!,
      };
    }
    if (node.right.kind === "Range") {
      const bounds = `${this.expr(node.right.from)}, ${this.expr(node.right.to)}`;
      return primary(`${this.emit.runtime("inside")}(${this.expr(node.left)}, ${bounds})`);
    }
    return primary(`${this.head(node.right)}.includes(${this.expr(node.left)})`);
  }

  private call(node: ast.Call): Part {
    const text = callText(node, this);
    return { text, tight: /^(await |-)/.test(text) ? strength.unary! : strength.primary! };
  }

  private field(node: ast.Field): Part {
    const object = this.typeOf(node.object);
    // `rows.f` is the column f.
    if (object.kind === "rows" || object.kind === "list") {
      const column = `${this.emit.runtime("column")}(${this.expr(node.object)}, ${textLiteral(node.name.text)})`;
      return object.kind === "rows" ? { text: this.awaited(column), tight: strength.unary! } : primary(column);
    }
    return primary(`${this.head(node.object)}.${node.name.text}`);
  }

  /** `wins[Aspect: main]`: what is selected from outside of formulas is a number for each case. */
  private select(node: ast.Select): Part {
    const { value } = node.entries[0]!;
    const picked = value.kind === "Name" && this.emit.checked.resolved(value)?.entity === "case" ? value.text : undefined;
    return primary(`${this.head(node.object)}${picked === undefined ? `[${this.expr(value)}]` : `.${picked}`}`);
  }

  private each(node: ast.For): Part {
    const inner = this.within({});
    const body = blockText(node.body, inner);
    const variable = this.emit.local(node.name.text);
    const type = this.typeOf(node.over);
    const over = this.expr(node.over);
    if (this.flow.place === "recipe" && inTurn(node.body, this))
      return { text: this.awaited(`run.each(${over}, async (${variable}) => ${body})`), tight: strength.unary! };
    // What asks models asks for many rows at the same time, so that they run in batches.
    if (inner.awaits) {
      const all = `${this.emit.runtime("together")}(${over}, async (${variable}) => ${body})`;
      return { text: this.awaited(all), tight: strength.unary! };
    }
    const items = type.kind === "rows" ? `(${this.awaited(`${this.emit.runtime("collect")}(${over})`)})` : this.head(node.over);
    return primary(`${items}.map((${variable}) => ${body})`);
  }
}
