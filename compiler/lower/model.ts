// The programs of one model: scoring a text, and for decoding the source's part once and a step per token.
import type { Span } from "../../grammar/index.ts";
import { early } from "../../kernels/derive/early.ts";
import * as k from "../../kernels/index.ts";
import type { MathContext } from "../math/door.ts";
import { openWorld } from "../math/index.ts";
import { batch, enumerationAxis } from "../math/rows.ts";
import { openScope } from "../math/scope.ts";
import type { ModelValue, TextValue } from "../math/value.ts";
import { adaptersOf } from "./adapters.ts";
import type { Feed, Feeds } from "./feeds.ts";
import type { Instance } from "./instance.ts";
import { type TracedWeight, Tracer } from "./tracer.ts";
import { writingPrograms } from "./writing.ts";

/** A program and what fills its data inputs. */
export interface LoweredProgram {
  readonly program: k.Program;
  readonly feeds: Feeds;
}

/** Programs of a model, and its weights in the order in which its body declares them. */
export interface ModelPrograms {
  readonly programs: readonly LoweredProgram[];
  readonly weights: readonly TracedWeight[];
}

/** What a model is given while it serves: the fields of a row that stand after the bar. */
export const givens = ["prompt", "documents"];

export const text = (name: string): TextValue => ({
  kind: "text",
  host: "Answer",
  text: { id: `row.${name}`, name },
  axes: [batch],
});

/** The text after which a model's step decodes. */
export const answer = "answer";

/** A trace in which a model stands alone, frozen; with `decoded` its text is written along that axis. */
export function traced(context: MathContext, instance: Instance, decoded?: string) {
  const tracer = new Tracer({
    models: new Map([[instance.name, { instance, prefix: "", trained: true }]]),
    text: (file) => context.text?.(file),
    ...(decoded ? { decoded } : {}),
  });
  const world = openWorld(context, tracer);
  tracer.world = world;
  const span: Span = instance.decl.span;
  const scope = openScope(world, "fn", span.file, { frame: 0 });
  const over = instance.over ? { over: { ...enumerationAxis(scope, instance.over.name), cases: instance.over.cases } } : {};
  const model: ModelValue = { kind: "model", name: instance.name, head: instance.head, role: "frozen", ...over };
  return { tracer, model, span };
}

/** Feeds of the inputs that a program still has. */
export function fed(program: k.Program, feeds: Feeds): LoweredProgram {
  const names = k.inputPorts(program).map((p) => p.name);
  return { program, feeds: Object.fromEntries(names.flatMap((n) => (feeds[n] ? [[n, feeds[n] as Feed]] : []))) };
}

/** A text's score, computed where it is read only. */
const scoring = ({ name }: Instance, value: k.Output): k.Program => early(k.program(`${name}.forward`, [value]), ["text"]);

/** `<model>.forward` for every kind of model; for a language model also those that write: see `writingPrograms`. */
export function modelPrograms(context: MathContext, instance: Instance): ModelPrograms {
  const { tracer, model, span } = traced(context, instance);
  const scored = model.head === "Comparer" ? [text("left"), text("right")] : [text(answer)];
  const applied = tracer.apply(model, scored, givens.map(text), span);
  const lora = (p: k.Program) => (instance.lora === undefined ? [] : adaptersOf(p, instance.lora));
  const weightsOf = (p: k.Program) => [...tracer.weights.values(), ...lora(p)];
  if (!applied.tokens) {
    const forward = scoring(instance, k.output("value", "value", applied.value!));
    return { programs: [fed(forward, tracer.feeds)], weights: weightsOf(forward) };
  }
  const present = tracer.present({
    name: "token",
    frame: 0,
    size: { terms: [], key: "0" },
    text: { id: `row.${answer}`, name: answer },
  });
  const held = present ? k.select(present, applied.tokens, 0) : applied.tokens;
  const forward = scoring(instance, k.output("logp", "value", held, ["batch", "token"]));
  const weights = weightsOf(forward);
  if (!applied.next) return { programs: [fed(forward, tracer.feeds)], weights };
  const { encode, prefill, step, verify, commit } = writingPrograms(context, instance);
  const writing = [encode, prefill, step, verify, commit].filter((p) => p !== undefined);
  return { programs: [fed(forward, tracer.feeds), ...writing], weights };
}
