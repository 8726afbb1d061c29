// The programs of one model: scoring a text, and those with which it writes.
import { early } from "../../kernels/derive/early.ts";
import * as k from "../../kernels/index.ts";
import type { MathContext } from "../math/door.ts";
import { adaptersOf } from "./adapters.ts";
import { answer, fed, givens, type LoweredProgram, text, traced } from "./alone.ts";
import type { Instance } from "./instance.ts";
import type { TracedWeight } from "./tracer.ts";
import { writingPrograms } from "./writing.ts";

export type { LoweredProgram } from "./alone.ts";

/** Programs of a model, and its weights in the order in which its body declares them. */
export interface ModelPrograms {
  readonly programs: readonly LoweredProgram[];
  readonly weights: readonly TracedWeight[];
}

/** A text's score, computed where it is read only. */
const scoring = ({ name }: Instance, value: k.Output): k.Program => early(k.program(`${name}.forward`, [value]), ["text"]);

/** The text of a row in which words are hidden. */
const masked = "masked";

/** `<model>.forward` for every kind of model; for a language model also those that write: see `writingPrograms`. */
export function modelPrograms(context: MathContext, instance: Instance): ModelPrograms {
  const { tracer, model, span } = traced(context, instance);
  // An embedder tells what a text means that is asked, or what a document does, and judges none.
  const embeds = model.head === "Embedder";
  const judged = model.head === "Comparer" ? ["left", "right"] : embeds ? givens : [answer];
  const given = model.head === "MaskedModel" ? [masked] : embeds ? [] : givens;
  const applied = tracer.apply(model, judged.map(text), given.map(text), span);
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
  if (model.head !== "LanguageModel") return { programs: [fed(forward, tracer.feeds)], weights };
  const { encode, prefill, step, resume, apart, verify, commit } = writingPrograms(context, instance);
  const writing = [encode, prefill, step, resume, apart, verify, commit].filter((p) => p !== undefined);
  return { programs: [fed(forward, tracer.feeds), ...writing], weights };
}
