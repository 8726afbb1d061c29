/**
 * What a check knows so far: the modules, the side tables that it fills, and the findings of each declaration. It decides nothing. It outlives a check: the
 * next one keeps what holds (`begin`, `dropStale`), and what does not is forgotten whole.
 */

import type * as ast from "../grammar/index.ts";
import { didYouMean, type Parsed } from "../grammar/index.ts";
import { anchored, placeNow } from "./anchor.ts";
import type { BoundCall, Declaration, Entity, Imported, Module } from "./declarations.ts";
import { type DiagnosticRecord, diagnose, type Related } from "./diagnostics/define.ts";
import { withoutEchoes } from "./echoes.ts";
import { type Defined, Findings, mapPlaces } from "./findings.ts";
import type { Host } from "./host.ts";
import type { CheckedMathematics } from "./math/door.ts";
import { type Signature, type Type, unknown } from "./types.ts";
import { visit } from "./visit.ts";

export type { Defined } from "./findings.ts";

/** What a walk asks about other declarations; made when it is first asked for. */
export interface DeclarationTypes {
  /** The type of a declaration as a value. */
  type(declaration: Declaration): Type;
  signature(declaration: Declaration): Signature | undefined;
  /** Whether its signature has tensors or axes, so that a call of it is mathematics. */
  isTensorial(declaration: Declaration): boolean;
  /** What a call gives whose arguments were wrong: its result where that does not depend on them. */
  /** Whether its body is the mathematics' to check. */
  isMathematical(declaration: Declaration): boolean;
  resultAfterFault(signature: Signature): Type;
  forget(declaration: Declaration): void;
}

/** A module as whoever loads it fills it. It stays the same object from check to check. */
export interface Loading extends Module {
  text: string;
  tree: ast.File;
  broken: boolean;
  readonly declarations: Map<string, Declaration>;
  readonly imports: Map<string, Imported>;
  readonly doubtful: Set<string>;
}

/** Reads a file that people write; the same text of the same file may give the same nodes. */
export type Reader = (text: string, path: string) => Parsed;

export class Program {
  readonly host: Host;
  readonly read: Reader;
  /** Every module reached, a module after those it uses. */
  modules: Module[] = [];
  readonly byPath = new Map<string, Module>();
  /** Modules of this check and those before, by path; whoever loads them fills them anew. */
  readonly kept = new Map<string, Loading>();
  /** Syntax errors of each file reached. */
  readonly syntax = new Map<string, readonly ast.Diagnostic[]>();
  /** The modules whose declarations are in sight everywhere. */
  prelude: readonly Module[] = [];
  readonly exprTypes = new WeakMap<ast.Expr, Type>();
  readonly names = new WeakMap<ast.Name, Entity>();
  readonly bound = new WeakMap<ast.Stmt | ast.For, Entity[]>();
  readonly calls = new WeakMap<ast.Call, BoundCall>();
  readonly entityTypes = new WeakMap<Entity, Type>();
  /** Names that are wrong and were reported: nothing more is said about them. */
  readonly silent = new WeakSet<ast.Name>();
  /** The types of host bodies that were walked, or are being walked. */
  readonly bodies = new Map<Declaration, Type>();
  /** Types of `type` declarations without parameters. */
  readonly namedTypes = new Map<Declaration, Type>();
  /** How often a local function was expanded. */
  readonly expansions = new WeakMap<Entity, number>();
  /** Configurations of models whose sizes were found to agree. */
  readonly soundSizes = new Set<string>();
  /** The declarations that one mentions, with the first place of each; every declaration reached is in it. */
  readonly mentions = new Map<Declaration, ReadonlyMap<Declaration, ast.Name>>();
  mathematics!: CheckedMathematics;
  declarations!: DeclarationTypes;
  /** Files as the declaration that is being checked sees them: what it read is one of its questions. */
  readonly watched: Host;
  private readonly found = new Map<Declaration, Findings>();
  private readonly declarationOf = new WeakMap<ast.Decl, Declaration>();
  /** What belongs to no declaration: syntax, modules, circles, rules of the whole. */
  private common = new Findings();
  private current = this.common;
  private sight = "";
  /** Whether a check is under way: what is only asked of its result says nothing any more. */
  private isOpen = false;

  constructor(host: Host, read: Reader) {
    this.host = host;
    this.read = read;
    this.watched = { ...host, read: (path) => this.current.ask(`file ${path}`, () => host.read(path)) };
  }

  // ── from check to check ──

  /** A check begins: modules are loaded anew. */
  begin(): void {
    this.modules = [];
    this.byPath.clear();
    this.syntax.clear();
    this.mentions.clear();
    this.soundSizes.clear();
    this.common = new Findings();
    this.current = this.common;
    this.isOpen = true;
  }

  /** A check is over. */
  end(): void {
    this.isOpen = false;
  }

  /** The declaration that a node is: one node is one declaration, however often it is enrolled. */
  declarationAt(node: ast.Decl): Declaration | undefined {
    return this.declarationOf.get(node);
  }

  enroll(declaration: Declaration): void {
    this.declarationOf.set(declaration.node, declaration);
  }

  /** Forgets the findings that do not hold any more, and those that were made from them. */
  dropStale(entry: Module | undefined): void {
    const own = this.modules.filter((module) => !module.std || module === entry);
    this.sight = own.map(sightOf).join("\n");
    const stale: Declaration[] = [];
    const users = new Map<Declaration, Declaration[]>();
    for (const [declaration, findings] of this.found) {
      // What the library declares asks only the library, and that does not change.
      if (declaration.module.std && declaration.module !== entry) continue;
      if (!this.isCurrent(declaration) || !findings.holds(this.sight)) stale.push(declaration);
      for (const needed of findings.needs()) {
        const list = users.get(needed);
        if (list) list.push(declaration);
        else users.set(needed, [declaration]);
      }
    }
    for (const declaration of stale) {
      if (!this.forget(declaration)) continue;
      stale.push(...(users.get(declaration) ?? []));
    }
  }

  private isCurrent({ name, module, node }: Declaration): boolean {
    return this.byPath.get(module.path) === module && module.declarations.get(name)?.node === node;
  }

  private forget(declaration: Declaration): boolean {
    if (!this.found.delete(declaration)) return false;
    this.bodies.delete(declaration);
    this.namedTypes.delete(declaration);
    this.declarations.forget(declaration);
    if (declaration.node.kind === "Callable" || declaration.node.kind === "Architecture")
      this.mathematics.forget(declaration.node);
    visit(declaration.node, (node) => {
      const any = node as ast.Node & object;
      this.exprTypes.delete(any as ast.Expr);
      this.names.delete(any as unknown as ast.Name);
      this.silent.delete(any as unknown as ast.Name);
      this.calls.delete(any as ast.Call);
      this.bound.delete(any as ast.Stmt);
    });
    return true;
  }

  // ── findings ──

  /** What is known of a declaration; nothing yet where it is met for the first time. */
  findings(declaration: Declaration): Findings {
    const known = this.found.get(declaration);
    if (known) return known;
    const made = new Findings();
    this.found.set(declaration, made);
    return made;
  }

  /** Whatever is asked and said meanwhile belongs to this declaration. */
  within<T>(declaration: Declaration, work: () => T): T {
    const outer = this.current;
    this.current = this.findings(declaration);
    try {
      return work();
    } finally {
      this.current = outer;
    }
  }

  /** Asks something outside of the declaration that is being checked. */
  ask<T>(key: string, question: () => T): T {
    return this.current === this.common ? question() : this.current.ask(key, question);
  }

  /** The number of faults found so far in what is being checked. */
  get faults(): number {
    return this.current.faults;
  }

  /** Says what is wrong, once per code and place. */
  report<Facts>(record: DiagnosticRecord<Facts>, at: ast.Span, facts: Facts, more?: readonly Related[]): void {
    this.add(diagnose(record, at, facts, more));
  }

  /** Says it only if the file has no syntax errors: it may be mended in the part that was not understood. */
  reportIfWhole<Facts>(record: DiagnosticRecord<Facts>, at: ast.Span, facts: Facts): void {
    this.add(diagnose(record, at, facts), true);
  }

  add(diagnostic: ast.Diagnostic, ifWhole = false): void {
    if (!this.isOpen) return;
    const kept = mapPlaces(diagnostic, (span) => anchored(span, this.byPath.get(span.file)?.tree));
    this.current.add(kept, this.sight, ifWhole);
  }

  /** Everything that was said of the whole and of these declarations, without what only follows from an import that failed. */
  diagnostics(): ast.Diagnostic[] {
    const isWhole = (file: string) => this.byPath.get(file)?.broken !== true;
    const all = [this.common, ...[...this.mentions.keys()].map((declaration) => this.findings(declaration))];
    const said = new Set<string>();
    const diagnostics: ast.Diagnostic[] = [];
    for (const findings of all)
      for (const kept of findings.diagnostics(isWhole)) {
        const diagnostic = mapPlaces(kept, placeNow);
        const { file, start, end } = diagnostic.span;
        const key = `${diagnostic.code} ${start} ${end} ${file}`;
        if (said.has(key) || this.isDoubtful(diagnostic)) continue;
        said.add(key);
        diagnostics.push(diagnostic);
      }
    return withoutEchoes(diagnostics, (file) => this.byPath.get(file)?.text ?? "");
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

  // ── names ──

  typeOf(expr: ast.Expr): Type {
    return this.exprTypes.get(expr) ?? unknown;
  }

  /** A declaration that `name` means at the top of a module: its own, imported, or of the prelude. */
  find(name: string, module: Module): Declaration | undefined {
    const found = this.peek(name, module);
    if (found && module.imports.get(name)?.declaration === found) this.current.uses.add(useOf(module, name));
    return found;
  }

  /** The same, without using the import. */
  peek(name: string, module: Module): Declaration | undefined {
    return this.ask(`${module.path} ${name}`, () => this.lookup(name, module));
  }

  private lookup(name: string, module: Module): Declaration | undefined {
    const own = module.declarations.get(name) ?? module.imports.get(name)?.declaration;
    if (own) return own;
    for (const prelude of this.prelude) {
      const found = prelude.declarations.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The imports of a module that nothing used. */
  unusedImports(module: Module): [name: string, node: ast.Import][] {
    const used = new Set(
      [this.common, ...[...this.mentions.keys()].map((each) => this.findings(each))].flatMap(({ uses }) => [...uses]),
    );
    return [...module.imports].flatMap(([name, { node }]) => (used.has(useOf(module, name)) ? [] : [[name, node]]));
  }

  /** The names that a declaration makes inside itself. */
  definedIn(declaration: Declaration | undefined): readonly Defined[] {
    return declaration ? this.findings(declaration).defined : [];
  }

  /** Every name that `find` would find, for "did you mean". */
  *namesIn(module: Module): Iterable<string> {
    yield* module.declarations.keys();
    yield* module.imports.keys();
    for (const prelude of this.prelude) yield* prelude.declarations.keys();
  }
}

const useOf = (module: Module, name: string): string => `${module.path} ${name}`;

/** What a hint may name: a module's declarations by kind, and its imports. */
function sightOf(module: Module): string {
  const own = [...module.declarations.values()].map(
    ({ name, word, node }) => `${word} ${name} ${node.kind === "TypeDecl" ? node.body.kind : ""}`,
  );
  return [module.path, ...own, ...module.imports.keys()].join("\n");
}
