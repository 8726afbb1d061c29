// The programs of one model: scoring a text, and for decoding the source's part once and a step per token.
import type { Span } from "../../grammar/index.ts";
import { early } from "../../kernels/derive/early.ts";
import { splitByDependence } from "../../kernels/derive/split.ts";
import { decodingStep } from "../../kernels/derive/step.ts";
import * as k from "../../kernels/index.ts";
import type { MathContext } from "../math/door.ts";
import { openWorld } from "../math/index.ts";
import { isInput } from "../math/instance.ts";
import { batch, enumerationAxis } from "../math/rows.ts";
import { openScope } from "../math/scope.ts";
import type { ModelValue, TextValue } from "../math/value.ts";
import type { Feed, Feeds } from "./feeds.ts";
import type { Instance } from "./instance.ts";
import { type TracedWeight, Tracer } from "./tracer.ts";

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
const givens = ["prompt", "documents"];

const text = (name: string): TextValue => ({ kind: "text", host: "Answer", text: { id: `row.${name}`, name }, axes: [batch] });

/** The text after which a model's step decodes. */
const answer = "answer";

function traced(context: MathContext, instance: Instance, decoded?: string) {
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
function fed(program: k.Program, feeds: Feeds): LoweredProgram {
  const names = k.inputPorts(program).map((p) => p.name);
  return { program, feeds: Object.fromEntries(names.flatMap((n) => (feeds[n] ? [[n, feeds[n] as Feed]] : []))) };
}

/** A text's score, computed where it is read only. */
const scoring = ({ name }: Instance, value: k.Output): k.Program => early(k.program(`${name}.forward`, [value]), ["text"]);

/** `<model>.forward` for every kind of model; for a language model also `<model>.encode` and `<model>.step`. */
export function modelPrograms(context: MathContext, instance: Instance): ModelPrograms {
  const { tracer, model, span } = traced(context, instance);
  const scored = model.head === "Comparer" ? [text("left"), text("right")] : [text(answer)];
  const applied = tracer.apply(model, scored, givens.map(text), span);
  const weights = [...tracer.weights.values()];
  if (!applied.tokens) {
    const forward = scoring(instance, k.output("value", "value", applied.value!));
    return { programs: [fed(forward, tracer.feeds)], weights };
  }
  const present = tracer.present({
    name: "token",
    frame: 0,
    size: { terms: [], key: "0" },
    text: { id: `row.${answer}`, name: answer },
  });
  const held = present ? k.select(present, applied.tokens, 0) : applied.tokens;
  const forward = scoring(instance, k.output("logp", "value", held, ["batch", "token"]));
  return { programs: [fed(forward, tracer.feeds), ...decoding(context, instance)], weights };
}

/** The axes of a decoded text and of its rows, as programs name them. */
const [joined, rows] = ["text", "batch"];

/** The programs that write: with an encoder `encode` and `step`, without one `prefill` and `step`; and `verify`, `commit` for drafts. */
function decoding(context: MathContext, instance: Instance): LoweredProgram[] {
  const alone = instance.architecture.params.filter(isInput).length === 1;
  const axis = alone ? joined : answer;
  const { tracer, model, span } = traced(context, instance, axis);
  const { next } = tracer.apply(model, [text(answer)], givens.map(text), span);
  if (!next) return [];
  const whole = k.program(`${instance.name}.next`, [k.output("next", "value", next, [rows, axis, "vocab"])]);
  const name = (what: string) => `${instance.name}.${what}`;
  const names = { [`${axis}.input`]: "token" };
  if (!alone) {
    // What depends on the source alone is computed once; all rows are written in step.
    const { encode, rest } = splitByDependence(whole, {
      names: { encode: name("encode"), rest: name("rest") },
      on: (input) => input.startsWith("source."),
    });
    const step = decodingStep(rest, { name: name("step"), axis, names });
    return [fed(encode, tracer.feeds), { program: step, feeds: {} }];
  }
  const prefill = decodingStep(whole, { name: name("prefill"), axis, names, rows, start: true, tokens: "fresh" });
  const step = decodingStep(whole, { name: name("step"), axis, names, rows });
  return [prefill, step].map((program) => ({ program, feeds: {} }));
}
