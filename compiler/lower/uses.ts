// Which objectives a program trains which models with: found by the `fit` calls of its recipes.
//
// A sub-recipe takes its models as parameters; then every call of it says which ones they are.
import type { Callable, Expr, Node, Span } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { heads } from "../math/rows.ts";
import type { Type } from "../types.ts";

/** One objective with the names of the declared models that its model parameters stand for. */
export interface Use {
  readonly objective: Callable;
  readonly models: ReadonlyMap<string, string>;
  /** Its Int and Bool parameters: what was fixed where it was named, or their defaults. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Some fit takes its batches in parts. */
  readonly parts: boolean;
  /** Its loss is asked for on rows that are held out. */
  readonly measured: boolean;
  /** Where some fit says that several of its examples share a row. */
  readonly packed?: Span | undefined;
  /** What a step's results may take, and the rows of a step: the least that some fit says. */
  readonly memory?: Budget | undefined;
}

/** Bytes for the results of a step, and the rows that are computed at once. */
export interface Budget {
  readonly bytes: number;
  readonly rows: number;
}

type Call = Extract<Expr, { kind: "Call" }>;

/** Every call inside a node, outermost first. */
function* calls(node: unknown): Generator<Call> {
  if (Array.isArray(node)) for (const item of node) yield* calls(item);
  else if (node && typeof node === "object") {
    const { kind } = node as Node;
    if (kind === "Call") yield node as Call;
    for (const [key, value] of Object.entries(node)) if (key !== "span" && typeof value === "object") yield* calls(value);
  }
}

const nameOf = (t: Type | undefined): string | undefined =>
  t?.kind === "model" ? t.name : t?.kind === "weights" ? t.model?.name : undefined;

const made = new WeakMap<Checked, readonly Use[]>();

/** Every use, each once, in the order in which the recipes name them. */
export function usesOf(checked: Checked): readonly Use[] {
  const known = made.get(checked) ?? findUses(checked);
  made.set(checked, known);
  return known;
}

function findUses(checked: Checked): Use[] {
  const recipes = checked.modules.flatMap((m) => [...m.declarations.values()]).filter((d) => d.word === "train");
  const found = new Map<string, Use>();
  for (const recipe of recipes) {
    for (const call of calls(recipe.node)) {
      if (call.callee.kind !== "Name" || !["fit", "evaluate"].includes(call.callee.text)) continue;
      for (const use of usesOfFit(checked, recipe, recipes, call)) {
        const facts = [...use.models, ...use.numbers].join(" ");
        const key = `${use.objective.span.file} ${use.objective.name.text} ${facts}`;
        const known = found.get(key);
        const [memory] = [use.memory, known?.memory].filter((m) => m !== undefined).sort((a, b) => a.bytes - b.bytes);
        const either = (what: "parts" | "measured"): boolean => use[what] || (known?.[what] ?? false);
        found.set(key, {
          ...use,
          parts: either("parts"),
          measured: either("measured"),
          packed: use.packed ?? known?.packed,
          memory,
        });
      }
    }
  }
  return [...found.values()];
}

function usesOfFit(checked: Checked, recipe: Declaration, recipes: readonly Declaration[], call: Call): Use[] {
  const by = call.args.find((a) => a.label?.text === "by")?.value;
  const type = by && checked.typeOf(by);
  if (!by || type?.kind !== "fn" || type.symbol?.entity !== "declaration" || type.symbol.node.kind !== "Callable") return [];
  const objective = type.symbol.node;
  const accumulate = call.args.find((a) => a.label?.text === "accumulate")?.value;
  const parts = accumulate !== undefined && !(accumulate.kind === "Number" && accumulate.value === 1);
  const measured = (call.callee as { text?: string }).text === "evaluate" || call.args.some((a) => a.label?.text === "stop");
  const memory = budgetOf(checked, call);
  const pack = call.args.find((a) => a.label?.text === "pack");
  const packed = pack && !(pack.value.kind === "Bool" && !pack.value.value) ? pack.span : undefined;
  const fitted = call.args.filter((a) => !a.label).map((a) => modelsAt(checked, recipe, recipes, a.value));
  const rounds = Math.max(1, ...fitted.map((names) => names.length));
  const numbers = numbersOf(checked, objective, type.fixed ?? new Map());
  const params = (objective.params ?? []).filter((p) => p.type?.kind === "NamedType" && isModel(p.type.name.text));
  return Array.from({ length: rounds }, (_, i): Use | undefined => {
    const models = new Map<string, string>();
    let next = 0;
    for (const p of params) {
      const trained = p.role === "train" ? fitted[next++] : undefined;
      const own = trained?.[Math.min(i, trained.length - 1)] ?? nameOf(type.fixed?.get(p.name.text)) ?? fitted[0]?.[i];
      if (own) models.set(p.name.text, own);
    }
    return models.size === params.length ? { objective, models, numbers, parts, measured, packed, memory } : undefined;
  }).filter((use): use is Use => use !== undefined);
}

/** The Int and Bool parameters of an objective, which decide its graph. */
function numbersOf(checked: Checked, objective: Callable, fixed: ReadonlyMap<string, Type>): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const { name, type, default: value } of objective.params ?? []) {
    if (type?.kind !== "NamedType" || (type.name.text !== "Int" && type.name.text !== "Bool")) continue;
    const given = fixed.get(name.text);
    const constant = value && checked.constant(value);
    if ((given?.kind === "int" || given?.kind === "bool") && given.value !== undefined)
      numbers.set(name.text, Number(given.value));
    else if (constant?.kind === "number" || constant?.kind === "bool") numbers.set(name.text, Number(constant.value));
  }
  return numbers;
}

/**
 * An objective's name among those that recipes train: its own, with the file that declares it where an earlier one bears the same, so that a
 * copied objective and the one that it was copied from can be trained side by side.
 */
export function objectiveName(checked: Checked, objective: Callable): string {
  const own = objective.name.text;
  const first = usesOf(checked).find((use) => use.objective.name.text === own)?.objective ?? objective;
  if (first === objective) return own;
  return `${own}@${objective.span.file.replace(/^.*[/\\]/, "").replace(/\.neuro$/, "")}`;
}

/** What a fit says of memory, as far as it is known while compiling; rows are those of one part of the batch. */
function budgetOf(checked: Checked, call: Call): Budget | undefined {
  const given = (label: string): number | undefined => {
    const value = call.args.find((a) => a.label?.text === label)?.value;
    const constant = value && checked.constant(value);
    return constant?.kind === "number" ? constant.value : undefined;
  };
  const bytes = given("memory");
  return bytes === undefined ? undefined : { bytes, rows: Math.ceil((given("batch") ?? 32) / (given("accumulate") ?? 1)) };
}

const isModel = (name: string): boolean => heads.includes(name);

/** The declared models that an expression of a recipe may stand for. */
function modelsAt(checked: Checked, recipe: Declaration, recipes: readonly Declaration[], e: Expr): string[] {
  const own = nameOf(checked.typeOf(e));
  if (own) return [own];
  if (recipe.node.kind !== "Callable") return [];
  // The first binding of such a name is a parameter of this sub-recipe: its callers know.
  const place = recipe.node.params?.findIndex((p) => e.kind === "Name" && p.name.text === e.text) ?? -1;
  if (place < 0) return [];
  const label = recipe.node.params![place]!.name.text;
  const names = recipes.flatMap((caller) =>
    [...calls(caller.node)]
      .filter((c) => c.callee.kind === "Name" && checked.resolved(c.callee) === recipe)
      .flatMap((c) => {
        const arg = c.args.find((a) => a.label?.text === label) ?? c.args.filter((a) => !a.label)[place];
        return arg && caller !== recipe ? modelsAt(checked, caller, recipes, arg.value) : [];
      }),
  );
  return [...new Set(names)];
}
