/** One thing that must hold of a checked program, looked at after names and types are known. */
import type { Node } from "../../grammar/index.ts";
import type { Declaration, Module } from "../declarations.ts";
import type { Program } from "../program.ts";

export interface Rule {
  /** For timing and tests. */
  readonly name: string;
  /** Of the program as a whole. */
  check?(program: Program, own: Own): void;
  /** Of each node; all rules share one walk over the trees. */
  node?(node: Node, program: Program, module: Module): void;
}

/** What was written by the user: the modules that are not std (or the std module that is itself checked). */
export interface Own {
  readonly modules: readonly Module[];
  readonly declarations: readonly Declaration[];
}
