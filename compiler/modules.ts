/**
 * Files become modules: an entry, what it uses, and the prelude. Each file is read and parsed once. What a `use` names is found here, and
 * what cannot be found, or closes a circle, is said here. It knows nothing of types.
 */
import { type Decl, type File, type Import, type Parsed, parse, type Use } from "../grammar/index.ts";
import type { Declaration, DeclarationWord, Module } from "./declarations.ts";
import { cyclicImport } from "./diagnostics/cyclic_import.ts";
import { missingFile } from "./diagnostics/missing_file.ts";
import { nameTwice } from "./diagnostics/name_twice.ts";
import { unknownImport } from "./diagnostics/unknown_import.ts";
import type { Loading, Program } from "./program.ts";
import { stdModules } from "./std-names.ts";

/** Modules of std that a spec can use, for "did you mean". */
const stdNames = stdModules.map((name) => `std.${name}`);

/** Loads the entry, all it reaches and the prelude into `program`. Without the entry the program stays empty and says so. */
export function loadModules(program: Program, entry: string): Module | undefined {
  const loader = new Loader(program);
  program.prelude = program.host.resolveStd("prelude").flatMap((path) => loader.load(path, true) ?? []);
  const module = loader.load(entry, entry.startsWith("std/"));
  if (!module) {
    const span = { file: entry, start: 0, end: 0 };
    program.report(missingFile, span, { path: entry, what: "file", known: [] });
  }
  return module;
}

class Loader {
  readonly program: Program;
  /** Paths from the entry to the file that is being loaded. */
  private readonly stack: string[] = [];
  private readonly known = new Map<string, Loading | undefined>();

  constructor(program: Program) {
    this.program = program;
  }

  load(path: string, std: boolean): Module | undefined {
    if (this.known.has(path)) return this.known.get(path);
    const text = this.program.host.read(path);
    if (text === undefined) {
      this.known.set(path, undefined);
      return undefined;
    }
    const { tree, diagnostics } = std ? parsedOnce(text, path) : this.program.read(text, path);
    const module = this.emptied(path, std, text, tree);
    module.broken = diagnostics.length > 0;
    this.known.set(path, module);
    this.program.byPath.set(path, module);
    this.program.syntax.set(path, diagnostics);
    for (const diagnostic of diagnostics) this.program.add(diagnostic);
    for (const { code, span } of diagnostics) if (code === "unknown_kind") module.doubtful.add(wordAfter(text, span.end));
    this.enroll(module);
    this.stack.push(path);
    for (const decl of tree.decls) if (decl.kind === "Use") this.use(decl, module);
    this.stack.pop();
    this.program.modules.push(module);
    return module;
  }

  /** The module of a path as it was in the last check, without what it declared and used then. */
  private emptied(path: string, std: boolean, text: string, tree: File): Loading {
    const made = { path, std, broken: false, doubtful: new Set<string>(), declarations: new Map(), imports: new Map() };
    const module: Loading = this.program.kept.get(path) ?? { ...made, text, tree };
    this.program.kept.set(path, module);
    module.text = text;
    module.tree = tree;
    module.doubtful.clear();
    module.declarations.clear();
    module.imports.clear();
    return module;
  }

  /** Gives every declaration of a file its place among the file's names. */
  private enroll(module: Loading): void {
    for (const node of module.tree.decls) {
      if (node.kind === "Use") continue;
      const declaration = this.program.declarationAt(node) ?? this.declared(node, module);
      const known = module.declarations.get(declaration.name);
      if (known) this.twice(node.name.text, node.name.span, known.node.name.span);
      else module.declarations.set(declaration.name, declaration);
    }
  }

  private declared(node: Exclude<Decl, Use>, module: Module): Declaration {
    const declaration: Declaration = { entity: "declaration", name: node.name.text, word: wordOf(node), node, module };
    this.program.enroll(declaration);
    return declaration;
  }

  private twice(name: string, span: Use["span"], first: Use["span"], again?: Use["span"]): void {
    this.program.report(nameTwice, span, { name, ...(again && { again }) }, [{ span: first, label: "declared here first" }]);
  }

  private use(node: Use, module: Loading): void {
    const paths = node.relative
      ? [relativePath(module.path, node.path)]
      : this.program.host.resolveStd(node.path.replace(/^std\./, ""));
    const isStd = !node.relative;
    // The file behind it may have changed since an earlier check.
    for (const { name } of node.imports) this.program.names.delete(name);
    if (node.relative) this.closesCircle(node, paths[0]!);
    const targets = (!isStd || node.path.startsWith("std.") ? paths : []).flatMap(
      (path) => this.load(path, isStd || module.std) ?? [],
    );
    if (targets.length === 0) {
      const what = node.relative ? "file" : "module";
      this.program.report(missingFile, node.pathSpan, { path: node.path, what, known: isStd ? stdNames : [] });
      for (const item of node.imports) module.doubtful.add((item.alias ?? item.name).text);
      return;
    }
    for (const item of node.imports) this.import(item, node, targets, module);
  }

  private closesCircle(node: Use, path: string): void {
    const at = this.stack.indexOf(path);
    if (at >= 0) this.program.report(cyclicImport, node.pathSpan, { path: [...this.stack.slice(at), path] });
  }

  private import(item: Import, node: Use, targets: readonly Module[], module: Loading): void {
    const name = item.name.text;
    const declaration = targets.map((target) => target.declarations.get(name)).find((found) => found !== undefined);
    const hidden = name.startsWith("_");
    if (!declaration || hidden) {
      const known = targets.flatMap((target) => [...target.declarations.keys()]).filter((each) => !each.startsWith("_"));
      const facts = { name, module: node.path, known, ...(declaration ? { hidden } : {}) };
      this.program.report(unknownImport, item.name.span, facts);
      module.doubtful.add((item.alias ?? item.name).text);
      return;
    }
    this.program.names.set(item.name, declaration);
    const here = item.alias ?? item.name;
    const first = module.declarations.get(here.text)?.node.name ?? module.imports.get(here.text)?.node.name;
    if (first) this.twice(here.text, here.span, first.span, item.span);
    else module.imports.set(here.text, { node: item, declaration });
  }
}

/** Trees are never changed, so the standard library is parsed once however many specs one process checks. */
const library = new Map<string, { readonly text: string; readonly parsed: Parsed }>();

function parsedOnce(text: string, path: string): Parsed {
  const known = library.get(path);
  if (known?.text === text) return known.parsed;
  const parsed = parse(text, path);
  library.set(path, { text, parsed });
  return parsed;
}

/** What a declaration of an unknown kind would have declared: it is not in the tree, and whoever names it is not to blame. */
const wordAfter = (text: string, at: number): string => /^\s*([\p{L}_][\p{L}\p{N}_]*)/u.exec(text.slice(at, at + 200))?.[1] ?? "";

function wordOf(node: Exclude<Decl, Use>): DeclarationWord {
  switch (node.kind) {
    case "TypeDecl":
      return "type";
    case "Architecture":
      return "architecture";
    case "Model":
      return "model";
    default:
      return node.word;
  }
}

/** `./x.neuro` as a file beside the one that writes it; `..` climbs, and above the top it stays there. */
export function relativePath(from: string, path: string): string {
  const parts = path.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return `${path.startsWith("/") ? "/" : from.startsWith("/") && !path.startsWith("/") ? "/" : ""}${parts.filter(Boolean).join("/")}`;
}
