/**
 * What a name can stand for, and the module that declares it. Plain data: it knows neither how names are found nor how types are made.
 */
import type * as ast from "../grammar/index.ts";
import type { Signature, Type } from "./types.ts";

export type DeclarationWord = "type" | "architecture" | "model" | ast.CallableWord | ast.SettingWord;

/** Whether a recipe makes versions of it, and publishes the last: a model's weights, trees. */
export const isLearned = ({ word }: { readonly word: DeclarationWord }): boolean => word === "model" || word === "trees";

/** A file of the program, parsed. `std` modules have a path that begins with `std/`. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly tree: ast.File;
  /** Part of the standard library: nothing is reported as unused there. */
  readonly std: boolean;
  /** Has syntax errors: what seems unused may be read in the part that was not understood. */
  readonly broken: boolean;
  /** Names whose import failed, and was reported: nothing more is said about them. */
  readonly doubtful: ReadonlySet<string>;
  /** This file's own declarations by name; of two with one name the first. */
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** Names brought in with `use`, by the name they have here. */
  readonly imports: ReadonlyMap<string, Imported>;
}

export interface Imported {
  readonly node: ast.Import;
  readonly declaration: Declaration;
}

/** A declaration of a file; its type is made when it is first asked for. */
export interface Declaration {
  readonly entity: "declaration";
  readonly name: string;
  readonly word: DeclarationWord;
  readonly node: Exclude<ast.Decl, ast.Use>;
  readonly module: Module;
}

/** A parameter of a callable, an architecture or a local `fn`. */
export interface ParameterEntity {
  readonly entity: "parameter";
  readonly name: string;
  readonly node: ast.Param;
  readonly role?: "train" | "live";
}

/**
 * A name bound in a body. A second binding in the same place is another entity with the next `version`; the variable of `repeat` and
 * `for`, a `weight` and a local `fn` are locals too. `node` is the statement (or the expression `for`) that binds it.
 */
export interface LocalEntity {
  readonly entity: "local";
  readonly name: string;
  readonly version: number;
  readonly node: ast.Bind | ast.Weight | ast.LocalFn | ast.Repeat | ast.For;
}

/** A name that the compiler itself knows: mathematical functions, `fit`, `plot`, the cases of settings. */
export interface BuiltinEntity {
  readonly entity: "builtin";
  readonly name: string;
}

/** A case of an enumeration or of a setting's choices. */
export interface CaseEntity {
  readonly entity: "case";
  readonly name: string;
  readonly of: string;
  readonly declaration?: Declaration;
}

export type Entity = Declaration | ParameterEntity | LocalEntity | BuiltinEntity | CaseEntity;

/** How the arguments of one written call met the parameters of what it calls. */
export interface BoundCall {
  readonly callee: Entity | undefined;
  readonly signature: Signature;
  /** By parameter name; a parameter that is absent takes its default. `within`, `retries` and `otherwise` of a stage are in `extra`. */
  readonly args: ReadonlyMap<string, ast.Arg>;
  readonly extra: ReadonlyMap<string, ast.Arg>;
  /** What stood after the bar. */
  readonly given: readonly ast.Arg[];
  readonly result: Type;
}
