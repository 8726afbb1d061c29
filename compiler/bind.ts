/**
 * Finds what every written name stands for, before any types: block bindings, parameters, this file, imports, prelude, in that order. It makes the
 * versions of names and ends names with their blocks. A name that it does not find is left to whoever knows more (cases, axes, builtins).
 */
import type * as ast from "../grammar/index.ts";
import { type Declaration, type Entity, isLearned, type LocalEntity, type Module, type ParameterEntity } from "./declarations.ts";
import { boundTwice } from "./diagnostics/bound_twice.ts";
import { endsWithBlock } from "./diagnostics/ends_with_block.ts";
import { equalRuns } from "./diagnostics/equal_runs.ts";
import { rebindInFor } from "./diagnostics/rebind_in_for.ts";
import { unusedName } from "./diagnostics/unused_name.ts";
import type { Findings } from "./findings.ts";
import { casesIn } from "./kinds/cases.ts";
import type { Defined, Program } from "./program.ts";
import { visit } from "./visit.ts";

interface Local {
  readonly entity: LocalEntity | ParameterEntity;
  readonly name: ast.Name;
  readonly what: Defined["what"];
  used: boolean;
}

interface Block {
  readonly kind: "parameters" | "body" | "repeat" | "for" | "fn";
  readonly outer?: Block;
  readonly names: Map<string, Local>;
  /** Every local made here, versions included. */
  readonly made: Local[];
  /** Names that a block inside this one bound and that ended with it. */
  readonly ended: Map<string, string>;
}

/** Bindings of these are recorded by name, so a name is bound once. */
const recorded = new Set<string>(["pipeline", "reward", "objective"]);

/** Binds all names of one declaration; what is wrong with them is reported. */
export function bindDeclaration(program: Program, declaration: Declaration): void {
  program.within(declaration, () => new Binder(program, declaration).declaration());
}

/** The last call in a body that draws or trains: a seed belongs there. */
function drawIn(body: ast.Body): { draw?: ast.Span } {
  let draw: ast.Span | undefined;
  visit(body, (node) => {
    if (node.kind === "Call" && node.callee.kind === "Name" && ["fit", "sample"].includes(node.callee.text)) draw = node.span;
  });
  return draw ? { draw } : {};
}

/** Axes that a batch has without being named. */
const given = ["batch", "token", "sample", "vocab"];

function axesOf({ node, word }: Declaration): ReadonlySet<string> {
  const axes = new Set<string>(word === "objective" ? given : []);
  if (node.kind === "Callable" || node.kind === "Architecture")
    visit(node, (each) => {
      if ((each as ast.Axis).kind === "Axis") axes.add((each as Extract<ast.Axis, { kind: "Axis" }>).name.text);
    });
  return axes;
}

class Binder {
  private readonly program: Program;
  private readonly owner: Declaration;
  /** Names in a setting's fields that are cases of a choice. */
  private readonly chosen: ReadonlySet<ast.Node>;
  private readonly module: Module;
  private readonly found: Findings;
  private readonly mentions: Map<Declaration, ast.Name>;
  private block: Block | undefined;
  /** Axes that this declaration names: as an argument (`size(t)`) such a name is the axis, whatever else is called so. */
  private readonly axes: ReadonlySet<string>;

  constructor(program: Program, owner: Declaration) {
    this.program = program;
    this.owner = owner;
    this.module = owner.module;
    this.found = program.findings(owner);
    this.mentions = this.found.mentions;
    this.axes = axesOf(owner);
    this.chosen = casesIn(owner);
  }

  declaration(): void {
    const { node } = this.owner;
    this.define(node.name, node.kind === "TypeDecl" ? "type" : "declaration");
    switch (node.kind) {
      case "TypeDecl":
        if (node.body.kind === "Cases") for (const name of node.body.cases) this.define(name, "case");
        else this.type(node.body);
        return;
      case "Model":
        this.name(node.architecture);
        this.expr(node.fields);
        return;
      case "Setting":
        this.within("parameters", () => {
          this.parameters(node.params ?? []);
          if (node.type) this.type(node.type);
          if (node.value) this.expr(node.value);
        });
        return;
      default:
        this.within("parameters", () => {
          this.parameters(node.params ?? []);
          if (node.result) this.type(node.result);
          if (node.body) this.body(node.body, "body");
          if (node.kind === "Callable" && node.value) this.expr(node.value);
        });
    }
  }

  private define(name: ast.Name, what: Defined["what"]): void {
    this.found.defined.push({ name, what, inside: this.owner, module: this.module });
  }

  // ── blocks ──

  /** Locals of blocks that have ended; whether they were read is known when the outermost block ends. */
  private left: Local[] = [];

  private within(kind: Block["kind"], inside: () => void): Block {
    const block: Block = { kind, outer: this.block, names: new Map(), made: [], ended: new Map() };
    this.block = block;
    inside();
    this.block = block.outer;
    this.left.push(...block.made);
    if (!block.outer) {
      for (const local of this.left) this.unused(local);
      this.left = [];
    }
    return block;
  }

  private unused(local: Local): void {
    if (local.used || this.module.std || this.owner.word === "reward") return;
    if (local.what === "variable" && this.owner.word === "train" && local.entity.node.kind === "For")
      this.program.reportIfWhole(equalRuns, local.name.span, {
        what: "for",
        variable: local.name.text,
        ...drawIn(local.entity.node.body),
      });
    if (local.what !== "binding" && local.what !== "weight" && local.what !== "function") return;
    const defined: Defined = { name: local.name, what: local.what, inside: this.owner, module: this.module };
    if (this.owner.word === "objective" && local.what === "binding") this.found.unread.push(defined);
    else if (this.owner.word !== "train" || !this.isLearnedHere(local.name.text))
      this.program.reportIfWhole(unusedName, local.name.span, { name: local.name.text, what: local.what });
  }

  private isLearnedHere(name: string): boolean {
    const found = this.program.peek(name, this.module);
    return found !== undefined && isLearned(found);
  }

  private body(body: ast.Body, kind: Block["kind"], before?: () => void, after?: () => void): void {
    const block = this.within(kind, () => {
      before?.();
      for (const statement of body.stmts) this.statement(statement);
      const last = body.stmts.at(-1);
      if (last?.kind === "Bind" && kind !== "repeat") for (const name of last.names) this.mark(name.text);
      after?.();
    });
    const label = kind === "repeat" ? "repeat" : "for";
    if (kind === "repeat" || kind === "for") for (const name of block.names.keys()) block.outer?.ended.set(name, label);
  }

  private statement(node: ast.Stmt): void {
    switch (node.kind) {
      case "Bind":
        this.expr(node.value);
        this.program.bound.set(
          node,
          node.names.map((name) => this.bind(name, node)),
        );
        return;
      case "Weight":
        this.type(node.type);
        if (node.init) this.expr(node.init);
        this.program.bound.set(node, [this.make(node.name, node, "weight")]);
        return;
      case "LocalFn":
        this.within("fn", () => {
          this.parameters(node.params);
          this.expr(node.value);
        });
        this.program.bound.set(node, [this.make(node.name, node, "function")]);
        return;
      case "Repeat":
        this.repeat(node);
        return;
      default:
        this.expr(node.value);
        return;
    }
  }

  private repeat(node: ast.Repeat): void {
    this.expr(node.over);
    this.body(
      node.body,
      "repeat",
      () => {
        if (node.name) this.program.bound.set(node, [this.make(node.name, node, "variable")]);
      },
      () => {
        if (node.until) this.expr(node.until);
      },
    );
  }

  private parameters(params: readonly ast.Param[]): void {
    for (const node of params) {
      if (node.type) this.type(node.type);
      if (node.range) this.expr(node.range);
      if (node.default) this.expr(node.default);
      const entity: ParameterEntity = {
        entity: "parameter",
        name: node.name.text,
        node,
        ...(node.role ? { role: node.role } : {}),
      };
      this.put(this.block!, { entity, name: node.name, what: "parameter", used: false });
      this.program.names.set(node.name, entity);
    }
  }

  /** A new name of this block, whatever it hides. */
  private make(name: ast.Name, node: LocalEntity["node"], what: Defined["what"], into = this.block!, used = false): LocalEntity {
    const before = into.names.get(name.text)?.entity;
    const version = before?.entity === "local" ? before.version + 1 : 0;
    const entity: LocalEntity = { entity: "local", name: name.text, version, node };
    this.put(into, { entity, name, what, used });
    this.program.names.set(name, entity);
    return entity;
  }

  private put(block: Block, local: Local): void {
    block.names.set(local.name.text, local);
    block.made.push(local);
    this.define(local.name, local.what);
  }

  /** A binding: new here, or the next version of a name that this block or one around it has. */
  private bind(name: ast.Name, node: ast.Bind): LocalEntity {
    const home = this.homeOf(name.text);
    const first = home?.names.get(name.text);
    if (recorded.has(this.owner.word) && first?.what === "binding") {
      first.used = true;
      const rest = { ...node.span, start: node.span.end, end: this.owner.node.span.end };
      this.program.report(boundTwice, name.span, { name: name.text, place: this.owner.word, rest }, [
        { span: first.name.span, label: "bound here first" },
      ]);
    }
    if (home === undefined || home === this.block) return this.make(name, node, "binding");
    if (this.crossesFor(home)) {
      const only = node.names.length === 1 ? { ...node.span, end: node.value.span.start } : undefined;
      this.program.report(rebindInFor, name.span, { name: name.text, ...(only && { only }) });
      return this.make(name, node, "binding", this.block, true);
    }
    return this.make(name, node, "binding", home, true);
  }

  /** The block that has the name already; for a declared model that a recipe binds anew, the recipe's own. */
  private homeOf(name: string): Block | undefined {
    let outermost = this.block;
    for (let block = this.block; block && block.kind !== "fn"; block = block.outer) {
      if (block.names.has(name)) return block;
      if (block.kind !== "parameters") outermost = block;
    }
    return this.owner.word === "train" && this.isLearnedHere(name) ? outermost : undefined;
  }

  private crossesFor(home: Block): boolean {
    for (let block = this.block; block && block !== home; block = block.outer) if (block.kind === "for") return true;
    return false;
  }

  // ── names ──

  private local(name: string): Local | undefined {
    for (let block = this.block; block; block = block.outer) {
      const found = block.names.get(name);
      if (found) return found;
    }
    return undefined;
  }

  private mark(name: string): void {
    const local = this.local(name);
    if (local) local.used = true;
  }

  private name(node: ast.Name): void {
    const local = this.local(node.text);
    if (local) {
      local.used = true;
      this.program.names.set(node, local.entity);
      return;
    }
    for (let block = this.block; block; block = block.outer) {
      const ended = block.ended.get(node.text);
      if (ended === undefined) continue;
      this.program.report(endsWithBlock, node.span, { name: node.text, block: ended });
      // It was meant to be read, so it is not unused as well.
      for (const local of this.left) if (local.name.text === node.text) local.used = true;
      this.program.silent.add(node);
      return;
    }
    this.global(node);
  }

  private global(node: ast.Name): Entity | undefined {
    // Where a choice is expected its cases come first, whatever else is called so.
    const found = this.chosen.has(node) ? undefined : this.program.find(node.text, this.module);
    if (!found) return undefined;
    this.program.names.set(node, found);
    if (!this.mentions.has(found)) this.mentions.set(found, node);
    return found;
  }

  // ── trees ──

  private expr(node: ast.Expr): void {
    switch (node.kind) {
      case "Name":
        this.name(node);
        return;
      case "Text":
        for (const part of node.parts) if (part.kind === "Hole") this.expr(part.value);
        return;
      case "List":
        for (const item of node.items) this.expr(item);
        return;
      case "Record":
        for (const entry of node.entries) this.expr(entry.value);
        return;
      case "Binary":
      case "Compare":
        this.expr(node.left);
        this.expr(node.right);
        return;
      case "Range":
        this.expr(node.from);
        this.expr(node.to);
        return;
      case "Unary":
        this.expr(node.operand);
        return;
      case "If":
        this.expr(node.condition);
        this.expr(node.yes);
        this.expr(node.no);
        return;
      case "Index":
        this.expr(node.object);
        this.expr(node.value);
        return;
      case "Field":
        this.expr(node.object);
        return;
      case "For":
        this.loop(node);
        return;
      case "Call":
        this.call(node);
        return;
      case "Select":
        this.select(node);
        return;
    }
  }

  private loop(node: ast.For): void {
    this.expr(node.over);
    this.body(node.body, "for", () => this.program.bound.set(node, [this.make(node.name, node, "variable")]));
  }

  private select(node: ast.Select): void {
    this.expr(node.object);
    for (const entry of node.entries) {
      this.mark(entry.label.text);
      this.global(entry.label);
      this.expr(entry.value);
    }
  }

  private call(node: ast.Call): void {
    this.expr(node.callee);
    for (const { value } of [...node.args, ...(node.given ?? [])]) {
      const isAxis = value.kind === "Name" && this.axes.has(value.text) && !this.local(value.text);
      if (!isAxis) this.expr(value);
    }
    for (const axis of [...(node.over ?? []), ...(node.to ?? [])]) this.axis(axis);
    if (node.where) this.expr(node.where);
  }

  private axis(node: ast.Axis): void {
    if (node.kind !== "Axis") return;
    this.mark(node.name.text);
    if (node.size) this.expr(node.size);
  }

  private type(node: ast.Type): void {
    switch (node.kind) {
      case "NamedType":
        this.global(node.name);
        for (const arg of node.args) this.type(arg);
        return;
      case "TensorType":
        for (const axis of node.axes) this.axis(axis);
        if (node.of) this.global(node.of);
        return;
      case "RecordType":
        for (const field of node.fields) {
          if (field.type) this.type(field.type);
          if (field.default) this.fieldDefault(field.default, node);
        }
        return;
      case "FnType":
        for (const param of node.params) this.type(param);
        this.type(node.result);
        return;
      case "SumType":
        for (const part of node.parts) this.type(part);
    }
  }

  /** A default may use earlier fields of its record: these are no names of this scope. */
  private fieldDefault(value: ast.Expr, record: ast.RecordType): void {
    if (value.kind === "Name" && record.fields.some((field) => field.name.text === value.text)) return;
    this.expr(value);
  }
}
