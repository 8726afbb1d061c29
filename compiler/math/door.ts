// The door between the checker of whole programs and mathematics: what each asks of the other, in types.
//
// The checker owns modules, host expressions, models' settings and the order of things; mathematics owns everything with axes:
// bodies of `layer`, `model A(..)`, `objective`, mathematical `fn` and `Weights` functions, builtins, application of a model.
import type { Architecture, Call, Callable, Diagnostic, Expr, Model, Setting, Span, TypeDecl } from "../../grammar/index.ts";
import type { Type } from "../types.ts";

/** A declaration that an expression can name. Its `span.file` says in which file its own names are to be looked up. */
export type Definition = Callable | Architecture | Model | Setting;

/** What mathematics asks of the checker. All lookups follow imports; nothing is reported for a name that is not found. */
export interface MathContext {
  /** The declaration `name` means at the top level of `file`. */
  value(name: string, file: string): Definition | undefined;
  /** The type declaration `name` means in `file`. */
  type(name: string, file: string): TypeDecl | undefined;
  /** Every value name in sight of `file`, for "did you mean". */
  names(file: string): Iterable<string>;
  /** The text of a file, for hints that repeat an expression. */
  text?(file: string): string | undefined;
  /** The facts of a declared model: head, tokenizer, window. */
  model(decl: Model): Type;
  /** A fault. Mathematics never reports one fault twice, nor one that follows from another. */
  report(diagnostic: Diagnostic): void;
  /** Does what belongs to a declaration: what is asked and reported meanwhile is that declaration's. */
  inside?<T>(decl: Callable | Architecture, work: () => T): T;
  /** The declaration behind a model, where the checker knows it only by its type. */
  modelNamed?(name: string): Model | undefined;
}

/** An argument whose type the checker has inferred; `value` is where it was written. */
export interface MathArgument {
  readonly label?: string;
  readonly type: Type;
  readonly value: Expr;
}

/** What the rest of the compiler wants to know about an objective. */
export interface ObjectiveFacts {
  /** `train` parameters, in order: `fit` returns new versions in that order. */
  readonly trained: readonly string[];
  /** Other model parameters: frozen. */
  readonly frozen: readonly string[];
  /** The row parameter: its name, and the fields that the body reads. */
  readonly row: { readonly name: string; readonly fields: readonly string[] };
  /** Parameters that are numbers. */
  readonly numbers: readonly string[];
  /** Names of the recorded metrics, in order; `loss` first. */
  readonly metrics: readonly string[];
  /** Where examples of one batch meet, if they do: then `accumulate` above 1 is `not_accumulable`. */
  readonly contrast?: Span;
}

/** The mathematics of one program. Made once per check by `openMath(context)`; remembers which declarations were clean. */
export interface Mathematics {
  /** Every builtin of mathematics by name; host code finds `log`, `mean` and the like here. */
  readonly builtins: ReadonlyMap<string, BuiltinDoc>;
  /** Whether a `fn` is mathematics: declared with tensors, axes, models or Weights. Layers and objectives always are. */
  isMathematical(decl: Callable): boolean;
  /** Checks a body with symbolic axes, and reports its faults. */
  check(decl: Callable | Architecture): void;
  /** Checks a model's configuration by walking its architecture with the sizes it states. */
  checkModel(decl: Model, architecture: Architecture): void;
  /** The type of a call, from host code, of a mathematical function. Faults are reported at the call. */
  call(decl: Callable, args: readonly MathArgument[], call: Call): Type;
  /** The type of a call, from host code, of a builtin over numbers and lists of numbers (`log`, `sigmoid`, `mean`). */
  builtin(name: string, args: readonly MathArgument[], call: Call): Type;
  /** The type of `model(scored | given)` in host code: Prob, Float, an enumeration's axis, an embedding. */
  apply(model: Type, scored: readonly MathArgument[], given: readonly MathArgument[], call: Call): Type;
  /** Facts of an objective; undefined while its body has faults. */
  objective(decl: Callable): ObjectiveFacts | undefined;
}

/** The mathematics of a program that is checked again and again: what a declaration was found to be is kept until it is forgotten. */
export interface CheckedMathematics extends Mathematics {
  forget(decl: Callable | Architecture): void;
}

/** Documentation of one builtin, as `explain`, hover and the tests want it. */
export interface BuiltinDoc {
  readonly name: string;
  readonly doc: string;
  /** As in a declaration: `softmax(x over a where mask) -> like x, of Prob`. */
  readonly signature: string;
  /** A body that the checker refuses, and why; a body that it takes. Both stand in `fn f(..) = `. */
  readonly wrong: { readonly code: string; readonly text: string };
  readonly right: string;
}
