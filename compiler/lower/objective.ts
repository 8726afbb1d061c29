// An objective over a batch of rows becomes a loss with its metrics; the training step is derived from that.
//
// Weights of the first trained model have their own paths, those of every other model stand behind its parameter's name
// (`reference/block.1.attention.wq`). Numbers that the objective takes are scalars of the program under their own names.
import type { Callable, Param, Span } from "../../grammar/index.ts";
import { inParts } from "../../kernels/derive/accumulate.ts";
import { adaptedPath } from "../../kernels/derive/adapt.ts";
import { early } from "../../kernels/derive/early.ts";
import { applyStep, gradientStep, type Training, trainingStep } from "../../kernels/derive/training.ts";
import * as k from "../../kernels/index.ts";
import { diagnose } from "../diagnostics/define.ts";
import { notInThisVersion } from "../diagnostics/not_in_this_version.ts";
import { notPackable } from "../diagnostics/not_packable.ts";
import { bodyValue } from "../math/body.ts";
import type { MathContext } from "../math/door.ts";
import { openWorld } from "../math/index.ts";
import { numberNode } from "../math/nodes.ts";
import { batch, fieldsOf, isModelType, isNumberType, modelParameter, rowValue } from "../math/rows.ts";
import { fault, openScope, type Scope } from "../math/scope.ts";
import { constant } from "../math/size.ts";
import { known, tensor, truth, unknownValue, type Value } from "../math/value.ts";
import { evaluate } from "../math/walk.ts";
import { movesIn, withAdapters } from "./adapters.ts";
import type { Feed } from "./feeds.ts";
import type { Instance, Placed } from "./instance.ts";
import type { LoweredProgram } from "./model.ts";
import { Tracer } from "./tracer.ts";
import type { Budget } from "./uses.ts";

/** What a `fit` gives an objective: a model for each of its model parameters. */
export interface ObjectiveUse {
  readonly decl: Callable;
  readonly models: ReadonlyMap<string, Instance>;
  /** Int and Bool parameters that were fixed where the objective was named. */
  readonly numbers?: ReadonlyMap<string, number>;
  /** Decides the programs' names, `<name>.step` and `<name>.loss`: the first trained model and the objective. */
  readonly name: string;
}

/** An objective's programs. */
export interface ObjectivePrograms {
  /** One training step on a batch: `<name>.step`. */
  readonly step: LoweredProgram;
  /** The loss on a batch with its metrics: `<name>.loss`. */
  readonly loss: LoweredProgram;
  /** The step in parts of the batch: `<name>.whole` (what is computed over all of it first), `.gradient` and `.apply`. */
  readonly parts: readonly LoweredProgram[];
  /** The step on rows that hold several examples each, where some fit packs: `<name>.packed`, and in parts `<name>.packed.gradient` and so on. */
  readonly packed: readonly LoweredProgram[];
  /** The loss in parts of its rows, for `evaluate`: `<name>.measure` (what is computed over all of them first) and `.measured`. */
  readonly measured: readonly LoweredProgram[];
}

/** The loss of an objective on a batch and the training step derived from it, with `parts` also in parts; undefined after a fault. */
export function objectivePrograms(
  context: MathContext,
  use: ObjectiveUse,
  {
    parts = false,
    measured = false,
    memory,
    packed,
  }: {
    readonly parts?: boolean;
    readonly measured?: boolean;
    readonly memory?: Budget | undefined;
    readonly packed?: Span | undefined;
  } = {},
): ObjectivePrograms | undefined {
  const training = lossProgram(context, use, true);
  const plain = lossProgram(context, use, false);
  if (!training || !plain) return undefined;
  const loss = early(training.program, training.texts);
  const which = {
    trained: training.trained,
    decayed: training.decayed,
    ...(memory && { memory: { bytes: memory.bytes, sizes: sizesOf(loss, memory.rows, use) } }),
  };
  const step = trainingStep(loss, { name: `${use.name}.step`, ...which });
  const inPacks = packed ? packedPrograms(context, use, packed, { parts, memory }) : [];
  const still = early(plain.program, plain.texts);
  return {
    step: keep(step, training.feeds),
    loss: keep(still, plain.feeds),
    measured: measured ? measuredIn(still, use.name, plain.trained).map((p) => keep(p, plain.feeds)) : [],
    packed: inPacks,
    parts: parts ? inPartsOf(loss, use.name, which).map((p) => keep(p, training.feeds)) : [],
  };
}

/** The step with several examples in a row; none, and said, where an example is not read apart from the others in its row. */
function packedPrograms(
  context: MathContext,
  use: ObjectiveUse,
  at: Span,
  { parts, memory }: { readonly parts: boolean; readonly memory: Budget | undefined },
): LoweredProgram[] {
  const training = lossProgram(context, use, true, true);
  if (!training) return [];
  if (training.unpackable !== undefined) {
    context.report(diagnose(notPackable, at, { objective: use.decl.name.text, why: training.unpackable }));
    return [];
  }
  const { program, trained, decayed, feeds } = training;
  const name = `${use.name}.packed`;
  const budget = memory && { memory: { bytes: memory.bytes, sizes: sizesOf(program, memory.rows, use) } };
  const step = trainingStep(program, { name, trained, decayed, ...budget });
  return [step, ...(parts ? inPartsOf(program, name, { trained, decayed, ...budget }) : [])].map((p) => keep(p, feeds));
}

/** What memory is planned for: so many rows, and texts as long as the first model's window. */
function sizesOf(loss: k.Program, rows: number, { models }: ObjectiveUse): k.Binding {
  const [first] = models.values();
  const entry = first?.decl.fields.entries.find(({ label }) => label.text === "window")?.value;
  const tokens = entry?.kind === "Number" ? entry.value : 512;
  return Object.fromEntries(
    k.symbolsOfProgram(loss).map((symbol) => [symbol, symbol === "batch" || symbol === "packs" ? rows : tokens]),
  );
}

/** The loss in parts of its rows; nothing where it is no sum over them: then batches are measured one by one. */
function measuredIn(loss: k.Program, name: string, trained: (path: string) => boolean): k.Program[] {
  const parts = inParts(loss, { names: { whole: `${name}.measure`, part: `${name}.measured` }, rows: "batch", trained });
  return parts ? [parts.whole, parts.part].flatMap((each) => (each ? [k.optimized(each)] : [])) : [];
}

/** The step in parts; nothing where the loss is no sum over rows: then the whole batch is computed at once. */
function inPartsOf(
  loss: k.Program,
  name: string,
  which: Omit<Training, "name"> & Pick<Required<Training>, "trained">,
): k.Program[] {
  const parts = inParts(loss, { names: { whole: `${name}.whole`, part: `${name}.part` }, rows: "batch", trained: which.trained });
  if (!parts) return [];
  const gradient = gradientStep(parts.part, { name: `${name}.gradient`, ...which });
  const apply = applyStep(loss, { name: `${name}.apply`, ...which });
  return [...(parts.whole ? [k.optimized(parts.whole)] : []), gradient, apply];
}

function keep(program: k.Program, feeds: Readonly<Record<string, Feed>>): LoweredProgram {
  const names = k.inputPorts(program).map((p) => p.name);
  return { program, feeds: Object.fromEntries(names.flatMap((n) => (feeds[n] ? [[n, feeds[n]]] : []))) };
}

/** The loss of an objective over its row, as it is written: nothing is derived, and nothing made smaller. Faults go to the context. */
export function lossProgram(
  context: MathContext,
  { decl, models, name, numbers = new Map() }: ObjectiveUse,
  training: boolean,
  packed = false,
) {
  const params = (decl.params ?? []).filter((p) => isModelType(p.type));
  const first = params.find((p) => p.role === "train")?.name.text;
  const placed = new Map<string, Placed>();
  for (const p of params) {
    const instance = models.get(p.name.text);
    if (!instance) throw new Error(`${decl.name.text} was given no ${p.name.text}`);
    const own = p.name.text === first;
    placed.set(p.name.text, { instance, prefix: own ? "" : `${p.name.text}/`, trained: p.role === "train" });
  }
  const tracer = new Tracer({ models: placed, text: (file) => context.text?.(file), training, packed });
  const world = openWorld(context, tracer);
  tracer.world = world;
  const scope = openScope(world, "objective", decl.span.file, { decl, frame: 0, goal: { metrics: new Map(), read: new Set() } });
  scope.axes.set("batch", batch);
  for (const p of decl.params ?? []) scope.values.set(p.name.text, parameter(scope, p, placed, tracer, numbers));
  bodyValue(scope, decl);
  const { loss, maximize, metrics } = scope.goal!;
  if (!loss) {
    // Nothing was wrong, and yet there is no number: some type of the row has no place in a program.
    if (world.faults === 0)
      context.report(diagnose(notInThisVersion, decl.name.span, { name, kind: "objective over such rows" }));
    return undefined;
  }
  const node = maximize ? k.neg(numberNode(loss)) : numberNode(loss);
  const outputs = [
    k.output("loss", "loss", node),
    ...[...metrics].filter(([n, t]) => n !== "loss" && t.elem !== "bool").map(([n, t]) => k.output(n, "metric", numberNode(t))),
  ];
  return {
    program: withAdapters(k.program(`${name}.${training ? "training" : "loss"}`, outputs), placed.values()),
    feeds: tracer.feeds,
    texts: tracer.joinedTexts,
    unpackable: tracer.unpackable,
    trained: (path: string) => [...placed.values()].some((each) => movesIn(each, path)),
    decayed: (path: string) => adaptedPath(path) !== undefined || (tracer.weights.get(path)?.axes.length ?? 0) > 1,
  };
}

/** Scalars of every training step (`kernels/derive/training.ts`, dropout): an objective's own must have other names. */
const optimiser: ReadonlySet<string> = new Set(["rate", "step", "beta1", "beta2", "epsilon", "decay", "clip", "seed"]);

/** A Float is a scalar of the program, so that it may move over a run; an Int or Bool decides the graph and is known here. */
function number(scope: Scope, p: Param, numbers: ReadonlyMap<string, number>): Value {
  const float = p.type?.kind === "NamedType" && p.type.name.text === "Float";
  if (float) return tensor("float", [], { node: k.at([], () => k.input(p.name.text, "scalar", "f32", [])) });
  const given = numbers.get(p.name.text);
  if (given === undefined) return p.default ? evaluate(scope, p.default, "size") : unknownValue;
  return p.type?.kind === "NamedType" && p.type.name.text === "Bool" ? truth(given === 1) : known(given, "int");
}

/** A parameter's value: a model, the row with an input per field, a scalar; a frozen default is computed in the program. */
function parameter(
  scope: Scope,
  p: Param,
  placed: ReadonlyMap<string, Placed>,
  tracer: Tracer,
  numbers: ReadonlyMap<string, number>,
): Value {
  const given = placed.get(p.name.text);
  if (given) {
    const value = modelParameter(scope, p);
    const over = given.instance.over;
    // The objective's own name for the axis, `A` of `Comparer<A>`, with the cases of this model's enumeration.
    const axis = value.over && over ? { over: { ...value.over, size: constant(over.cases.length), cases: over.cases } } : {};
    return { ...value, ...axis };
  }
  if (isNumberType(p.type)) {
    if (!optimiser.has(p.name.text)) return number(scope, p, numbers);
    const facts = { name: p.name.text, kind: "parameter with the name of a number of the optimiser," };
    return fault(scope, notInThisVersion, p.name.span, facts);
  }
  if (!fieldsOf(scope, p.type)) return unknownValue;
  const cases = [...placed.values()].find((m) => m.instance.over)?.instance.over;
  return rowValue(scope, p, (field, value) => tracer.field(field, value, cases));
}
