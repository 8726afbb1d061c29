/** What one check knows so far: the modules, the side tables that it fills, and what it has to say. It decides nothing. */

import type * as ast from "../grammar/index.ts";
import { didYouMean } from "../grammar/index.ts";
import type { BoundCall, Declaration, Entity, Module } from "./declarations.ts";
import { type DiagnosticRecord, diagnose, type Related } from "./diagnostics/define.ts";
import type { Host } from "./host.ts";
import type { Mathematics } from "./math/door.ts";
import { type Signature, type Type, unknown } from "./types.ts";

/** What a walk asks about other declarations; made when it is first asked for. */
export interface DeclarationTypes {
  /** The type of a declaration as a value. */
  type(declaration: Declaration): Type;
  signature(declaration: Declaration): Signature | undefined;
  /** Whether its signature has tensors or axes, so that a call of it is mathematics. */
  isTensorial(declaration: Declaration): boolean;
  /** What a call gives whose arguments were wrong: its result where that does not depend on them. */
  resultAfterFault(signature: Signature): Type;
}

/** A name where it is made. */
export interface Defined {
  readonly name: ast.Name;
  readonly what: "declaration" | "type" | "case" | "import" | "parameter" | "binding" | "weight" | "function" | "variable";
  /** The declaration around it; absent for imports. */
  readonly inside?: Declaration;
  readonly module: Module;
}

export class Program {
  readonly host: Host;
  /** Every module reached, a module after those it uses. */
  modules: Module[] = [];
  readonly byPath = new Map<string, Module>();
  /** The modules whose declarations are in sight everywhere. */
  prelude: readonly Module[] = [];
  readonly exprTypes = new Map<ast.Expr, Type>();
  readonly names = new Map<ast.Name, Entity>();
  readonly bound = new Map<ast.Stmt | ast.For, Entity[]>();
  readonly calls = new Map<ast.Call, BoundCall>();
  readonly entityTypes = new Map<Entity, Type>();
  /** Names that are wrong and were reported: nothing more is said about them. */
  readonly silent = new Set<ast.Name>();
  /** The types of host bodies that were walked, or are being walked. */
  readonly bodies = new Map<Declaration, Type>();
  /** Types of `type` declarations without parameters. */
  readonly namedTypes = new Map<Declaration, Type>();
  /** How often a local function was expanded. */
  readonly expansions = new Map<Entity, number>();
  /** Configurations of models whose sizes were found to agree. */
  readonly soundSizes = new Set<string>();
  readonly usedImports = new Set<ast.Import>();
  /** The declarations that one mentions, with the first place of each. */
  readonly mentions = new Map<Declaration, Map<Declaration, ast.Name>>();
  /** Every name that a declaration makes, itself included. */
  readonly defined: Defined[] = [];
  /** Bindings that nothing reads, where it depends on their type whether that is a fault. */
  readonly unread: Defined[] = [];
  /** The faults of the mathematics and of host code together. */
  readonly diagnostics: ast.Diagnostic[] = [];
  private readonly said = new Set<string>();
  mathematics!: Mathematics;
  declarations!: DeclarationTypes;

  constructor(host: Host) {
    this.host = host;
  }

  /** Says what is wrong, once per code and place. */
  report<Facts>(record: DiagnosticRecord<Facts>, at: ast.Span, facts: Facts, more?: readonly Related[]): void {
    this.add(diagnose(record, at, facts, more));
  }

  add(diagnostic: ast.Diagnostic): void {
    const { file, start, end } = diagnostic.span;
    const key = `${diagnostic.code} ${start} ${end} ${file}`;
    if (this.said.has(key) || this.isDoubtful(diagnostic)) return;
    this.said.add(key);
    this.diagnostics.push(diagnostic);
  }

  /** Whether it only follows from an import that failed. */
  private isDoubtful({ code, span, more }: ast.Diagnostic): boolean {
    if (code !== "unknown_name" && code !== "unknown_type") return false;
    const module = this.byPath.get(span.file);
    if (!module || module.doubtful.size === 0) return false;
    // Mathematics reports what a model's configuration names at the model, and shows the name besides.
    const places = [span, ...(more ?? []).map((place) => place.span)].filter((place) => place.file === module.path);
    return places.some((place) => {
      const text = module.text.slice(place.start, place.end);
      return module.doubtful.has(text) || didYouMean(text, module.doubtful) !== undefined;
    });
  }

  typeOf(expr: ast.Expr): Type {
    return this.exprTypes.get(expr) ?? unknown;
  }

  /** A declaration that `name` means at the top of a module: its own, imported, or of the prelude. */
  find(name: string, module: Module): Declaration | undefined {
    const own = module.declarations.get(name);
    if (own) return own;
    const imported = module.imports.get(name);
    if (imported) {
      this.usedImports.add(imported.node);
      return imported.declaration;
    }
    for (const prelude of this.prelude) {
      const found = prelude.declarations.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The names that a declaration makes inside itself. */
  definedIn(declaration: Declaration | undefined): Defined[] {
    return declaration ? this.defined.filter((defined) => defined.inside === declaration) : [];
  }

  /** Every name that `find` would find, for "did you mean". */
  *namesIn(module: Module): Iterable<string> {
    yield* module.declarations.keys();
    yield* module.imports.keys();
    for (const prelude of this.prelude) yield* prelude.declarations.keys();
  }
}
