/**
 * Walks the expressions of host code: what pipelines, rewards, recipes, host functions and settings compute. Every expression gets a type; mathematics
 * is asked where tensors and models meet. Each kind of expression has its own function; this file only says which.
 */
import type * as ast from "../../grammar/index.ts";
import type { Declaration, Module } from "../declarations.ts";
import type { DiagnosticRecord, Related } from "../diagnostics/define.ts";
import type { Program } from "../program.ts";
import { type Type, unknown } from "../types.ts";
import { callType } from "./call.ts";
import { choiceType, loopType } from "./control.ts";
import { fieldType, indexType, selectType } from "./fields.ts";
import { listType, numberType, rangeType, recordType, textType } from "./literals.ts";
import { nameType } from "./names.ts";
import { binaryType, compareType, unaryType } from "./operators.ts";

/** Where host code stands: what may be said there differs. */
export type Place = "fn" | "reward" | "pipeline" | "recipe" | "setting";

/** What a walk knows about where it is. */
export interface Where {
  readonly module: Module;
  readonly place: Place;
  readonly declaration?: Declaration;
  /** Names of the models that the surrounding `fit` trains: only these may be given to a `live` parameter. */
  readonly fitting?: ReadonlySet<string>;
  /** How many local functions are being expanded around here. */
  readonly depth?: number;
}

export class Walker {
  readonly program: Program;
  readonly where: Where;

  constructor(program: Program, where: Where) {
    this.program = program;
    this.where = where;
  }

  /** The same program seen from a slightly different place. */
  within(facts: Partial<Where>): Walker {
    return new Walker(this.program, { ...this.where, ...facts });
  }

  report<Facts>(record: DiagnosticRecord<Facts>, at: ast.Span, facts: Facts, more?: readonly Related[]): void {
    this.program.report(record, at, facts, more);
  }

  /** The text of a node as it was written. */
  source(node: { readonly span: ast.Span }): string {
    const text = this.program.byPath.get(node.span.file)?.text ?? "";
    return text.slice(node.span.start, node.span.end);
  }

  /** The type of an expression, remembered for whoever asks later. `expected` guides names of cases, literals and empty lists. */
  infer(node: ast.Expr, expected: Type = unknown): Type {
    const type = this.typeFor(node, expected);
    this.program.exprTypes.set(node, type);
    return type;
  }

  private typeFor(node: ast.Expr, expected: Type): Type {
    switch (node.kind) {
      case "Number":
        return numberType(node);
      case "Text":
        return textType(node, this);
      case "Bool":
        return { kind: "bool", value: node.value };
      case "Name":
        return nameType(node, expected, this);
      case "List":
        return listType(node, expected, this);
      case "Record":
        return recordType(node, expected, this);
      case "Binary":
        return binaryType(node, this);
      case "Compare":
        return compareType(node, this);
      case "Range":
        return rangeType(node, this);
      case "Unary":
        return unaryType(node, this);
      case "If":
        return choiceType(node, expected, this);
      case "For":
        return loopType(node, this);
      case "Call":
        return callType(node, expected, this);
      case "Index":
        return indexType(node, this);
      case "Select":
        return selectType(node, this);
      case "Field":
        return fieldType(node, this);
      case "Missing":
        return unknown;
    }
  }
}
