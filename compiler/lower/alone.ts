// A model on its own, as it serves: a trace in which it reads what a row gives and scores an answer.
import type { Span } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import type { MathContext } from "../math/door.ts";
import { openWorld } from "../math/index.ts";
import { batch, enumerationAxis } from "../math/rows.ts";
import { openScope } from "../math/scope.ts";
import type { ModelValue, TextValue } from "../math/value.ts";
import type { Feed, Feeds } from "./feeds.ts";
import type { Instance } from "./instance.ts";
import { Tracer } from "./tracer.ts";

/** A program and what fills its data inputs. */
export interface LoweredProgram {
  readonly program: k.Program;
  readonly feeds: Feeds;
}

/** What a model is given while it serves: the fields of a row that stand after the bar. */
export const givens = ["prompt", "documents"];

/** A text of the row that a model serves. */
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
