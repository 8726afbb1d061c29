/**
 * What a stage of a pipeline means, so that pipelines that are compared do equal work once: the hash of its call with every binding that it reaches, back to
 * the pipeline's parameters, whose values stand beside the hash. Names of bindings and positions mean nothing; names of parameters do, for rows are matched by them.
 */
import type * as ast from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration, Entity } from "../declarations.ts";
import { meaningOfPart } from "../meaning.ts";
import type { Type } from "../types.ts";
import { visit } from "../visit.ts";

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

/** The hash, and the parameters whose values it depends on; undefined where one of them is no plain data. */
export function stageKey(
  call: ast.Call,
  owner: Declaration & { readonly node: ast.Callable },
  checked: Checked,
): { readonly hash: string; readonly params: readonly string[] } | undefined {
  const known = new Map<Entity, Part>();
  const { hash, params, open } = partOf(call, owner, checked, known);
  const signature = checked.signature(owner);
  const plain =
    !open &&
    [...params].every((name) => {
      const parameter = signature?.parameters.find((each) => each.name === name);
      return parameter !== undefined && isData(parameter.type);
    });
  return plain ? { hash, params: [...params].sort() } : undefined;
}

interface Part {
  readonly hash: string;
  readonly params: ReadonlySet<string>;
  /** Depends on what a loop or a local function around it gives, which is not the same each time. */
  readonly open: boolean;
}

/** The meaning of an expression, and after it those of the locals that it names, in order of appearance. */
function partOf(
  node: ast.Node,
  owner: Declaration & { readonly node: ast.Callable },
  checked: Checked,
  known: Map<Entity, Part>,
): Part {
  const own = new Set((owner.node.params ?? []).map((param) => param.name.text));
  const params = new Set<string>();
  const reached: unknown[] = [];
  const seen = new Set<Entity>();
  const inner = new Set<ast.Node>(node.kind === "LocalFn" ? [...node.params, node] : []);
  let open = false;
  // A binding means its value: what it is called does not count.
  const meant = node.kind === "Bind" || node.kind === "LocalFn" ? node.value : node;
  visit(meant, (each) => {
    if (each.kind === "For") inner.add(each);
    if (each.kind !== "Name") return;
    const entity = checked.resolved(each as ast.Name);
    if (!entity || seen.has(entity)) return;
    if (entity.entity === "parameter" && owner.node.params?.includes(entity.node) && own.has(entity.name)) {
      seen.add(entity);
      params.add(entity.name);
      reached.push(["parameter", entity.name]);
    } else if (entity.entity === "local" && (entity.node.kind === "Bind" || entity.node.kind === "LocalFn")) {
      seen.add(entity);
      const part = known.get(entity) ?? partOf(entity.node, owner, checked, known);
      known.set(entity, part);
      for (const name of part.params) params.add(name);
      open ||= part.open;
      const place = entity.node.kind === "Bind" ? entity.node.names.findIndex(({ text }) => text === entity.name) : 0;
      reached.push(["local", part.hash, place]);
    } else if ((entity.entity === "local" || entity.entity === "parameter") && !inner.has(entity.node)) open = true;
  });
  // Parameters of a local function are told apart by where they stand in it; which of them is the first is not.
  const order = node.kind === "LocalFn" ? node.params.map((param) => firstPlace(param, node.value, checked)) : [];
  const meaning = [order, meaningOfPart(checked, owner, meant)];
  return { hash: checked.host.hash(JSON.stringify([meaning, reached])).slice(0, 16), params, open };
}

/** At which name of an expression a parameter stands first, -1 where it does not. */
function firstPlace(param: ast.Param, value: ast.Expr, checked: Checked): number {
  let at = 0;
  let found = -1;
  visit(value, (each) => {
    if (each.kind !== "Name") return;
    const entity = checked.resolved(each as ast.Name);
    if (found < 0 && entity?.entity === "parameter" && entity.node === param) found = at;
    at++;
  });
  return found;
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
