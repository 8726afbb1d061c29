/**
 * A spec is checked: modules, names, circles, types of host code, mathematics, rules, in that order. Everything wrong is said in one run, sorted by
 * file and place. Nothing a user can write makes it throw.
 */
import type * as ast from "../grammar/index.ts";
import { bindDeclaration } from "./bind.ts";
import { bodyType, checkDefaults, placeOf } from "./bodies.ts";
import type { Checked } from "./checked.ts";
import { constantOf } from "./constants.ts";
import { orderDeclarations } from "./cycles.ts";
import type { Declaration, Module } from "./declarations.ts";
import { Declarations } from "./declare.ts";
import { notMeasured } from "./diagnostics/not_measured.ts";
import type { Host } from "./host.ts";
import type { Definition, MathContext } from "./math/door.ts";
import { openMath } from "./math/index.ts";
import { type Known, type Measurements, measurementsOf } from "./measured.ts";
import { loadModules } from "./modules.ts";
import { Program } from "./program.ts";
import { declaredType } from "./read-type.ts";
import { rules } from "./rules/index.ts";
import type { Own } from "./rules/rule.ts";
import { checkModel, checkSetting } from "./settings.ts";
import { describe } from "./show.ts";
import { visit } from "./visit.ts";

/** Checks the program that begins at `entry`, a posix path that `host` can read. */
export function check(host: Host, entry: string): Checked {
  const program = new Program(host);
  const module = loadModules(program, entry);
  const own = program.modules.filter((each) => !each.std || each === module);
  const declarations = own.flatMap(declarationsOf);
  bindReached(program, declarations);
  const { order, cyclic } = orderDeclarations(program);
  program.mathematics = openMath(mathContext(program));
  const types = new Declarations(program);
  program.declarations = types;
  const misread = misreadDeclarations(program);
  for (const declaration of order)
    if (!cyclic.has(declaration) && !misread.has(declaration)) checkDeclaration(declaration, types, program, declarations);
  runRules(program, { modules: own, declarations });
  const measurements = measured(program, own);
  return checkedOf(program, types, measurements, module ?? emptyModule(entry));
}

/** What host code asks of models; what is no number at its border is said where a user wrote it. */
function measured(program: Program, own: readonly Module[]): Measurements {
  const known: Known = {
    typeOf: (expr) => program.typeOf(expr),
    resolved: (name) => program.names.get(name),
    call: (node) => program.calls.get(node),
    mentions: (declaration) => program.mentions.get(declaration) ?? new Map(),
    mathematics: program.mathematics,
  };
  const found = measurementsOf(known, [...program.mentions.keys()]);
  const files = new Set(own.map(({ path }) => path));
  for (const { node, type } of found.open) {
    if (!files.has(node.span.file)) continue;
    const source = (program.byPath.get(node.span.file)?.text ?? "").slice(node.span.start, node.span.end);
    const whole = type.kind === "tensor" && type.axes.length === 0;
    program.report(notMeasured, node.span, { found: describe(type), whole, source });
  }
  return found;
}

function runRules(program: Program, own: Own): void {
  const each = rules.flatMap((rule) => (rule.node ? [rule.node] : []));
  for (const module of own.modules) visit(module.tree, (node) => each.forEach((check) => void check(node, program, module)));
  for (const rule of rules) rule.check?.(program, own);
}

/** Two declarations of one name are both in the tree; only the first is a declaration. */
const declarationsOf = (module: Module): Declaration[] => [...module.declarations.values()];

/** What the parser made of an item that begins with no kind: it keeps its name, and nothing inside it can be judged. */
function misreadDeclarations(program: Program): ReadonlySet<Declaration> {
  const places = program.diagnostics
    .filter(({ code }) => code === "unknown_kind")
    .map(({ span }) => `${span.file}:${span.start}`);
  const starts = new Set(places);
  const isMisread = ({ node }: Declaration) => starts.size > 0 && starts.has(`${node.span.file}:${node.span.start}`);
  return new Set([...program.mentions.keys()].filter(isMisread));
}

/** Binds the user's declarations and whatever of std they reach. */
function bindReached(program: Program, declarations: readonly Declaration[]): void {
  const queue = [...declarations];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length; at++) {
    bindDeclaration(program, queue[at]!);
    for (const mentioned of program.mentions.get(queue[at]!)!.keys()) {
      if (seen.has(mentioned)) continue;
      seen.add(mentioned);
      queue.push(mentioned);
    }
  }
}

/** What std declares is checked by its own tests; of what a spec reaches there only the bodies that will run are walked. */
function checkDeclaration(declaration: Declaration, types: Declarations, program: Program, own: readonly Declaration[]): void {
  const { node, module } = declaration;
  const isOwn = !module.std || own.includes(declaration);
  types.signature(declaration);
  types.type(declaration);
  if (types.isMathematical(declaration)) {
    if (isOwn && (node.kind === "Callable" || node.kind === "Architecture")) program.mathematics.check(node);
  } else if (placeOf(declaration)) bodyType(declaration, program);
  if (node.kind === "Setting") checkSetting(declaration, program);
  if (node.kind === "Model") checkModel(declaration, program);
  if (isOwn && node.kind === "TypeDecl") declaredType(declaration, [], { program, module });
  if (!types.isMathematical(declaration)) checkDefaults(declaration, program);
}

function mathContext(program: Program): MathContext {
  const byNode = new Map<ast.Decl, Declaration>();
  for (const declaration of program.mentions.keys()) byNode.set(declaration.node, declaration);
  const find = (name: string, file: string): Declaration | undefined => {
    const module = program.byPath.get(file);
    return module && program.find(name, module);
  };
  const typeOf = (node: ast.Decl) => {
    const declaration = byNode.get(node);
    return declaration ? program.declarations.type(declaration) : ({ kind: "unknown" } as const);
  };
  return {
    value: (name, file) => {
      const node = find(name, file)?.node;
      return node && node.kind !== "TypeDecl" ? (node as Definition) : undefined;
    },
    type: (name, file) => {
      const node = find(name, file)?.node;
      return node?.kind === "TypeDecl" ? node : undefined;
    },
    names: (file) => {
      const module = program.byPath.get(file);
      return module ? program.namesIn(module) : [];
    },
    text: (file) => program.byPath.get(file)?.text,
    model: typeOf,
    report: (diagnostic) => program.add(diagnostic),
    modelNamed: (name) => {
      for (const { node } of byNode.values()) if (node.kind === "Model" && node.name.text === name) return node;
      return undefined;
    },
  };
}

function checkedOf(program: Program, types: Declarations, measurements: Measurements, entry: Module): Checked {
  const diagnostics = program.diagnostics.toSorted(byPlace);
  return {
    host: program.host,
    entry,
    modules: program.modules,
    diagnostics,
    typeOf: (expr) => program.typeOf(expr),
    resolved: (name) => program.names.get(name),
    bound: (node) => program.bound.get(node) ?? [],
    call: (node) => program.calls.get(node),
    declared: (declaration) => types.type(declaration),
    signature: (declaration) => types.signature(declaration),
    constant: (expr) => constantOf(expr, program),
    mentions: (declaration) => program.mentions.get(declaration) ?? new Map(),
    mathematics: program.mathematics,
    measurements,
  };
}

const byPlace = (a: ast.Diagnostic, b: ast.Diagnostic): number =>
  compare(a.span.file, b.span.file) || a.span.start - b.span.start || a.span.end - b.span.end || compare(a.code, b.code);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function emptyModule(path: string): Module {
  const span = { file: path, start: 0, end: 0 };
  const tree: ast.File = { kind: "File", path, decls: [], comments: [], span };
  return { path, text: "", tree, std: false, broken: true, doubtful: new Set(), declarations: new Map(), imports: new Map() };
}
