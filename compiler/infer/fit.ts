/**
 * `fit(policy, by: dpo(reference: sft), on: rows, steps: ..)`: trains the models and gives their next versions, in order. The objective says which models,
 * which rows and which references it needs; everything that would go wrong after an hour of training is said here. `evaluate` is the same without the
 * training: it gives the loss, or another metric of the objective.
 */
import type * as ast from "../../grammar/index.ts";
import { missingArgument } from "../diagnostics/missing_argument.ts";
import { missingReference } from "../diagnostics/missing_reference.ts";
import { notAccumulable } from "../diagnostics/not_accumulable.ts";
import { remoteModel } from "../diagnostics/remote_model.ts";
import { staleRollouts } from "../diagnostics/stale_rollouts.ts";
import { tokenizersDiffer } from "../diagnostics/tokenizers_differ.ts";
import { unknownParameter } from "../diagnostics/unknown_parameter.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { type Bindings, noBindings } from "../fits.ts";
import { evaluateParameters, evaluateSignature, fitParameters, fitSignature } from "../kinds/fit.ts";
import { describe, showSignature } from "../show.ts";
import {
  type FnType,
  float,
  isNumber,
  type ModelType,
  type Parameter,
  type RowsType,
  type Signature,
  type Type,
  unknown,
  type VariantType,
} from "../types.ts";
import { accept, acceptType } from "./accept.ts";
import { type Met, meet } from "./arguments.ts";
import { checkGuard } from "./guard.ts";
import { acceptArguments, checkStill, wantedBy } from "./parameters.ts";
import type { Walker } from "./walker.ts";

interface Fitted {
  readonly arg: ast.Arg;
  readonly type: Type;
}

/** The type of a `fit`: the model, or a tuple of several. */
export function fitCall(node: ast.Call, walker: Walker): Type {
  const models = modelsOf(node, "training", walker);
  const fitting = new Set(models.flatMap(({ arg }) => (arg.value.kind === "Name" ? [arg.value.text] : [])));
  const { signature, met, objective, row } = fitted(node, models, "fit", fitParameters, walker.within({ fitting }));
  checkSeed(met.args.get("seed"), walker);
  const stop = met.args.get("stop");
  if (stop?.value.kind === "Call")
    checkGuard(stop.value, { model: models[0]?.type ?? unknown, rows: row, metrics: metricsOf(objective, walker) }, walker);
  const result = resultOf(models, objective);
  walker.program.calls.set(node, {
    callee: { entity: "builtin", name: "fit" },
    signature,
    args: met.args,
    extra: met.extra,
    given: [],
    result,
  });
  if (models.length === 0 && met.ok)
    walker.report(missingArgument, node.span, { names: ["model"], callee: "fit", signature: showSignature("fit", fitSignature) });
  return result;
}

/** The type of an `evaluate`: a number. */
export function evaluateCall(node: ast.Call, walker: Walker): Type {
  const models = modelsOf(node, "evaluating", walker);
  const { signature, met, objective } = fitted(node, models, "evaluate", evaluateParameters, walker);
  const by = met.args.get("by");
  if (by && objective) checkStill(by, objective, walker);
  const of = met.args.get("of");
  const metrics = metricsOf(objective, walker);
  if (of && metrics) accept(of.value, { type: metrics, what: "`of` of evaluate" }, walker);
  walker.program.calls.set(node, {
    callee: { entity: "builtin", name: "evaluate" },
    signature,
    args: met.args,
    extra: met.extra,
    given: [],
    result: float(),
  });
  if (models.length === 0 && met.ok) {
    const facts = { names: ["model"], callee: "evaluate", signature: showSignature("evaluate", evaluateSignature) };
    walker.report(missingArgument, node.span, facts);
  }
  return float();
}

/** The named numbers that an objective records, as cases. */
function metricsOf(objective: Type | undefined, walker: Walker): VariantType | undefined {
  const node = objective?.kind === "fn" && objective.symbol?.entity === "declaration" ? objective.symbol.node : undefined;
  const facts = node?.kind === "Callable" ? walker.program.mathematics.objective(node) : undefined;
  return (
    facts && {
      kind: "variant",
      name: "Metric",
      cases: new Map(facts.metrics.map((name) => [name, { parameters: [], result: unknown }])),
    }
  );
}

const modelsOf = (node: ast.Call, what: string, walker: Walker): Fitted[] =>
  node.args.filter((arg) => !arg.label).map((arg) => ({ arg, type: fittedModel(arg, what, walker) }));

interface Demands {
  readonly signature: Signature;
  readonly met: Met;
  /** The type of `by`, and of a row that the objective reads. */
  readonly objective: Type | undefined;
  readonly row: RowsType | undefined;
}

/** The named arguments of a `fit` or an `evaluate`, each looked at, and the objective's own demands. */
function fitted(
  node: ast.Call,
  models: readonly Fitted[],
  name: string,
  parameters: readonly Parameter[],
  walker: Walker,
): Demands {
  const named: ast.Call = { ...node, args: node.args.filter((arg) => arg.label) };
  const signature = { ...(name === "fit" ? fitSignature : evaluateSignature), parameters };
  const met = meet(named, { name, signature }, walker);
  // What `of` may be is the objective's to say.
  const early = { ...signature, parameters: parameters.filter((each) => each.name !== "of") };
  const seen = { ...met, extra: new Map([...met.extra, ...[...met.args].filter(([key]) => key === "of")]) };
  acceptArguments(early, seen, named, name, walker, noBindings());
  const by = met.args.get("by");
  const objective = by && walker.program.typeOf(by.value);
  const row = by && objective?.kind === "fn" ? checkObjective(node, models, by, objective, met.args, walker) : undefined;
  return { signature, met, objective, row: row && { kind: "rows", of: "Rows", row: row.type } };
}

/** New versions in order; nothing is known of them where the objective trains another number of models, which was said. */
function resultOf(models: readonly Fitted[], objective: Type | undefined): Type {
  const wanted = objective?.kind === "fn" ? trainedBy(objective).length : 0;
  if (models.length === 0 || (wanted > 0 && wanted !== models.length)) return unknown;
  return models.length === 1 ? models[0]!.type : { kind: "tuple", items: models.map((model) => model.type) };
}

/** The models that `fit` still has to give an objective. */
const trainedBy = (objective: FnType): Parameter[] =>
  objective.signature.parameters.filter((parameter) => parameter.role === "train" && !objective.fixed?.has(parameter.name));

function fittedModel(arg: ast.Arg, what: string, walker: Walker): Type {
  const type = walker.infer(arg.value);
  if (type.kind === "unknown" || type.kind === "weights") return type;
  if (type.kind !== "model") {
    walker.report(wrongType, arg.span, {
      found: describe(type),
      expected: "a model",
      what: what === "training" ? "What `fit` trains" : "What `evaluate` measures",
    });
    return unknown;
  }
  if (type.remote) {
    walker.report(remoteModel, arg.span, { model: type.name ?? "This model", what });
    return unknown;
  }
  return type;
}

function checkSeed(arg: ast.Arg | undefined, walker: Walker): void {
  if (!arg) return;
  const type = walker.program.typeOf(arg.value);
  const of = type.kind === "list" ? type.of : type;
  if (of.kind === "unknown" || of.kind === "var" || (isNumber(of) && of.kind === "int")) return;
  walker.report(wrongType, arg.span, { found: describe(type), expected: "Int or a list of Int", what: "`seed` of fit" });
}

function checkObjective(
  node: ast.Call,
  models: readonly Fitted[],
  by: ast.Arg,
  objective: FnType,
  args: ReadonlyMap<string, ast.Arg>,
  walker: Walker,
): Parameter | undefined {
  const declaration = objective.symbol?.entity === "declaration" ? objective.symbol : undefined;
  if (declaration?.word !== "objective") return undefined;
  const { parameters } = objective.signature;
  const fixed = objective.fixed ?? new Map<string, Type>();
  const trained = trainedBy(objective);
  if (!parameters.some((parameter) => parameter.role === "train")) return undefined;
  const row = parameters.find(
    (parameter) => parameter.type.kind === "record" && parameter.role === undefined && !fixed.has(parameter.name),
  );
  const bindings = noBindings();
  matchModels(node, models, trained, declaration.name, walker, bindings);
  const start = models[0]?.arg.value;
  const model = start?.kind === "Name" ? start.text : undefined;
  checkReferences(by, declaration.name, objective, new Set([...trained, ...(row ? [row] : [])]), model, walker);
  checkTokenizers(by, models, fixed, walker);
  const on = args.get("on");
  if (on && row) checkRows(on, row, declaration.name, walker, bindings);
  const accumulate = args.get("accumulate");
  const count = accumulate && walker.program.typeOf(accumulate.value);
  if (accumulate && count?.kind === "int" && (count.value ?? 1) > 1 && declaration.node.kind === "Callable")
    if (walker.program.mathematics.objective(declaration.node)?.contrast)
      walker.report(notAccumulable, accumulate.span, { objective: declaration.name });
  return row;
}

function matchModels(
  node: ast.Call,
  models: readonly Fitted[],
  trained: readonly Parameter[],
  name: string,
  walker: Walker,
  bindings: Bindings,
): void {
  const signature = `fit(${trained.map((parameter) => parameter.name).join(", ")}, by: ${name}, ..)`;
  models.forEach(({ arg, type }, at) => {
    const parameter = trained[at];
    if (parameter) acceptType(arg.value, type, { ...wantedBy(parameter, name), what: `What ${name} trains` }, walker, bindings);
    else walker.report(unknownParameter, arg.span, { name: "", callee: name, signature, known: [], positional: "more" });
  });
  const missing = trained.slice(models.length).map((parameter) => parameter.name);
  if (missing.length > 0 && models.length > 0)
    walker.report(missingArgument, node.span, { names: missing, callee: `fit by ${name}`, signature });
}

function checkReferences(
  by: ast.Arg,
  name: string,
  objective: FnType,
  supplied: ReadonlySet<Parameter>,
  model: string | undefined,
  walker: Walker,
): void {
  const missing = objective.signature.parameters.filter(
    (parameter) => !parameter.optional && !supplied.has(parameter) && !objective.fixed?.has(parameter.name),
  );
  const references = missing.filter((parameter) => parameter.type.kind === "model").map((parameter) => parameter.name);
  if (references.length > 0)
    walker.report(missingReference, by.value.span, { objective: name, names: references, ...(model && { model }) });
  else if (missing.length > 0)
    walker.report(missingArgument, by.value.span, {
      names: missing.map((parameter) => parameter.name),
      callee: name,
      signature: showSignature(name, objective.signature),
    });
}

/** The models of one objective read the same rows, which become tokens once. */
function checkTokenizers(by: ast.Arg, models: readonly Fitted[], fixed: ReadonlyMap<string, Type>, walker: Walker): void {
  const readers = [...models.map((model) => model.type), ...fixed.values()].filter(
    (type): type is ModelType => type.kind === "model" && type.tokenizer !== undefined,
  );
  const first = readers[0];
  const other = readers.find((reader) => reader.tokenizer !== first?.tokenizer);
  if (first && other) reportTokenizers(by.span, first, other, walker);
}

/** Says that two models cut one text differently. */
export function reportTokenizers(at: ast.Span, left: ModelType, right: ModelType, walker: Walker): void {
  walker.report(tokenizersDiffer, at, {
    left: left.name ?? left.head,
    right: right.name ?? right.head,
    leftTokenizer: left.tokenizerName ?? "one tokenizer",
    rightTokenizer: right.tokenizerName ?? "another",
  });
}

function checkRows(on: ast.Arg, row: Parameter, name: string, walker: Walker, bindings: Bindings): void {
  const rows = walker.program.typeOf(on.value);
  if (rows.kind !== "rows") return;
  const ok = acceptType(
    on.value,
    rows,
    { type: { kind: "rows", of: "Rows", row: row.type }, what: `The objective ${name}` },
    walker,
    bindings,
  );
  const fresh = row.type.kind === "record" && (row.type.name === "Rollout" || row.type.name === "Group");
  if (ok && fresh && rows.of === "Dataset") walker.report(staleRollouts, on.span, { objective: name });
}
