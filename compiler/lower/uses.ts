// Which objectives a program trains which models with: found by the `fit` calls of its recipes, in every running of them.
import type { Call, Callable, Expr, Span } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import { heads } from "../math/rows.ts";
import { callsIn, modelNamed, type Running, runningsOf, standsFor } from "../standing.ts";
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

const made = new WeakMap<Checked, readonly Use[]>();

/** Every use, each once, in the order in which the recipes name them. */
export function usesOf(checked: Checked): readonly Use[] {
  const known = made.get(checked) ?? findUses(checked);
  made.set(checked, known);
  return known;
}

function findUses(checked: Checked): Use[] {
  const found = new Map<string, Use>();
  for (const running of runningsOf(checked)) {
    for (const call of callsIn(running.recipe.node)) {
      if (call.callee.kind !== "Name" || !["fit", "evaluate"].includes(call.callee.text)) continue;
      const use = useOfFit(checked, running, call);
      if (use) {
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

function useOfFit(checked: Checked, running: Running, call: Call): Use | undefined {
  const by = call.args.find((a) => a.label?.text === "by")?.value;
  const type = by && checked.typeOf(by);
  if (!by || type?.kind !== "fn" || type.symbol?.entity !== "declaration" || type.symbol.node.kind !== "Callable")
    return undefined;
  const objective = type.symbol.node;
  const accumulate = call.args.find((a) => a.label?.text === "accumulate")?.value;
  const parts = accumulate !== undefined && !(accumulate.kind === "Number" && accumulate.value === 1);
  const measured = (call.callee as { text?: string }).text === "evaluate" || call.args.some((a) => a.label?.text === "stop");
  const memory = budgetOf(checked, call);
  const pack = call.args.find((a) => a.label?.text === "pack");
  const packed = pack && !(pack.value.kind === "Bool" && !pack.value.value) ? pack.span : undefined;
  const stands = (e: Expr | undefined) => e && standsFor(e, running, checked);
  const fitted = call.args.filter((a) => !a.label).map((a) => stands(a.value));
  const numbers = numbersOf(checked, objective, type.fixed ?? new Map());
  const params = (objective.params ?? []).filter((p) => p.type?.kind === "NamedType" && isModel(p.type.name.text));
  const fixed = new Map(by.kind === "Call" ? by.args.map((a) => [a.label?.text, a.value] as const) : []);
  const models = new Map<string, string>();
  let next = 0;
  for (const { name, role } of params) {
    const own =
      role === "train" ? fitted[next++] : (stands(fixed.get(name.text)) ?? modelNamed(type.fixed?.get(name.text)) ?? fitted[0]);
    if (own) models.set(name.text, own);
  }
  return models.size === params.length ? { objective, models, numbers, parts, measured, packed, memory } : undefined;
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
