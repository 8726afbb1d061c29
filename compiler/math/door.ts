/**
 * The contract between the walker of expressions (`infer/`) and the mathematics (`math/`): types only, so that neither imports the other's values.
 * The walker finds names, binds arguments to parameters and keeps the side tables; the mathematics says what tensors, probabilities and models become.
 * Every function returns a type, `unknown` after it has reported a fault, and passes `unknown` operands on in silence.
 */
import type * as ast from "../../grammar/index.ts";
import type { Entity } from "../declarations.ts";
import type { DiagnosticRecord, Related } from "../diagnostics/define.ts";
import type { ModelType, Signature, TensorType, Type } from "../types.ts";
import type { Axis } from "./axis.ts";

/** Where an expression stands: what may be said there differs. */
export type Place = "layer" | "model" | "objective" | "fn" | "reward" | "pipeline" | "recipe" | "setting" | "type";

/** One argument of a call, its type already inferred (so that nothing is reported twice). */
export interface Argument {
  readonly label?: string;
  readonly expr: ast.Expr;
  readonly type: Type;
}

/** The walker as the mathematics sees it: one scope, and everything reported or remembered through it. */
export interface MathContext {
  readonly place: Place;
  /** Infers an expression in this scope and remembers its type. */
  infer(expr: ast.Expr, expected?: Type): Type;
  /** What was remembered. */
  typeOf(expr: ast.Expr): Type;
  /** A value name of this scope. */
  lookup(name: string): { readonly type: Type; readonly entity: Entity } | undefined;
  report<Facts>(record: DiagnosticRecord<Facts>, at: ast.Span, facts: Facts, more?: readonly Related[]): void;
  /** An axis in sight: of parameters, of `twin`, of weights and of what was computed so far. */
  axis(name: string): Axis | undefined;
  /** All axes in sight, for "did you mean". */
  axes(): readonly Axis[];
  /** Brings an axis into sight in this block. */
  declareAxis(axis: Axis): void;
  /** A number that is known while compiling (configuration fields, sizes and literals), in base units. */
  constant(expr: ast.Expr): number | undefined;
}

/** One builtin of mathematics: everything known about it in one record. */
export interface Builtin {
  readonly name: string;
  /** As a person reads it: `softmax(x over axes where mask) -> Prob`. */
  readonly signature: string;
  readonly doc: string;
  readonly example: string;
  /** The arguments are inferred before; `over`, `to` and `where` are still to be read from the call. */
  type(call: ast.Call, args: readonly Argument[], context: MathContext): Type;
}

/** What MATH gives. `math/index.ts` exports one value `math: Mathematics`. */
export interface Mathematics {
  readonly builtins: ReadonlyMap<string, Builtin>;
  /** Whether a type is the mathematics' business: tensors, models, and whatever contains them. */
  concerns(type: Type): boolean;
  /** `a op b` where at least one concerns it (elementwise; comparisons give Bool tensors). */
  binary(node: ast.Binary | ast.Compare, left: Type, right: Type, context: MathContext): Type;
  unary(node: ast.Unary, operand: Type, context: MathContext): Type;
  choose(node: ast.If, condition: Type, yes: Type, no: Type, context: MathContext): Type;
  /** `x[t: i]`, and an enumeration as an axis: `s[A: row.aspect]`. Entries' values are inferred before. */
  select(node: ast.Select, object: Type, context: MathContext): Type;
  /** `.tokens`, `.next`, `s.main`; undefined where it has no such field (the walker then reports `unknown_field` with `fieldsOf`). */
  field(node: ast.Field, object: Type, context: MathContext): Type | undefined;
  fieldsOf(type: Type): readonly string[];
  /** `p(y | x, docs)`, `v(x)`, `j(a, b | x)`. */
  applyModel(
    model: ModelType,
    node: ast.Call,
    judged: readonly Argument[],
    given: readonly Argument[],
    context: MathContext,
  ): Type;
  /**
   * A call of a declared layer or mathematical `fn`, after names met parameters: binds axes, lifts host parameters over axes, gives the result
   * under the caller's names. `args` is by parameter name and lacks what takes its default.
   */
  call(signature: Signature, args: ReadonlyMap<string, Argument>, node: ast.Call, context: MathContext): Type;
  /** `[b, t] of Token` as written in a signature, weight or field. Axis names that are not in sight become variables. */
  tensorOf(node: ast.TensorType, context: MathContext): TensorType | Type;
  /** `weight w: [i, o = wide] = normal(..)`. */
  weight(node: ast.Weight, context: MathContext): Type;
  /** After `minimize` or `maximize`: `loss_has_axes`, `prob_needs_log`. */
  goal(node: ast.Goal, type: Type, context: MathContext): void;
  /** The type of an objective's row parameter inside: every field gains the axis `batch`, first. */
  batched(row: Type, path: string, context: MathContext): Type;
  /** What holds of a whole body once it was walked: `constant_loss`, `leaky_baseline`, `no_gradient`. */
  finish(node: ast.Callable | ast.Architecture, context: MathContext): void;
}
