/** One thing that must hold of a checked program, looked at after names and types are known. */
import type { Diagnostic, Node } from "../../grammar/index.ts";
import type { Declaration, Module } from "../declarations.ts";
import type { Program } from "../program.ts";

export interface Rule {
  /** For timing and tests. */
  readonly name: string;
  /** Of the program as a whole: looked at in every check, so it is quick. */
  check?(program: Program, own: Own): void;
  /** Of each declaration; it looks at nothing but the declaration and what that mentions, since only their change brings it here again. */
  declaration?(declaration: Declaration, program: Program): void;
  /** Of each node, under the same law; all rules share one walk over the trees. */
  node?(node: Node, program: Program, module: Module): void;
}

/** What was written by the user: the modules that are not std (or the std module that is itself checked). */
export interface Own {
  readonly modules: readonly Module[];
  readonly declarations: readonly Declaration[];
  /** What has been found wrong so far. */
  readonly found: readonly Diagnostic[];
}
