/**
 * What a stage of a pipeline means, so that pipelines that are compared do equal work once: the hash of its call with every binding that it reaches, back to
 * the pipeline's parameters, whose values stand beside the hash. Names of bindings and positions mean nothing; names of parameters do, for rows are matched by them.
 */
import type * as ast from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { meaningOf } from "../meaning.ts";
import type { Type } from "../types.ts";

/** The pipelines whose stages carry keys: those of evals that name several, and what these call. */
export function comparedPipelines(checked: Checked): Set<Declaration> {
  const found = new Set<Declaration>();
  const add = (declaration: Declaration): void => {
    if (declaration.word !== "pipeline" || found.has(declaration)) return;
    found.add(declaration);
    for (const mentioned of checked.mentions(declaration).keys()) add(mentioned);
  };
  for (const module of checked.modules) {
    for (const declaration of module.declarations.values()) {
      if (declaration.word !== "eval" || module.std) continue;
      const pipelines = [...checked.mentions(declaration).keys()].filter(({ word }) => word === "pipeline");
      if (pipelines.length > 1) pipelines.forEach(add);
    }
  }
  return found;
}

/** The hash, and the parameters whose values it depends on; undefined where one of them is no plain data, or where a loop around the call decides, too. */
export function stageKey(
  call: ast.Call,
  owner: Owner,
  checked: Checked,
): { readonly hash: string; readonly params: readonly string[] } | undefined {
  const meaning = new Meaning(owner, checked);
  const hash = meaning.hash(call).slice(0, 16);
  const signature = checked.signature(owner);
  const plain = [...meaning.params].every((name) => {
    const parameter = signature?.parameters.find((each) => each.name === name);
    return parameter !== undefined && isData(parameter.type);
  });
  return plain && !meaning.open ? { hash, params: [...meaning.params].sort() } : undefined;
}

type Owner = Declaration & { readonly node: ast.Callable };

/** Parts of nodes that mean nothing. */
const silent = new Set(["span", "docs", "parens", "opSpan", "pathSpan", "raw", "block"]);

/** Hashes an expression from its leaves up, a binding being what it is bound to: written out or bound first, it is the same. */
class Meaning {
  readonly params = new Set<string>();
  /** Whether something is named that is neither the pipeline's own nor within the expression. */
  open = false;
  private readonly owner: Owner;
  private readonly checked: Checked;
  private readonly known = new Map<ast.Node, string>();
  /** What loops and local functions within the expression bind, by the node that binds it. */
  private readonly inner = new Map<ast.Node, string>();

  constructor(owner: Owner, checked: Checked) {
    this.owner = owner;
    this.checked = checked;
  }

  hash(node: ast.Node): string {
    const entity = node.kind === "Name" ? this.checked.resolved(node as ast.Name) : undefined;
    if (entity?.entity === "local" && entity.node.kind === "Bind" && entity.node.names.length === 1)
      return this.bound(entity.node, entity.node.value);
    return this.checked.host.hash(JSON.stringify(this.node(node)));
  }

  private value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value !== "object" || value === null) return value;
    return "kind" in value ? this.hash(value as ast.Node) : "text" in value ? value.text : null;
  }

  private node(node: ast.Node): unknown {
    if (node.kind === "Name") return this.name(node as ast.Name);
    if (node.kind === "For") this.inner.set(node, "each");
    return Object.entries(node).flatMap(([key, part]) => (silent.has(key) ? [] : [[key, this.value(part)]]));
  }

  private name(name: ast.Name): unknown {
    const entity = this.checked.resolved(name);
    if (!entity) return name.text;
    if (entity.entity === "declaration") return ["#", meaningOf(this.checked, entity)];
    if (entity.entity === "builtin" || entity.entity === "case") return [entity.entity, entity.name];
    const { node } = entity;
    const within = this.inner.get(node);
    if (within !== undefined) return ["inner", within];
    if (entity.entity === "parameter" && this.owner.node.params?.includes(node as ast.Param)) {
      this.params.add(entity.name);
      return ["parameter", entity.name];
    }
    if (node.kind === "Bind")
      return ["value", this.bound(node, node.value), node.names.findIndex(({ text }) => text === entity.name)];
    if (node.kind === "LocalFn") {
      for (const [i, param] of node.params.entries()) this.inner.set(param, `${i} of ${node.params.length}`);
      return ["fn", this.bound(node, node.value)];
    }
    this.open = true;
    return name.text;
  }

  private bound(node: ast.Node, value: ast.Node): string {
    const known = this.known.get(node) ?? this.hash(value);
    this.known.set(node, known);
    return known;
  }
}

/** Whether a value of this type says all that it is when it is written as JSON. */
function isData(type: Type): boolean {
  switch (type.kind) {
    case "int":
    case "float":
    case "bool":
    case "text":
    case "enum":
    case "record":
      return true;
    case "list":
      return isData(type.of);
    case "host":
      return ["Dialog", "Doc", "Docs", "Context", "Answer"].includes(type.name);
    default:
      return false;
  }
}
