// The door of lowering: every model of a checked program with its weights and programs, and the objectives that its recipes train.
import type { Diagnostic, Model } from "../../grammar/index.ts";
import { optimized } from "../../kernels/index.ts";
import type { Checked, Constant } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { diagnose } from "../diagnostics/define.ts";
import { notInThisVersion } from "../diagnostics/not_in_this_version.ts";
import { isInput } from "../math/instance.ts";
import type { Init } from "../math/trace.ts";
import type { ModelType } from "../types.ts";
import { contextOf, declarationNamed } from "./context.ts";
import type { Instance } from "./instance.ts";
import { type LoweredMeasure, measurePrograms } from "./measure.ts";
import { mergePrograms } from "./merges.ts";
import { type LoweredProgram, modelPrograms } from "./model.ts";
import { objectivePrograms } from "./objective.ts";
import { objectiveName, usesOf } from "./uses.ts";
import { vocabularyOf } from "./vocabulary.ts";

export type { Feed, Feeds } from "./feeds.ts";
export type { LoweredMeasure } from "./measure.ts";
export type { LoweredProgram } from "./model.ts";

/** A weight as the manifest has it. */
export interface LoweredWeight {
  readonly path: string;
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  readonly shape: readonly number[];
  readonly init: Init;
  /** AdamW's weight decay moves it: it has two or more axes. */
  readonly decay: boolean;
}

/** The programs of one objective: of several that differ in more than Float arguments each has a name of its own. */
export interface LoweredObjective {
  /** `dpo`, `dpo.2`. */
  readonly name: string;
  /** What recipes call it. */
  readonly of: string;
  /** The parameters that a fit's models stand for, in order. */
  readonly trained: readonly string[];
  /** Its Int and Bool arguments as numbers, and by name the models that its parameters but the first stand for. */
  readonly when: Readonly<Record<string, number | string>>;
}

/** A declared model, lowered. Its programs are named `<model>.forward` and so on. */
export interface LoweredModel {
  readonly name: string;
  readonly architecture: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer: string | undefined;
  readonly window: number | undefined;
  readonly weights: readonly LoweredWeight[];
  readonly programs: readonly LoweredProgram[];
  /** Objectives that train it first, by name: `<model>.<objective>.step`, `.loss`, and in parts `.whole`, `.gradient`, `.apply`. */
  readonly objectives: readonly LoweredObjective[];
}

type Trained = LoweredObjective & { readonly programs: readonly LoweredProgram[] };

/** Which programs are made, and who is told of each as soon as it is, so that work on it may begin elsewhere. */
export interface Lowering {
  /** Whether recipes can run: the programs of their objectives and merges are made too. */
  readonly trains?: boolean;
  readonly seen?: (program: LoweredProgram) => void;
}

/** Lowers every declared model that is not remote. Faults that only real sizes show come back as diagnostics. */
export function lowerSystem(
  checked: Checked,
  { trains = true, seen = () => {} }: Lowering = {},
): {
  models: LoweredModel[];
  /** The merges of weights that recipes call. */
  merges: LoweredProgram[];
  /** What host code asks of models. */
  measures: LoweredMeasure[];
  diagnostics: readonly Diagnostic[];
} {
  const found: Diagnostic[] = [];
  const context = contextOf(checked, found);
  const declared = checked.modules.flatMap((m) => [...m.declarations.values()]).filter((d) => d.node.kind === "Model");
  const instances = new Map<string, Instance>();
  for (const d of declared) {
    const instance = instanceOf(checked, d, found);
    if (!instance) continue;
    const reason = unreadable(instance);
    if (reason) found.push(diagnose(notInThisVersion, instance.decl.architecture.span, { name: d.name, kind: reason }));
    else instances.set(d.name, instance);
  }
  const objectives = new Map<string, Trained[]>();
  for (const use of trains ? usesOf(checked) : []) {
    const models = new Map(
      [...use.models].flatMap(([param, name]) => (instances.has(name) ? [[param, instances.get(name)!] as const] : [])),
    );
    if (models.size < use.models.size) continue;
    const of = objectiveName(checked, use.objective);
    const trained = (use.objective.params ?? []).filter((p) => p.role === "train").map((p) => p.name.text);
    const first = use.models.get(trained[0]!)!;
    const others = objectives.get(first) ?? [];
    const alike = others.filter((o) => o.of === of).length;
    const name = alike === 0 ? of : `${of}.${alike + 1}`;
    const facts = { decl: use.objective, models, numbers: use.numbers, name: `${first}.${name}` };
    const made = objectivePrograms(context, facts, {
      parts: use.parts,
      measured: use.measured,
      packed: use.packed,
      memory: use.memory,
    });
    if (!made) continue;
    const when = Object.fromEntries([...use.numbers, ...[...use.models].filter(([param]) => param !== trained[0])]);
    const programs = [made.step, ready(made.loss), ...made.packed, ...made.measured, ...made.parts];
    programs.forEach(seen);
    objectives.set(first, [...others, { name, of, trained, when, programs }]);
  }
  const models = declared.flatMap((d) => {
    const instance = instances.get(d.name);
    return instance ? [lowered(checked, d, instance, context, objectives.get(d.name) ?? [])] : [];
  });
  const measures = checked.measurements.all.map((each) => measurePrograms(checked, context, each, instances));
  return { models, merges: trains ? mergePrograms(checked, context) : [], measures, diagnostics: found };
}

/** Why no program can be made of a model: texts are rows of tokens, one or two of them. */
function unreadable({ head, architecture }: Instance): string | undefined {
  const inputs = architecture.params.filter(isInput);
  const rows = inputs.every((p) => p.type?.kind === "TensorType" && p.type.of?.text === "Token" && p.type.axes.length === 2);
  if (!rows || inputs.length === 0) return "model over something else than [rows, tokens] of Token";
  if (inputs.length > 2) return `${head} over ${inputs.length} texts instead of a source and a target, or both in one`;
  return head === "MaskedModel" && inputs.length > 1 ? `${head} over ${inputs.length} texts instead of one` : undefined;
}

const ready = ({ program, feeds }: LoweredProgram): LoweredProgram => ({ program: optimized(program), feeds });

/** What a model is, as far as its graph goes; undefined for a remote one and after a fault. */
export function instanceOf(checked: Checked, declaration: Declaration, found: Diagnostic[]): Instance | undefined {
  const decl = declaration.node as Model;
  const type = checked.declared(declaration);
  const architecture = declarationNamed(checked, decl.architecture.text, declaration.module)?.node;
  if (type.kind !== "model" || type.remote || architecture?.kind !== "Architecture") return undefined;
  const vocab = vocabularyOf(checked, declaration, decl, found);
  if (vocab === undefined) return undefined;
  const field = decl.fields.entries.find((e) => e.label.text === "lora");
  const lora = field && checked.constant(field.value);
  return {
    name: declaration.name,
    decl,
    architecture,
    head: type.head,
    vocab,
    ...(lora?.kind === "number" ? { lora: lora.value } : {}),
    ...(type.over?.kind === "enum" ? { over: { name: type.over.name, cases: type.over.cases } } : {}),
  };
}

function lowered(
  checked: Checked,
  declaration: Declaration,
  instance: Instance,
  context: ReturnType<typeof contextOf>,
  objectives: readonly Trained[],
): LoweredModel {
  const { programs, weights } = modelPrograms(context, instance);
  const type = checked.declared(declaration) as ModelType;
  return {
    name: instance.name,
    architecture: instance.architecture.name.text,
    config: configOf(checked, instance.decl),
    tokenizer: type.tokenizerName,
    window: type.window,
    weights: weights.map((w) => ({ ...w, shape: w.axes.map((a) => a.size), decay: w.axes.length > 1 })),
    programs: [
      ...programs.map((p) => (p.program.name.endsWith(".forward") ? ready(p) : p)),
      ...objectives.flatMap((o) => o.programs),
    ],
    objectives: objectives.map(({ programs: _, ...objective }) => objective),
  };
}

/** The fields of a model as plain values, for the manifest. */
function configOf(checked: Checked, decl: Model): Record<string, unknown> {
  const entries = decl.fields.entries.map((e) => [e.label.text, plain(checked.constant(e.value))] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function plain(c: Constant | undefined): unknown {
  switch (c?.kind) {
    case "number":
    case "text":
    case "bool":
      return c.value;
    case "list":
      return c.items.map(plain);
    case "range":
      return [c.low, c.high];
    case "case":
      return c.args.size === 0 ? c.name : { [c.name]: Object.fromEntries([...c.args].map(([k, v]) => [k, plain(v)])) };
    case "declaration":
      return c.declaration.name;
    default:
      return undefined;
  }
}
