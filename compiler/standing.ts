/**
 * Which declared models the expressions of recipes stand for. A sub-recipe takes models as parameters; every call of it is a running of its own, in
 * which they stand for what that call gave. Knows nothing of objectives and makes no programs.
 */
import type * as ast from "../grammar/index.ts";
import type { Checked } from "./checked.ts";
import type { Declaration } from "./declarations.ts";
import type { Type } from "./types.ts";
import { visit } from "./visit.ts";

/** What is asked of a checked program. */
export type Sight = Pick<Checked, "modules" | "typeOf" | "resolved" | "bound" | "call">;

/** A recipe with what its parameters stand for: their names, and those of declared models. */
export interface Running {
  readonly recipe: Declaration & { readonly node: ast.Callable };
  readonly given: ReadonlyMap<string, string>;
  /** The call, in the user's own text, that it comes from; none for a recipe that is run itself or that nobody calls. */
  readonly from?: ast.Call;
}

/** Every running of every recipe, in the order of the text: one of those that are run themselves, one for each call of the others, alike ones once. */
export function runningsOf(sight: Sight): Running[] {
  const recipes = sight.modules.flatMap((module) => [...module.declarations.values()]).filter(isRecipe);
  const called = new Set<Declaration>();
  const found = new Map<string, Running>();
  const add = (running: Running): void => {
    const { recipe, given, from } = running;
    const key = `${recipe.module.path} ${recipe.name} ${[...given].join(" ")}`;
    if (found.has(key)) return;
    found.set(key, running);
    for (const call of callsIn(recipe.node)) {
      const callee = calleeOf(call, sight);
      if (!callee || callee === recipe) continue;
      called.add(callee);
      const own = recipe.module.std ? from : call;
      add({ recipe: callee, given: handedOn(call, running, sight), ...(own && { from: own }) });
    }
  };
  const isRun = ({ node }: Running["recipe"]): boolean => (node.params ?? []).length === 0;
  for (const recipe of recipes) if (isRun(recipe)) add({ recipe, given: new Map() });
  for (const recipe of recipes) if (!isRun(recipe) && !called.has(recipe)) add({ recipe, given: new Map() });
  const order = new Map(recipes.map((recipe, i) => [recipe, i]));
  return [...found.values()].sort((a, b) => order.get(a.recipe)! - order.get(b.recipe)!);
}

/** The declared model that an expression of a running stands for; undefined where that cannot be told, or where it is none. */
export function standsFor(e: ast.Expr, running: Running, sight: Sight): string | undefined {
  return new Standing(running, sight).of(e, 0);
}

/** Every call inside a node, outermost first. */
export function callsIn(node: ast.Node): ast.Call[] {
  const found: ast.Call[] = [];
  visit(node, (inner) => {
    if (inner.kind === "Call") found.push(inner);
  });
  return found;
}

const isRecipe = (declaration: Declaration): declaration is Running["recipe"] =>
  declaration.word === "train" && declaration.node.kind === "Callable";

function calleeOf({ callee }: ast.Call, sight: Sight): Running["recipe"] | undefined {
  const entity = callee.kind === "Name" ? sight.resolved(callee) : undefined;
  return entity?.entity === "declaration" && isRecipe(entity) ? entity : undefined;
}

/** What the parameters of a called recipe stand for. */
function handedOn(call: ast.Call, running: Running, sight: Sight): Map<string, string> {
  const standing = new Standing(running, sight);
  return new Map(
    [...(sight.call(call)?.args ?? [])].flatMap(([name, { value }]) => {
      const model = standing.of(value, 0);
      return model === undefined ? [] : [[name, model] as const];
    }),
  );
}

/** The declared model that a type tells of, a version's included. */
export const modelNamed = (type: Type | undefined): string | undefined =>
  type?.kind === "model" ? type.name : type?.kind === "weights" ? type.model?.name : undefined;

/** Follows an expression back to the model that it is a version of. */
class Standing {
  private readonly running: Running;
  private readonly sight: Sight;
  /** What is being followed: a name that a loop carries leads back to itself. */
  private readonly path = new Set<ast.Expr>();

  constructor(running: Running, sight: Sight) {
    this.running = running;
    this.sight = sight;
  }

  /** `place` tells which of several values is meant: those of a `fit` come in order. */
  of(e: ast.Expr, place: number): string | undefined {
    const known = modelNamed(this.sight.typeOf(e));
    if (known !== undefined || this.path.has(e)) return known;
    this.path.add(e);
    const found = this.behind(e, place);
    this.path.delete(e);
    return found;
  }

  private behind(e: ast.Expr, place: number): string | undefined {
    switch (e.kind) {
      case "Name":
        return this.name(e);
      case "Call":
        return this.call(e, place);
      case "List":
        return this.first(e.items);
      case "Index":
        return this.of(e.object, place);
      case "For":
        return this.last(e.body);
      case "If":
        return this.first([e.yes, e.no]);
      case "Binary":
        return this.first([e.left, e.right]);
      default:
        return undefined;
    }
  }

  private name(e: ast.Name): string | undefined {
    const entity = this.sight.resolved(e);
    if (entity?.entity === "parameter") return this.running.given.get(entity.name);
    if (entity?.entity !== "local") return undefined;
    const { node } = entity;
    if (node.kind === "For" || node.kind === "Repeat") return this.of(node.over, 0);
    if (node.kind !== "Bind") return undefined;
    return this.of(node.value, Math.max(0, this.sight.bound(node).indexOf(entity)));
  }

  /** A fit gives versions of what it was given, in order; a recipe what it ends in; a merge and whatever else a version of what it takes. */
  private call(e: ast.Call, place: number): string | undefined {
    const entity = e.callee.kind === "Name" ? this.sight.resolved(e.callee) : undefined;
    const plain = e.args.filter((arg) => !arg.label).map((arg) => arg.value);
    if (entity?.entity === "builtin" && entity.name === "fit") return plain[place] && this.of(plain[place], 0);
    const recipe = calleeOf(e, this.sight);
    if (!recipe) return this.first(e.args.map((arg) => arg.value));
    if (recipe === this.running.recipe || !recipe.node.body) return undefined;
    const inner: Running = { recipe, given: handedOn(e, this.running, this.sight) };
    return new Standing(inner, this.sight).last(recipe.node.body);
  }

  private last({ stmts }: ast.Body): string | undefined {
    const end = stmts.at(-1);
    if (end?.kind === "ExprStmt" || end?.kind === "Bind") return this.of(end.value, 0);
    return undefined;
  }

  private first(all: readonly ast.Expr[]): string | undefined {
    for (const each of all) {
      const found = this.of(each, 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
