/**
 * What host code asks of models, as TypeScript: a measurement is an awaited call that names its program, the models that it asks and the host values
 * that it is given; and what a recipe hands on (rewards, functions) is bound to the versions of models that it has at that moment.
 */
import type * as ast from "../../grammar/index.ts";
import { type Declaration, type Entity, isLearned } from "../declarations.ts";
import { meaningOfPart } from "../meaning.ts";
import type { Measured, Surroundings, Written } from "../measured.ts";
import type { Type } from "../types.ts";
import { visit } from "../visit.ts";
import type { Emitter } from "./emitter.ts";
import type { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";
import { propertyName } from "./types.ts";

/** `await system.measure("quality.1", { judge }, { answer, rival, prompt })`. */
export function measureText(measured: Measured, w: Writer): string {
  const models = measured.asked.map(({ label, written, declaration }) =>
    w.entry(propertyName(label), written ? writtenText(written, w) : w.reference(declaration!, label)),
  );
  const given = measured.given.map((each) => w.entry(propertyName(each.name), writtenText(each, w)));
  const place = w.flow.place === "recipe" ? "run" : "system";
  const lists = [models, given].map((entries) => (entries.length > 0 ? `{ ${entries.join(", ")} }` : "{}"));
  return w.awaited(`${place}.measure(${[textLiteral(measured.name), ...lists].join(", ")})`);
}

/** An expression in which parameters of a local function stand for what the call gave. */
function writtenText({ value, around }: Written, w: Writer): string {
  const inner = w.within({ given: new Map([...(w.flow.given ?? []), ...textsOf(around, w)]) });
  const text = inner.expr(value);
  if (inner.awaits) w.awaits = true;
  return text;
}

const textsOf = (around: Surroundings, w: Writer): [string, string][] =>
  [...around].map(([entity, written]) => [entity.name, writtenText(written, w)]);

/** What runs with models behind it: a reward, a pipeline, a function of host code. */
const callable = new Set(["fn", "reward", "pipeline"]);

/** The declared models that a declaration reaches when it runs. */
export function modelsReached(declaration: Declaration, emit: Emitter, seen = new Set<Declaration>()): Set<Declaration> {
  const found = new Set<Declaration>();
  if (seen.has(declaration)) return found;
  seen.add(declaration);
  for (const mentioned of emit.checked.mentions(declaration).keys()) {
    if (isLearned(mentioned)) found.add(mentioned);
    else if (callable.has(mentioned.word)) for (const model of modelsReached(mentioned, emit, seen)) found.add(model);
  }
  return found;
}

/**
 * A function that a recipe hands on, as its text or, where models stand behind it, `(await run.using(quality, { judge }))`: the recipe's version of
 * each model that the recipe has, the declared model, and so what is published of it, where it has none.
 */
export function usingText(entity: Entity, name: ast.Name, w: Writer): string | undefined {
  if (w.flow.place !== "recipe") return undefined;
  if (entity.entity === "declaration") {
    if (!callable.has(entity.word) || (entity.node.kind === "Callable" && entity.node.extern)) return undefined;
    const models = [...modelsReached(entity, w.emit)];
    const facts = entity.word === "fn" ? [`{ key: ${textLiteral(w.emit.meaning(entity))} }`] : [];
    return models.length + facts.length > 0 ? using(w.reference(entity, entity.name), models, facts, w) : undefined;
  }
  if (entity.entity !== "local" || entity.node.kind !== "LocalFn") return undefined;
  const { models, captured, owner } = insideOf(entity.node, w);
  const key = textLiteral(owner ? meaningOfPart(w.emit.checked, owner, entity.node.value) : "");
  const with_ = captured.length > 0 ? `, with: { ${captured.join(", ")} }` : "";
  return using(w.emit.local(name.text), models, [`{ key: ${key}${with_} }`], w);
}

function using(text: string, models: readonly Declaration[], facts: readonly string[], w: Writer): string {
  const entries = models.map((model) => w.entry(propertyName(model.name), versionText(model, w)));
  return `(${w.awaited(`run.using(${[text, `{ ${entries.join(", ")} }`, ...facts].join(", ")})`)})`;
}

/** The recipe's version of a model, or the declared model where the recipe never names it. */
function versionText(model: Declaration, w: Writer): string {
  return w.flow.models?.has(model) ? w.reference(model, model.name) : w.emit.declaration(model);
}

/** What a local function of a recipe reaches: models by declaration, and the recipe's own values, which decide what it gives. */
function insideOf(node: ast.LocalFn, w: Writer): { models: Declaration[]; captured: string[]; owner: Declaration | undefined } {
  const { checked } = w.emit;
  const models = new Set<Declaration>();
  const captured = new Map<string, string>();
  visit(node.value, (inner) => {
    const entity = inner.kind === "Name" ? checked.resolved(inner) : undefined;
    if (entity?.entity === "declaration") {
      if (isLearned(entity)) models.add(entity);
      else if (callable.has(entity.word)) for (const model of modelsReached(entity, w.emit)) models.add(model);
    } else if (entity?.entity === "local" && entity.node.kind === "LocalFn") {
      for (const model of insideOf(entity.node, w).models) models.add(model);
    } else if (inner.kind === "Name" && entity && isOuter(entity, node)) {
      const model = [...(w.flow.models ?? [])].find(({ name }) => name === entity.name);
      if (model && isVersion(checked.typeOf(inner))) models.add(model);
      else captured.set(entity.name, w.entry(propertyName(entity.name), w.expr(inner)));
    }
  });
  return { models: [...models], captured: [...captured.values()], owner: w.flow.owner };
}

/** Whether a value of this type is a version of what a recipe learns. */
const isVersion = (type: Type): boolean => type.kind === "model" || (type.kind === "host" && type.name === "Trees");

/** A value of the body around a local function, not a parameter of its own. */
const isOuter = (entity: Entity, { params }: ast.LocalFn): boolean =>
  entity.entity === "local" || (entity.entity === "parameter" && !params.some((param) => param === entity.node));
