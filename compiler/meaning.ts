/**
 * The hash of what a declaration means: its tree without comments, positions, formatting and names of locals, everything it reaches, and the files behind its
 * externs. Two declarations with one hash do the same; renaming, reformatting or editing something else changes nothing. Keys of a recipe's steps are made of it.
 */
import type * as ast from "../grammar/index.ts";
import type { Checked } from "./checked.ts";
import type { Declaration, Entity } from "./declarations.ts";
import { fileBehind, hashOfFile } from "./extern/graph.ts";
import type { Measured } from "./measured.ts";

const memory = new WeakMap<Checked, Map<Declaration, string>>();

/** The hash; equal on every machine. */
export function meaningOf(checked: Checked, declaration: Declaration): string {
  const known = memory.get(checked) ?? new Map<Declaration, string>();
  memory.set(checked, known);
  for (const each of afterTheirParts(declaration, checked, known)) hashOf(each, checked, known);
  return hashOf(declaration, checked, known);
}

/** The hash of what a measurement means: its formula, whatever what it is given is called, and everything that the formula reaches. */
export function meaningOfMeasure(
  checked: Checked,
  { owner, formula, given, asked }: Measured,
  models: readonly string[],
): string {
  for (const each of checked.mentions(owner).keys()) meaningOf(checked, each);
  const declared = checked.modules.flatMap((module) => [...module.declarations.values()]).filter(({ word }) => word === "model");
  const behind = models.map((name) => meaningOf(checked, declared.find((each) => each.name === name)!));
  const names = [...given.map(({ name }) => name), ...asked.map(({ label }) => label)];
  const known = memory.get(checked) ?? new Map<Declaration, string>();
  return checked.host.hash(JSON.stringify([behind, new Writer(owner, checked, known, names).value(formula)]));
}

/** The hash of what a local function or any other part of a declaration means. */
export function meaningOfPart(checked: Checked, owner: Declaration, node: ast.Node): string {
  for (const each of checked.mentions(owner).keys()) meaningOf(checked, each);
  const known = memory.get(checked) ?? new Map<Declaration, string>();
  return checked.host.hash(JSON.stringify(new Writer(owner, checked, known).value(node)));
}

/** What a declaration reaches and is not hashed yet, parts first, so that a long chain is no deep recursion. */
function afterTheirParts(start: Declaration, checked: Checked, known: ReadonlyMap<Declaration, string>): Declaration[] {
  const order: Declaration[] = [];
  const seen = new Set([start]);
  const path = [{ declaration: start, rest: checked.mentions(start).keys() }];
  while (path.length > 0) {
    const top = path.at(-1)!;
    const next = top.rest.next();
    if (next.done) {
      order.push(top.declaration);
      path.pop();
    } else if (!seen.has(next.value) && !known.has(next.value)) {
      seen.add(next.value);
      path.push({ declaration: next.value, rest: checked.mentions(next.value).keys() });
    }
  }
  return order;
}

function hashOf(declaration: Declaration, checked: Checked, known: Map<Declaration, string>): string {
  const found = known.get(declaration);
  if (found !== undefined) return found;
  // Circles are refused before anything is hashed; this only keeps a faulty program from looping.
  known.set(declaration, "circle");
  const hash = checked.host.hash(JSON.stringify(new Writer(declaration, checked, known).declaration()));
  known.set(declaration, hash);
  return hash;
}

/** Parts of nodes that mean nothing. */
const silent = new Set(["span", "docs", "parens", "opSpan", "pathSpan", "raw", "block"]);

/** A model without what decides only how its server is reached: whoever is more patient asks for nothing again. */
function decisive(node: Declaration["node"]): Declaration["node"] {
  if (node.kind !== "Model") return node;
  const entries = node.fields.entries.filter(({ label }) => label.text !== "timeout" && label.text !== "key");
  return { ...node, fields: { ...node.fields, entries } };
}

class Writer {
  private readonly owner: Declaration;
  private readonly checked: Checked;
  private readonly known: Map<Declaration, string>;
  /** Locals by order of appearance. */
  private readonly locals = new Map<Entity, number>();

  /** Names that stand for something else than what was written there; only their order means something. */
  private readonly given: readonly string[];

  constructor(owner: Declaration, checked: Checked, known: Map<Declaration, string>, given: readonly string[] = []) {
    this.owner = owner;
    this.checked = checked;
    this.known = known;
    this.given = given;
  }

  declaration(): unknown {
    const { node } = this.owner;
    const own = Object.entries(decisive(node)).filter(([key]) => key !== "name" && !silent.has(key));
    const parts = own.map(([key, value]) => [key, this.value(value)]);
    // A model's name decides nothing, but what it is called in the weights' folder does; a source is what it reads.
    return [this.owner.word, ...(node.kind === "Model" ? [node.name.text] : []), ...parts, this.behind(node)];
  }

  /** The hash of the file behind an extern and of what it imports, and which export of it. */
  private behind(node: Declaration["node"]): unknown {
    if ((node.kind !== "Callable" && node.kind !== "Setting") || !node.from) return null;
    const written = node.from.parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join("");
    const file = fileBehind(this.owner);
    return [(file && hashOfFile(this.checked.host, file)) ?? written, node.name.text];
  }

  value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value !== "object" || value === null) return value;
    return "kind" in value ? this.node(value as ast.Node) : null;
  }

  private node(node: ast.Node): unknown {
    if ((node as { kind: string }).kind === "Name") return this.name(node as unknown as ast.Name);
    if (node.kind === "Entry") return ["Entry", node.label.text, this.value(node.value)];
    if (node.kind === "Field") return ["Field", this.value(node.object), node.name.text];
    if (node.kind === "Arg") return ["Arg", node.label?.text ?? null, this.value(node.value)];
    // Parameters and fields of records are named by callers and by data: their names count.
    const named = node.kind === "Param" ? [node.name.text] : [];
    const parts = Object.entries(node).filter(([key]) => key !== "kind" && !silent.has(key));
    return [node.kind, ...named, ...parts.map(([key, value]) => [key, this.value(value)])];
  }

  private name(node: ast.Name): unknown {
    const entity = this.checked.resolved(node);
    if (!entity) return this.given.includes(node.text) ? ["given", this.given.indexOf(node.text)] : node.text;
    if (entity.entity === "declaration") return ["#", entity === this.owner ? "self" : hashOf(entity, this.checked, this.known)];
    if (entity.entity === "builtin" || entity.entity === "case") return [entity.entity, entity.name];
    const number = this.locals.get(entity) ?? this.locals.size;
    this.locals.set(entity, number);
    return ["local", number];
  }
}
