/**
 * What models cost, for hovers and hints: found out when nothing else is to do, kept by what a model means, and told at once or not at all.
 */
import { type ProgramCost, programCosts, type Weights, weightsOf } from "../../compiler/costs.ts";
import type { Declaration } from "../../compiler/declarations.ts";
import { meaningOf } from "../../compiler/meaning.ts";
import type { Service, View } from "../service.ts";
import { libraryOf } from "./completion/library.ts";

/** What is known of a model by now. */
export interface ModelCost {
  readonly weights?: Weights;
  readonly programs?: readonly ProgramCost[];
}

const known = new WeakMap<Service, Map<string, ModelCost>>();

function memoryOf(service: Service): Map<string, ModelCost> {
  const found = known.get(service) ?? new Map<string, ModelCost>();
  known.set(service, found);
  return found;
}

/** What is known of a model's cost; undefined where nothing was found out yet, or nothing can be. */
export function costOf(view: View, declaration: Declaration): ModelCost | undefined {
  return declaration.word === "model" ? memoryOf(view.service).get(meaningOf(view.checked, declaration)) : undefined;
}

/**
 * Finds out what the models of a view cost, a piece with each step: first every model's weights, then its programs, which take up to seconds. Whoever
 * calls answers what a person asks between the steps, and lets go of it when a document changes. Gives the name of the model that more is known of.
 * While anything is wrong nothing is found out.
 */
export function* findCosts(view: View): Generator<string> {
  if (view.checked.diagnostics.some(({ severity }) => severity === "error")) return;
  // The library is read here for the first time rather than under a hand that types.
  libraryOf(view.host);
  const memory = memoryOf(view.service);
  const models = [...view.module.declarations.values()].filter(({ word }) => word === "model");
  const open = models.map((declaration) => ({ declaration, key: meaningOf(view.checked, declaration) }));
  for (const { declaration, key } of open) {
    if (memory.has(key)) continue;
    const weights = weightsOf(view.checked, declaration);
    memory.set(key, weights ? { weights } : {});
    yield declaration.name;
  }
  for (const { declaration, key } of open) {
    const { weights, programs } = memory.get(key) ?? {};
    if (!weights || programs) continue;
    memory.set(key, { weights, programs: programCosts(view.checked, declaration) });
    yield declaration.name;
  }
}
