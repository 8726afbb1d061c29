/**
 * A spec is checked: modules, names, circles, types of host code, mathematics, rules, in that order. Everything wrong is said in one run, sorted by
 * file and place. Nothing a user can write makes it throw.
 */
import type * as ast from "../grammar/index.ts";
import { parse } from "../grammar/index.ts";
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
import { type Known, Measuring } from "./measured.ts";
import { loadModules } from "./modules.ts";
import { Program, type Reader } from "./program.ts";
import { declaredType } from "./read-type.ts";
import { rules } from "./rules/index.ts";
import { checkModel, checkSetting } from "./settings.ts";
import { describe } from "./show.ts";
import { visit } from "./visit.ts";

/** Checks the program that begins at `entry`, a posix path that `host` can read. */
export function check(host: Host, entry: string): Checked {
  return new Checker(host, entry).check();
}

/**
 * A program that is checked whenever its files have changed. Each check gives what a first one would; what it knows of declarations that are what they
 * were, and that mention only such, it keeps. What a check gave holds until the next one.
 */
export class Checker {
  private readonly entry: string;
  private readonly program: Program;

  /** `read` may give the same nodes for what did not change; only those are known again. */
  constructor(host: Host, entry: string, read: Reader = parse) {
    this.entry = entry;
    this.program = new Program(host, read);
    this.program.declarations = new Declarations(this.program);
    this.program.mathematics = openMath(mathContext(this.program));
  }

  check(): Checked {
    const { program } = this;
    program.begin();
    const module = loadModules(program, this.entry);
    const own = program.modules.filter((each) => !each.std || each === module);
    const declarations = own.flatMap(declarationsOf);
    program.dropStale(module);
    bindReached(program, declarations);
    checkReached(program, own, new Set(declarations));
    const found = program.diagnostics();
    for (const rule of rules) rule.check?.(program, { modules: own, declarations, found });
    const checked = checkedOf(program, module ?? emptyModule(this.entry));
    program.end();
    return checked;
  }
}

/** Declarations in their order: each after those it mentions. */
function checkReached(program: Program, own: readonly Module[], declarations: ReadonlySet<Declaration>): void {
  const { order, cyclic } = orderDeclarations(program);
  const misread = misreadDeclarations(program);
  const measuring = new Measuring(knownOf(program));
  const sound: Declaration[] = [];
  for (const declaration of order) {
    const findings = program.findings(declaration);
    if (findings.isChecked) continue;
    findings.isChecked = true;
    if (cyclic.has(declaration) || misread.has(declaration)) continue;
    sound.push(declaration);
    program.within(declaration, () => checkDeclaration(declaration, program, declarations.has(declaration)));
  }
  for (const declaration of sound) measure(declaration, program, measuring, declarations.has(declaration));
  runRules(program, own);
}

const knownOf = (program: Program): Known => ({
  typeOf: (expr) => program.typeOf(expr),
  resolved: (name) => program.names.get(name),
  call: (node) => program.calls.get(node),
  mentions: (declaration) => program.mentions.get(declaration) ?? new Map(),
  mathematics: program.mathematics,
});

/** What host code asks of models; what is no number at its border is said where a user wrote it. */
function measure(declaration: Declaration, program: Program, measuring: Measuring, isOwn: boolean): void {
  const findings = program.findings(declaration);
  const { measured, open } = measuring.in(declaration);
  findings.measured = measured;
  findings.open = open;
  if (!isOwn) return;
  const { text } = declaration.module;
  program.within(declaration, () => {
    for (const { node, type } of open) {
      const whole = type.kind === "tensor" && type.axes.length === 0;
      program.report(notMeasured, node.span, {
        found: describe(type),
        whole,
        source: text.slice(node.span.start, node.span.end),
      });
    }
  });
}

/** Rules of nodes and of single declarations, once for each declaration; a second one of a name is no declaration, and only its nodes are looked at. */
function runRules(program: Program, own: readonly Module[]): void {
  const each = rules.flatMap((rule) => (rule.node ? [rule.node] : []));
  for (const module of own)
    for (const node of module.tree.decls) {
      const walk = () => visit(node, (inner) => each.forEach((check) => void check(inner, program, module)));
      const declaration = program.declarationAt(node);
      if (!declaration || module.declarations.get(declaration.name) !== declaration) walk();
      else if (!program.findings(declaration).isRuled) {
        program.findings(declaration).isRuled = true;
        program.within(declaration, () => {
          walk();
          for (const rule of rules) rule.declaration?.(declaration, program);
        });
      }
    }
}

/** Two declarations of one name are both in the tree; only the first is a declaration. */
const declarationsOf = (module: Module): Declaration[] => [...module.declarations.values()];

/** What the parser made of an item that begins with no kind: it keeps its name, and nothing inside it can be judged. */
function misreadDeclarations(program: Program): ReadonlySet<Declaration> {
  const wrong = [...program.syntax.values()].flat().filter(({ code }) => code === "unknown_kind");
  const starts = new Set(wrong.map(({ span }) => `${span.file}:${span.start}`));
  const isMisread = ({ node }: Declaration) => starts.size > 0 && starts.has(`${node.span.file}:${node.span.start}`);
  return new Set([...program.mentions.keys()].filter(isMisread));
}

/** Binds the user's declarations and whatever of std they reach. */
function bindReached(program: Program, declarations: readonly Declaration[]): void {
  const queue = [...declarations];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length; at++) {
    const declaration = queue[at]!;
    const findings = program.findings(declaration);
    if (!findings.isBound) bindDeclaration(program, declaration);
    findings.isBound = true;
    program.mentions.set(declaration, findings.mentions);
    for (const mentioned of findings.mentions.keys()) {
      if (seen.has(mentioned)) continue;
      seen.add(mentioned);
      queue.push(mentioned);
    }
  }
}

/** What std declares is checked by its own tests; of what a spec reaches there only the bodies that will run are walked. */
function checkDeclaration(declaration: Declaration, program: Program, isOwn: boolean): void {
  const { node, module } = declaration;
  const types = program.declarations;
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
  const find = (name: string, file: string): Declaration | undefined => {
    const module = program.byPath.get(file);
    return module && program.find(name, module);
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
    model: (node) => {
      const declaration = program.declarationAt(node);
      return declaration ? program.declarations.type(declaration) : { kind: "unknown" };
    },
    report: (diagnostic) => program.add(diagnostic),
    inside: (node, work) => {
      const declaration = program.declarationAt(node);
      return declaration ? program.within(declaration, work) : work();
    },
    modelNamed: (name) => {
      for (const { node } of program.mentions.keys()) if (node.kind === "Model" && node.name.text === name) return node;
      return undefined;
    },
  };
}

function checkedOf(program: Program, entry: Module): Checked {
  const measuring = new Measuring(knownOf(program));
  const found = [...program.mentions.keys()].map((declaration) => program.findings(declaration));
  return {
    ...knownOf(program),
    host: program.host,
    entry,
    modules: program.modules,
    diagnostics: program.diagnostics().sort(byPlace),
    bound: (node) => program.bound.get(node) ?? [],
    declared: (declaration) => program.declarations.type(declaration),
    signature: (declaration) => program.declarations.signature(declaration),
    constant: (expr) => constantOf(expr, program),
    measurements: measuring.together(found),
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
