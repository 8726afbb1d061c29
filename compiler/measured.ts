/**
 * Where host code asks models: the smallest expressions that are a number, or a number for each case of an enumeration, and that take a program to
 * compute. Each is told apart from the host values and the models that it is given. It knows no TypeScript and makes no programs.
 */
import type * as ast from "../grammar/index.ts";
import type { Checked } from "./checked.ts";
import type { Declaration, Entity, LocalEntity } from "./declarations.ts";
import type { ModelType, TensorType, Type } from "./types.ts";
import { visit } from "./visit.ts";

/** What a local function's parameters stand for where its body is written out in place of a call. */
export type Surroundings = ReadonlyMap<Entity, Written>;

/** An expression as it is written, with what the parameters in it stand for. */
export interface Written {
  readonly value: ast.Expr;
  readonly around: Surroundings;
}

/** A host value that a measurement is given: a text, a number, a row. `name` stands for it in the formula. */
export interface Given extends Written {
  readonly name: string;
  readonly type: Type;
}

/** A model that a measurement asks: an expression of host code, or a declared model that some formula names. */
export interface Asked {
  /** Its name in the formula and in the paths of its weights. */
  readonly label: string;
  readonly written?: Written;
  readonly declaration?: Declaration;
  readonly type: ModelType;
}

/** One measurement. */
export interface Measured {
  /** The expression of host code. */
  readonly node: ast.Expr;
  readonly owner: Declaration;
  /** `quality.1`: the declaration that it stands in, and its place there. */
  readonly name: string;
  /** The expression with names in place of what it is given. */
  readonly formula: ast.Expr;
  readonly given: readonly Given[];
  readonly asked: readonly Asked[];
  /** Whether it is a number for each case of an enumeration. */
  readonly byCase: boolean;
}

/** An expression that takes a program and is no number at its border. */
export interface OpenMeasure {
  readonly node: ast.Expr;
  readonly type: Type;
}

/** What host code asks, and where it names tensors that cannot leave a formula. */
export interface Measurements {
  readonly all: readonly Measured[];
  of(node: ast.Expr): Measured | undefined;
  /** Expressions that take a program and are no number at their border. */
  readonly open: readonly OpenMeasure[];
  /** Whether a binding or a local function exists only inside formulas, so that nothing is computed for it alone. */
  isInner(node: ast.Expr): boolean;
}

/** What is asked of a checked program. */
export type Known = Pick<Checked, "typeOf" | "resolved" | "call" | "mentions" | "mathematics">;

const host = new Set(["pipeline", "reward", "train", "fn"]);

/** What one declaration measures, in the order of the text. */
export interface Found {
  readonly measured: readonly Measured[];
  readonly open: readonly OpenMeasure[];
}

/** Looks through the declarations of one checked program. */
export class Measuring {
  private readonly sight: Sight;

  constructor(known: Known) {
    this.sight = new Sight(known);
  }

  /** What a declaration measures. */
  in(owner: Declaration): Found {
    const { node } = owner;
    const found = { measured: [] as Measured[], open: [] as OpenMeasure[] };
    if (node.kind !== "Callable" || !host.has(node.word) || node.extern || this.sight.known.mathematics.isMathematical(node))
      return found;
    new Finder(this.sight, owner, found.measured, found.open).declaration(node);
    return found;
  }

  /** The measurements of all declarations, in their order. */
  together(each: readonly Found[]): Measurements {
    const all = each.flatMap(({ measured }) => measured);
    let byNode: Map<ast.Expr, Measured> | undefined;
    return {
      all,
      open: each.flatMap(({ open }) => open),
      of: (node) => {
        byNode ??= new Map(all.map((one) => [one.node, one]));
        return byNode.get(node);
      },
      isInner: (node) => this.sight.isInner(node),
    };
  }
}

/** What a value of the type is outside of formulas: a number, one for each case, or nothing that could leave. */
function leaves(type: Type): "number" | "cases" | undefined {
  if (type.kind === "int" || type.kind === "float" || type.kind === "bool") return "number";
  if (type.kind !== "tensor" || type.axes.length !== 1 || (type.elem !== "float" && type.elem !== "int")) return undefined;
  const [axis] = type.axes as [TensorType["axes"][number]];
  // `A` of a judge that is a parameter: which cases there are is known where it is called.
  return axis.cases || (/^\p{Lu}$/u.test(axis.name) && !axis.text) ? "cases" : undefined;
}

/** Questions about single expressions. */
class Sight {
  readonly known: Known;
  private readonly reaching = new Map<Declaration, readonly Declaration[]>();

  constructor(known: Known) {
    this.known = known;
  }

  entity(name: ast.Name): Entity | undefined {
    return this.known.resolved(name);
  }

  private isTensor(e: ast.Expr): boolean {
    return this.known.typeOf(e).kind === "tensor" && !this.isChance(e);
  }

  /** `sigmoid` of a number that host code has: a probability that is a number like any other. */
  private isChance(e: ast.Expr): boolean {
    const entity = e.kind === "Call" && e.callee.kind === "Name" ? this.entity(e.callee) : undefined;
    if (e.kind !== "Call" || entity?.entity !== "builtin" || entity.name !== "sigmoid") return false;
    return e.args.every(({ value }) => this.known.typeOf(value).kind !== "tensor");
  }

  /** A local name bound to a tensor that cannot leave formulas is written out where it is used. */
  inlined(e: ast.Name): ast.Expr | undefined {
    const entity = this.entity(e);
    if (entity?.entity !== "local" || entity.node.kind !== "Bind" || entity.node.names.length !== 1) return undefined;
    return this.isInner(entity.node.value) ? entity.node.value : undefined;
  }

  isInner(e: ast.Expr): boolean {
    return this.isTensor(e) && leaves(this.known.typeOf(e)) === undefined;
  }

  /** The models that a formula names in its own body, or in those that it calls. */
  modelsBehind(declaration: Declaration): readonly Declaration[] {
    const found = this.reaching.get(declaration);
    if (found) return found;
    this.reaching.set(declaration, []);
    const models = new Set<Declaration>();
    for (const mentioned of this.known.mentions(declaration).keys()) {
      if (mentioned.word === "model") models.add(mentioned);
      else if (mentioned.word === "fn") for (const model of this.modelsBehind(mentioned)) models.add(model);
    }
    const list = [...models];
    this.reaching.set(declaration, list);
    return list;
  }

  /** A mathematical function, whose calls are formulas. */
  formula(entity: Entity | undefined): Declaration | undefined {
    const isFormula =
      entity?.entity === "declaration" && entity.node.kind === "Callable" && this.known.mathematics.isMathematical(entity.node);
    return isFormula ? entity : undefined;
  }

  /** Whether computing it takes a program: a model is applied, or tensors meet. */
  needsProgram(e: ast.Expr): boolean {
    switch (e.kind) {
      case "Call":
        return this.callNeeds(e);
      case "Name":
        return this.inlined(e) !== undefined;
      case "Field":
      case "Select":
        return this.isTensor(e.object) && (leaves(this.known.typeOf(e.object)) === undefined || this.isTensor(e));
      case "Binary":
      case "Compare":
        return this.isTensor(e.left) || this.isTensor(e.right);
      case "Unary":
        return this.isTensor(e.operand);
      case "If":
        return this.isTensor(e.condition) || this.isTensor(e.yes) || this.isTensor(e.no);
      default:
        return false;
    }
  }

  private callNeeds(e: ast.Call): boolean {
    const { known } = this;
    const type = known.typeOf(e).kind;
    // A merge gives weights, and an objective or a layer applied in part is named, not computed.
    if (type === "weights" || type === "model" || type === "fn") return false;
    const takes = (kinds: readonly string[]) => e.args.some(({ value }) => kinds.includes(known.typeOf(value).kind));
    const entity = e.callee.kind === "Name" ? this.entity(e.callee) : undefined;
    if (entity?.entity === "builtin") return e.args.some(({ value }) => this.isTensor(value));
    if (entity?.entity === "local" && entity.node.kind === "LocalFn") return this.isInner(e);
    const formula = this.formula(entity);
    if (formula) return takes(["tensor", "model"]) || this.modelsBehind(formula).length > 0;
    return known.typeOf(e.callee).kind === "model";
  }
}

/** Finds the measurements of one declaration. */
class Finder {
  private readonly sight: Sight;
  private readonly owner: Declaration;
  private readonly all: Measured[];
  private readonly open: OpenMeasure[];
  private count = 0;

  constructor(sight: Sight, owner: Declaration, all: Measured[], open: OpenMeasure[]) {
    this.sight = sight;
    this.owner = owner;
    this.all = all;
    this.open = open;
  }

  declaration(node: ast.Callable): void {
    for (const { default: value } of node.params ?? []) if (value) this.within(value);
    if (node.body) this.within(node.body);
    if (node.value) this.within(node.value);
  }

  private within(node: ast.Node): void {
    visit(node, (inner) => this.each(inner));
  }

  /** False where what is below has been seen to. */
  private each(node: ast.Node): boolean {
    if ((node.kind === "Bind" || node.kind === "LocalFn") && this.sight.isInner(node.value)) return false;
    if (!isExpr(node) || !this.sight.needsProgram(node)) return true;
    const type = this.sight.known.typeOf(node);
    const border = leaves(type);
    if (border === undefined) {
      if (type.kind !== "unknown") this.open.push({ node, type });
      return type.kind === "unknown";
    }
    const made = new Formula(this.sight).of(node);
    const name = `${this.owner.name}.${++this.count}`;
    this.all.push({ node, owner: this.owner, name, ...made, byCase: border === "cases" });
    for (const { value } of made.given) this.within(value);
    return false;
  }
}

const expressions = new Set(["Call", "Name", "Field", "Select", "Binary", "Compare", "Unary", "If"]);
const isExpr = (node: ast.Node): node is ast.Expr => expressions.has(node.kind);

/** An expression of host code taken apart into a formula and what it is given. */
class Formula {
  private readonly sight: Sight;
  private readonly given: Given[] = [];
  private readonly asked: Asked[] = [];
  private readonly names = new Set<string>();

  constructor(sight: Sight) {
    this.sight = sight;
  }

  of(node: ast.Expr): Pick<Measured, "formula" | "given" | "asked"> {
    const formula = this.formula(node, new Map());
    return { formula, given: this.given, asked: this.asked };
  }

  private formula(e: ast.Expr, around: Surroundings): ast.Expr {
    if (e.kind === "Name") return this.name(e, around);
    if (this.sight.known.typeOf(e).kind === "model" && e.kind !== "Call") return this.model(e, around);
    if (this.sight.needsProgram(e)) return this.inside(e, around);
    if (e.kind === "Number" || e.kind === "Bool") return e;
    if (e.kind === "Unary" && e.operand.kind === "Number") return e;
    const type = this.sight.known.typeOf(e);
    // `[a, b]` of tensors or of models is part of the formula, of texts it is host code's.
    if (e.kind === "List" && type.kind === "list" && (type.of.kind === "tensor" || type.of.kind === "model"))
      return { ...e, items: e.items.map((item) => this.formula(item, around)) };
    return this.value(e, around, type);
  }

  private name(e: ast.Name, around: Surroundings): ast.Expr {
    const { sight } = this;
    const entity = sight.entity(e);
    const written = entity && around.get(entity);
    if (written) return this.formula(written.value, written.around);
    const type = sight.known.typeOf(e);
    if (type.kind === "model") return this.model(e, around);
    if (!entity || entity.entity === "builtin" || entity.entity === "case" || entity.entity === "declaration") return e;
    const inner = sight.inlined(e);
    if (inner) return this.formula(inner, around);
    return this.value(e, around, type);
  }

  /** The parts of an expression of the formula. */
  private inside(e: ast.Expr, around: Surroundings): ast.Expr {
    const part = (each: ast.Expr) => this.formula(each, around);
    switch (e.kind) {
      case "Call":
        return this.call(e, around);
      case "Field":
        return { ...e, object: part(e.object) };
      case "Select":
        return { ...e, object: part(e.object), entries: e.entries.map((entry) => ({ ...entry, value: part(entry.value) })) };
      case "Binary":
        return { ...e, left: part(e.left), right: part(e.right) };
      case "Compare":
        return { ...e, left: part(e.left), right: part(e.right) };
      case "Unary":
        return { ...e, operand: part(e.operand) };
      case "If":
        return { ...e, condition: part(e.condition), yes: part(e.yes), no: part(e.no) };
      default:
        return e;
    }
  }

  private call(e: ast.Call, around: Surroundings): ast.Expr {
    const { sight } = this;
    const entity = e.callee.kind === "Name" ? sight.entity(e.callee) : undefined;
    if (entity?.entity === "local" && entity.node.kind === "LocalFn") return this.local(e, entity, around);
    const formula = sight.formula(entity);
    for (const declaration of formula ? sight.modelsBehind(formula) : []) this.behind(declaration);
    const args = (list: readonly ast.Arg[]) => list.map((arg) => ({ ...arg, value: this.formula(arg.value, around) }));
    const isModel = sight.known.typeOf(e.callee).kind === "model";
    return {
      ...e,
      callee: isModel ? this.formula(e.callee, around) : e.callee,
      args: args(e.args),
      ...(e.given && { given: args(e.given) }),
      ...(e.where && { where: this.formula(e.where, around) }),
    };
  }

  /** A local function whose value cannot leave formulas: its body in place of the call. */
  private local(e: ast.Call, entity: LocalEntity, around: Surroundings): ast.Expr {
    const { known } = this.sight;
    const fn = entity.node as ast.LocalFn;
    const args = known.call(e)?.args;
    const inner = new Map<Entity, Written>(around);
    for (const param of fn.params) {
      const parameter = known.resolved(param.name);
      const value = args?.get(param.name.text)?.value ?? param.default;
      if (parameter && value) inner.set(parameter, { value, around });
    }
    return this.formula(fn.value, inner);
  }

  /** A name in the formula for a host value; one value has one name. */
  private value(value: ast.Expr, around: Surroundings, type: Type): ast.Expr {
    const known = this.given.find((each) => this.same(each, { value, around }));
    const name = known?.name ?? this.free(nameFor(value, type));
    if (!known) this.given.push({ name, value, around, type });
    return { kind: "Name", text: name, span: value.span };
  }

  /** Whether two expressions are one value: the same name, or the same field of it. */
  private same(a: Written, b: Written): boolean {
    if (a.value.kind === "Field" && b.value.kind === "Field" && a.value.name.text === b.value.name.text)
      return this.same({ ...a, value: a.value.object }, { ...b, value: b.value.object });
    if (a.value.kind === "Text" && b.value.kind === "Text") return this.sameText(a, b);
    if (a.value.kind !== "Name" || b.value.kind !== "Name") return false;
    const entity = this.sight.entity(a.value);
    if (entity === undefined || entity !== this.sight.entity(b.value)) return false;
    const [one, other] = [a.around.get(entity), b.around.get(entity)];
    return one === other || (one !== undefined && other !== undefined && this.same(one, other));
  }

  /** Whether two written texts say the same of the same values: a model reads it once. */
  private sameText({ value, around }: Written, other: Written): boolean {
    const [one, two] = [(value as ast.Text).parts, (other.value as ast.Text).parts];
    return (
      one.length === two.length &&
      one.every((part, i) => {
        const twin = two[i]!;
        if (part.kind === "Chunk") return twin.kind === "Chunk" && part.text === twin.text;
        return twin.kind === "Hole" && this.same({ value: part.value, around }, { ...other, value: twin.value });
      })
    );
  }

  private model(value: ast.Expr, around: Surroundings): ast.Expr {
    const type = this.sight.known.typeOf(value) as ModelType;
    const entity = value.kind === "Name" ? this.sight.entity(value) : undefined;
    const known = this.asked.find(({ written }) => {
      const other = written?.value;
      return entity && other?.kind === "Name" && this.sight.entity(other) === entity;
    });
    const label = known?.label ?? this.free(value.kind === "Name" ? value.text : (type.name ?? "model"));
    if (!known) this.asked.push({ label, written: { value, around }, type });
    return { kind: "Name", text: label, span: value.span };
  }

  /** A model that the body of a called formula names. */
  private behind(declaration: Declaration): void {
    if (this.asked.some((each) => each.label === declaration.name)) return;
    const type: ModelType = { kind: "model", head: "Model", name: declaration.name };
    this.names.add(declaration.name);
    this.asked.push({ label: declaration.name, declaration, type });
  }

  private free(name: string): string {
    let free = name;
    for (let at = 2; this.names.has(free); at++) free = `${name}${at}`;
    this.names.add(free);
    return free;
  }
}

/** What a host value is called in a formula: its own name, or what it is. */
function nameFor(value: ast.Expr, type: Type): string {
  if (value.kind === "Name") return value.text;
  if (value.kind === "Field" && /^\p{L}/u.test(value.name.text)) return value.name.text;
  if (type.kind === "host") return type.name.toLowerCase();
  if (type.kind === "list") return "documents";
  return type.kind === "text" ? "text" : "value";
}
