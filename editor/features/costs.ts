/**
 * What models cost, for hovers and hints: found out when nothing else is to do, kept by what a model means, and told at once or not at all.
 */
import {
  type ObjectiveCost,
  objectiveCost,
  type ProgramCost,
  programCosts,
  trainedIn,
  type Weights,
  weightsOf,
} from "../../compiler/costs.ts";
import type { Declaration } from "../../compiler/declarations.ts";
import { meaningOf } from "../../compiler/meaning.ts";
import type * as ast from "../../grammar/index.ts";
import type { Service, View } from "../service.ts";
import { libraryOf } from "./completion/library.ts";

/** What is known of a model by now. */
export interface ModelCost {
  readonly weights?: Weights;
  readonly programs?: readonly ProgramCost[];
}

interface Memory {
  readonly models: Map<string, ModelCost>;
  readonly objectives: Map<string, ObjectiveCost | undefined>;
}

const known = new WeakMap<Service, Memory>();

function memoryOf(service: Service): Memory {
  const found = known.get(service) ?? { models: new Map(), objectives: new Map() };
  known.set(service, found);
  return found;
}

/** What is known of a model's cost; undefined where nothing was found out yet, or nothing can be. */
export function costOf(view: View, declaration: Declaration): ModelCost | undefined {
  return declaration.word === "model" ? memoryOf(view.service).models.get(meaningOf(view.checked, declaration)) : undefined;
}

/** What is known of the fits by an objective: one cost for each choice of models. */
export function fitCosts(view: View, declaration: Declaration): readonly ObjectiveCost[] {
  if (declaration.word !== "objective") return [];
  const { objectives } = memoryOf(view.service);
  if (objectives.size === 0) return [];
  return trainedIn(view.checked)
    .filter(({ objective }) => objective === declaration.node)
    .flatMap((use) => objectives.get(keyOf(view, use)) ?? []);
}

/** What an objective means with its models. */
function keyOf({ checked }: View, { objective, models, numbers }: ReturnType<typeof trainedIn>[number]): string {
  const all = checked.modules.flatMap((module) => [...module.declarations.values()]);
  const meaning = (found: Declaration | undefined) => (found ? meaningOf(checked, found) : "");
  const behind = [...models].map(
    ([name, model]) => `${name} ${meaning(all.find((each) => each.word === "model" && each.name === model))}`,
  );
  return [meaning(all.find(({ node }) => node === objective)), ...behind, ...[...numbers].map(String)].join("\n");
}

/** What a stage costs that reads or writes with a model. */
export interface StageCost {
  readonly model: string;
  readonly program: ProgramCost;
  readonly weights: number;
  /** Whether the program runs once a token, or once a text. */
  readonly each: "token" | "text";
}

/** The cost of a call of a stage, by the first of its arguments that is a model of which it is known. */
export function stageCost(view: View, node: ast.Call): StageCost | undefined {
  const call = view.checked.call(node);
  if (call?.callee?.entity !== "declaration" || call.callee.word !== "stage") return undefined;
  for (const { value } of call.args.values()) {
    const entity = value.kind === "Name" ? view.checked.resolved(value) : undefined;
    const cost = entity?.entity === "declaration" ? costOf(view, entity) : undefined;
    const named = (wanted: string) => cost?.programs?.find(({ name }) => name === wanted);
    const program = named("step") ?? named("forward");
    if (entity && cost?.weights && program)
      return { model: entity.name, program, weights: cost.weights.count, each: program.name === "step" ? "token" : "text" };
  }
  return undefined;
}

/**
 * Finds out what the models and objectives of a view cost, a piece with each step: first every model's weights, then what its programs do, then the
 * objectives that recipes fit by; a step takes up to a second. Whoever calls answers what a person asks between the steps, and lets go of it when a
 * document changes. Gives the name of what more is known of. While anything is wrong nothing is found out.
 */
export function* findCosts(view: View): Generator<string> {
  if (view.checked.diagnostics.some(({ severity }) => severity === "error")) return;
  // The library is read here for the first time rather than under a hand that types.
  libraryOf(view.host);
  const { models, objectives } = memoryOf(view.service);
  const declared = [...view.module.declarations.values()].filter(({ word }) => word === "model");
  const open = declared.map((declaration) => ({ declaration, key: meaningOf(view.checked, declaration) }));
  for (const { declaration, key } of open) {
    if (models.has(key)) continue;
    const weights = weightsOf(view.checked, declaration);
    models.set(key, weights ? { weights } : {});
    yield declaration.name;
  }
  for (const { declaration, key } of open) {
    const { weights, programs } = models.get(key) ?? {};
    if (!weights || programs) continue;
    models.set(key, { weights, programs: programCosts(view.checked, declaration) });
    yield declaration.name;
  }
  for (const use of trainedIn(view.checked)) {
    const key = keyOf(view, use);
    if (objectives.has(key)) continue;
    objectives.set(key, objectiveCost(view.checked, use));
    yield use.objective.name.text;
  }
}
