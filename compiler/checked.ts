/** What checking gives: the modules, what every name and expression of them means, and everything that is wrong. It is read, never changed. */
import type * as ast from "../grammar/index.ts";
import type { BoundCall, Declaration, Entity, Module } from "./declarations.ts";
import type { Host } from "./host.ts";
import type { Mathematics } from "./math/door.ts";
import type { Measurements } from "./measured.ts";
import type { Signature, Type } from "./types.ts";

export interface Checked {
  readonly host: Host;
  readonly entry: Module;
  /** Every module reached, a module after those it uses; the prelude is the first. */
  readonly modules: readonly Module[];
  /** By file and position; a module of std only when it is itself wrong. */
  readonly diagnostics: readonly ast.Diagnostic[];
  /** The type of an expression, `unknown` where something is wrong. The body of a local `fn` has the types of its last call. */
  typeOf(expr: ast.Expr): Type;
  /** What a written name stands for: names in expressions, in types, in imports. */
  resolved(name: ast.Name): Entity | undefined;
  /** The entities that a statement binds, in order. */
  bound(node: ast.Stmt | ast.For): readonly Entity[];
  /** How a call met its callee; undefined for a builtin of mathematics and where something is wrong. */
  call(node: ast.Call): BoundCall | undefined;
  /** The type of a declaration as a value: a function, a model, rows, a source. */
  declared(declaration: Declaration): Type;
  /** Parameters and result, where it has them. */
  signature(declaration: Declaration): Signature | undefined;
  /** The declarations that one mentions, each with its first place. */
  mentions(declaration: Declaration): ReadonlyMap<Declaration, ast.Name>;
  /** Where host code asks models. */
  readonly measurements: Measurements;
  /** The mathematics of this check, for whoever lowers it. */
  readonly mathematics: Mathematics;
  /** The value that an expression has while compiling, numbers in base units (ms, B); undefined when it is known only later. */
  constant(expr: ast.Expr): Constant | undefined;
}

/** `case` is a case of an enumeration or of a setting's choices, with its arguments. */
export type Constant =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "list"; readonly items: readonly Constant[] }
  | { readonly kind: "range"; readonly low: number; readonly high: number }
  | { readonly kind: "case"; readonly name: string; readonly args: ReadonlyMap<string, Constant> }
  | { readonly kind: "declaration"; readonly declaration: Declaration };
