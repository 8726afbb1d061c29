/**
 * Where a file names what: every name of a file with the thing that it stands for, as a key that is the same in every program that sees the thing.
 * Versions of one name are one thing, and so are a model and the versions that a recipe makes of it. References, highlights, renames and
 * definitions read this and nothing else. It knows what stands in one file; who looks through a workspace asks for each file.
 */
import type { Declaration, LocalEntity } from "../compiler/declarations.ts";
import { isLearned } from "../compiler/declarations.ts";
import { builtins } from "../compiler/math/builtins/index.ts";
import { type Axis, children, contains, type Name, type Node, type Param } from "../grammar/index.ts";
import type { View } from "./service.ts";
import type { Place } from "./words.ts";

/** What kind of thing a name stands for. */
export type Thing = "declaration" | "case" | "parameter" | "local" | "axis" | "field" | "builtin";

/** One name as it is written. */
export interface Occurrence {
  readonly name: Name;
  readonly thing: Thing;
  /** Equal for names of one thing, in whatever file they stand. */
  readonly key: string;
  /** It makes the thing, or a version of it. */
  readonly write: boolean;
  /** Where the thing is made; absent for what the compiler itself knows. */
  readonly home?: Place;
  readonly declaration?: Declaration;
}

const known = new WeakMap<View, readonly Occurrence[]>();

/** Every name of a view's own file that stands for something, in the order of the text. */
export function occurrences(view: View): readonly Occurrence[] {
  const found = known.get(view) ?? new Reader(view).read();
  known.set(view, found);
  return found;
}

/** The name at an offset; of two that touch there the later. */
export function occurrenceAt(view: View, offset: number): Occurrence | undefined {
  return occurrences(view).findLast(({ name }) => contains(name.span, offset));
}

/** The names of one thing in a view's file. */
export const sameAs = (view: View, key: string): readonly Occurrence[] =>
  occurrences(view).filter((occurrence) => occurrence.key === key);

type Meant = Omit<Occurrence, "name" | "write">;

/** Versions of one local name, and the block that they live in. */
interface Chain {
  readonly text: string;
  readonly block: Place;
  readonly meant: Meant;
}

/** Whether a name only says which field, argument or unit is meant: such a word stands for nothing by itself. */
function labels(parent: Node | undefined, name: Name): boolean {
  switch (parent?.kind) {
    case "Arg":
    case "Entry":
      return parent.label === name;
    case "Field":
    case "Param":
      return parent.name === name;
    case "Number":
    case "NamedType":
      return parent.unit === name;
    case "Axis":
      return true;
    default:
      return false;
  }
}

type Binder = LocalEntity["node"];

const binders = new Set(["Bind", "Weight", "LocalFn", "Repeat", "For"]);

const isBinder = (node: Node): node is Binder => binders.has(node.kind);

const scopes = new Set(["Body", "For", "LocalFn", "Callable", "Architecture", "Setting"]);

/** Axes that a batch has without anybody's naming them. */
export const givenAxes: ReadonlySet<string> = new Set(["batch", "token", "sample", "vocab"]);

class Reader {
  private readonly view: View;
  private readonly found: Occurrence[] = [];
  private readonly seen = new Set<Name>();
  private readonly locals = new Map<LocalEntity, Meant>();
  private chains: Chain[] = [];
  private axes: ReadonlySet<string> = new Set();
  private declaration: Declaration | undefined;

  constructor(view: View) {
    this.view = view;
  }

  read(): readonly Occurrence[] {
    const own = new Map<Node, Declaration>([...this.view.module.declarations.values()].map((each) => [each.node, each]));
    for (const decl of this.view.tree.decls) {
      this.declaration = own.get(decl);
      this.chains = [];
      this.axes = axesOf(decl);
      if (this.declaration) this.add(this.declaration.node.name, declared(this.declaration), true);
      this.bindings(decl, [decl]);
      this.node(decl, [decl]);
    }
    return this.found.sort((a, b) => a.name.span.start - b.name.span.start);
  }

  private add(name: Name, meant: Meant | undefined, write = false): void {
    if (!meant || this.seen.has(name)) return;
    this.seen.add(name);
    this.found.push({ name, write, ...meant });
  }

  /** Names that are made come first: one may be read above the line that binds its next version. */
  private bindings(node: Node, around: readonly Node[]): void {
    for (const child of children(node)) {
      if (isBinder(child)) this.bound(child, around);
      this.bindings(child, [...around, child]);
    }
  }

  private bound(node: Binder, around: readonly Node[]): void {
    const names = node.kind === "Bind" ? node.names : node.name ? [node.name] : [];
    const made = this.view.checked.bound(node);
    for (const [at, name] of names.entries()) {
      const entity = made[at];
      if (entity?.entity !== "local") continue;
      const meant = this.chained(name, entity, node, around);
      this.locals.set(entity, meant);
      this.add(name, meant, true);
    }
  }

  /** The thing that a bound name makes a version of. */
  private chained(name: Name, entity: LocalEntity, binder: Node, around: readonly Node[]): Meant {
    const learned = this.declaration?.word === "train" && binder.kind === "Bind" ? this.global(name.text) : undefined;
    if (learned && isLearned(learned)) return declared(learned);
    const inside = (chain: Chain) => chain.text === name.text && contains(chain.block, name.span.start);
    const before = entity.version > 0 ? this.chains.findLast(inside) : undefined;
    if (before) return before.meant;
    const block =
      binder.kind === "For" || binder.kind === "Repeat" ? binder : (around.findLast((each) => scopes.has(each.kind)) ?? binder);
    const meant: Meant = { thing: "local", key: `local ${name.span.file} ${name.span.start}`, home: name.span };
    this.chains.push({ text: name.text, block: block.span, meant });
    return meant;
  }

  private global(text: string): Declaration | undefined {
    const { module, checked } = this.view;
    return (
      module.declarations.get(text) ??
      module.imports.get(text)?.declaration ??
      checked.modules
        .find(({ path, declarations }) => path.startsWith("std/prelude") && declarations.has(text))
        ?.declarations.get(text)
    );
  }

  private node(node: Node, around: readonly Node[]): void {
    switch (node.kind) {
      case "Use":
        this.imports(node);
        return;
      case "Name":
        if (this.view.checked.resolved(node) || !labels(around.at(-2), node)) this.add(node, this.meant(node));
        return;
      case "TypeDecl":
        if (node.body.kind === "Cases")
          for (const name of node.body.cases) this.add(name, this.declaration && caseOf(this.declaration, name.text), true);
        break;
      case "Model":
        this.labels(node.fields.entries, paramsOf(this.view.checked.resolved(node.architecture)));
        break;
      case "Param":
        if (around.at(-2)?.kind !== "RecordType") this.add(node.name, parameter(node), true);
        else if (this.declaration?.word === "type") this.add(node.name, fieldNamed(this.declaration.name, node), true);
        break;
      case "Axis":
        this.axis(node, around);
        break;
      case "Call":
        this.labels(node.args, this.parametersOf(node.callee));
        for (const { value } of [...node.args, ...(node.given ?? [])]) if (value.kind === "Name") this.axisName(value);
        break;
      case "Select":
        for (const { label } of node.entries) if (!this.view.checked.resolved(label)) this.axisName(label);
        break;
      case "Field":
        this.field(node);
        break;
    }
    for (const child of children(node)) this.node(child, [...around, child]);
  }

  /** Both names of an import stand for what is imported, the alias as a name of this file alone. */
  private imports(use: Extract<Node, { kind: "Use" }>): void {
    for (const { name, alias } of use.imports) {
      const entity = this.view.checked.resolved(name);
      const meant = entity?.entity === "declaration" ? declared(entity) : undefined;
      this.add(name, meant);
      if (alias && meant) this.add(alias, meant, false);
    }
  }

  private meant(name: Name): Meant | undefined {
    const entity = this.view.checked.resolved(name);
    switch (entity?.entity) {
      case "declaration":
        return declared(entity);
      case "parameter":
        return parameter(entity.node);
      case "local":
        return this.locals.get(entity);
      case "case":
        return entity.declaration
          ? caseOf(entity.declaration, name.text)
          : { thing: "builtin", key: `case ${entity.of} ${name.text}` };
      case "builtin":
        return { thing: "builtin", key: `builtin ${entity.name}` };
      default:
        return this.mathematical(name.text);
    }
  }

  /** Mathematics looks its own words up: its functions, and cases of enumerations in sight. */
  private mathematical(text: string): Meant | undefined {
    if (builtins.has(text)) return { thing: "builtin", key: `builtin ${text}` };
    const { declarations, imports } = this.view.module;
    const inSight = [...declarations.values(), ...[...imports.values()].map(({ declaration }) => declaration)];
    const holding = inSight.filter(({ node }) => node.kind === "TypeDecl" && node.body.kind === "Cases" && node.body.cases.some((each) => each.text === text)); // biome-ignore format: one question
    return holding.length === 1 ? caseOf(holding[0]!, text) : undefined;
  }

  /** `token(answer)` names an axis of a text, which a parameter or a field of that name holds. */
  private axis(axis: Extract<Axis, { kind: "Axis" }>, around: readonly Node[]): void {
    this.axisName(axis.name);
    if (!axis.of) return;
    const { text } = axis.of;
    const holder = around.findLast((each) => each.kind === "Callable" || each.kind === "Architecture");
    const param = holder?.params?.find(({ name }) => name.text === text);
    if (param) this.add(axis.of, parameter(param));
  }

  private axisName(name: Name): void {
    if (!this.axes.has(name.text) || !this.declaration || this.view.checked.resolved(name)?.entity === "parameter") return;
    const { path } = this.view.module;
    this.add(name, { thing: "axis", key: `axis ${path} ${this.declaration.name} ${name.text}`, home: name.span });
  }

  private field(node: Extract<Node, { kind: "Field" }>): void {
    const type = this.view.checked.typeOf(node.object);
    const record = type.kind === "rows" ? type.row : type;
    if (record.kind !== "record" || record.name === undefined || !record.fields.has(node.name.text)) return;
    const holder = this.view.checked.modules.flatMap(({ declarations }) => declarations.get(record.name!) ?? []);
    const param = holder.map((each) => fieldOf(each, node.name.text)).find((each) => each !== undefined);
    if (param) this.add(node.name, fieldNamed(record.name, param));
  }

  private parametersOf(callee: Node): readonly Param[] {
    return callee.kind === "Name" ? paramsOf(this.view.checked.resolved(callee)) : [];
  }

  private labels(args: readonly { readonly label?: Name }[], params: readonly Param[]): void {
    for (const { label } of args) {
      const param = label && params.find(({ name }) => name.text === label.text);
      if (param) this.add(label, parameter(param));
    }
  }
}

/** What a call of it is given. */
function paramsOf(entity: ReturnType<View["checked"]["resolved"]>): readonly Param[] {
  if (entity?.entity === "local") return entity.node.kind === "LocalFn" ? entity.node.params : [];
  if (entity?.entity !== "declaration") return [];
  const { node } = entity;
  return node.kind === "Callable" || node.kind === "Architecture" || node.kind === "Setting" ? (node.params ?? []) : [];
}

/** The field of a record type, where a declaration is one. */
function fieldOf({ node }: Declaration, name: string): Param | undefined {
  if (node.kind !== "TypeDecl") return undefined;
  const parts = node.body.kind === "SumType" ? node.body.parts : [node.body];
  return parts.flatMap((part) => (part.kind === "RecordType" ? part.fields : [])).find((field) => field.name.text === name);
}

const fieldNamed = (type: string, { name }: Param): Meant => ({
  thing: "field",
  key: `field ${type} ${name.text}`,
  home: name.span,
});

const declared = (declaration: Declaration): Meant => ({
  thing: "declaration",
  key: `declaration ${declaration.module.path} ${declaration.name}`,
  home: declaration.node.name.span,
  declaration,
});

function caseOf(declaration: Declaration, text: string): Meant {
  const { node, module, name } = declaration;
  const made =
    node.kind === "TypeDecl" && node.body.kind === "Cases" ? node.body.cases.find((each) => each.text === text) : undefined;
  return { thing: "case", key: `case ${module.path} ${name} ${text}`, ...(made && { home: made.span }), declaration };
}

const parameter = ({ name }: Param): Meant => ({
  thing: "parameter",
  key: `parameter ${name.span.file} ${name.span.start}`,
  home: name.span,
});

/** The axes that a declaration names. */
function axesOf(decl: Node): ReadonlySet<string> {
  const found = new Set<string>(decl.kind === "Callable" && decl.word === "objective" ? givenAxes : []);
  const walk = (node: Node): void => {
    if (node.kind === "Axis") found.add(node.name.text);
    for (const child of children(node)) walk(child);
  };
  walk(decl);
  return found;
}
