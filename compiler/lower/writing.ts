// The programs with which a language model writes, derived from one trace of it: reading what is given, a step per token, and the
// verification of tokens that something else drafted.
import { committing } from "../../kernels/derive/commit.ts";
import { capacity } from "../../kernels/derive/places.ts";
import { splitByDependence } from "../../kernels/derive/split.ts";
import { decodingStep, type Step } from "../../kernels/derive/step.ts";
import * as k from "../../kernels/index.ts";
import type { MathContext } from "../math/door.ts";
import { isInput } from "../math/instance.ts";
import { answer, fed, givens, type LoweredProgram, text, traced } from "./alone.ts";
import type { Instance } from "./instance.ts";

/** What a language model writes with. */
export interface Writing {
  /** What depends on the source alone, computed once; of a model with an encoder. */
  readonly encode?: LoweredProgram;
  /** Reads prompts of any lengths, fills the caches and tells what follows; of a model without an encoder. */
  readonly prefill?: LoweredProgram;
  /** The same after whatever the caches hold already; of a model that keeps nothing else, so that any beginning of a text can be gone on from. */
  readonly resume?: LoweredProgram;
  /** One token per row. */
  readonly step: LoweredProgram;
  /** The same where each row stands at a place of its own, so that rows may come and go; of a model with an encoder, whose step is quicker without. */
  readonly apart?: LoweredProgram;
  /** Tokens that something else drafted, one after another: see {@link Verifying}. */
  readonly verify: LoweredProgram;
  readonly commit?: LoweredProgram;
}

/** Programs for tokens that were drafted: all are told at once, then the states of those that are kept are made. */
export interface Verifying {
  /** Log p of every next token at each of `fresh` tokens of a row, which begin at its place `at`. */
  readonly verify: k.Program;
  /** Moves on what the caches do not hold, or for a tree also the caches; undefined where a smaller past is all it takes. */
  readonly commit: k.Program | undefined;
}

/** The axes of a decoded text and of its rows, and the size of several new tokens, as programs name them. */
const [joined, rows, fresh] = ["text", "batch", "fresh"];

/** A model as a function of its whole text, cut where it has an encoder. */
function read(context: MathContext, instance: Instance) {
  const alone = instance.architecture.params.filter(isInput).length === 1;
  const axis = alone ? joined : answer;
  const { tracer, model, span } = traced(context, instance, axis);
  const { next } = tracer.apply(model, [text(answer)], givens.map(text), span);
  const whole = k.program(`${instance.name}.next`, [k.output("next", "value", next!, [rows, axis, "vocab"])]);
  const name = (what: string) => `${instance.name}.${what}`;
  const names = { encode: name("encode"), rest: name("rest") };
  const cut = alone ? undefined : splitByDependence(whole, { names, on: (input) => input.startsWith("source.") });
  const derived = (what: string, how: Partial<Step> = {}): k.Program =>
    decodingStep(cut?.rest ?? whole, {
      name: name(what),
      axis,
      names: { [`${axis}.input`]: "token" },
      ...(alone && { given: `${axis}.given` }),
      ...how,
    });
  return { axis, name, derived, encode: cut && fed(cut.encode, tracer.feeds) };
}

type Reading = ReturnType<typeof read>;

/**
 * `<model>.encode` and `.step`, all rows in step, and `.apart`; without an encoder `<model>.prefill`, `.resume` and `.step`, each row at a place of its own. Both
 * with `<model>.verify`, and `.commit` where the model keeps more than caches.
 */
export function writingPrograms(context: MathContext, instance: Instance): Writing {
  const reading = read(context, instance);
  const { encode, derived } = reading;
  const given = (program: k.Program): LoweredProgram => ({ program, feeds: {} });
  const { verify, commit } = verifying(reading, false);
  const drafts = { verify: given(verify), ...(commit && { commit: given(commit) }) };
  if (encode) return { encode, step: given(derived("step")), apart: given(derived("apart", { rows })), ...drafts };
  const prefill = given(derived("prefill", { rows, start: true, tokens: fresh }));
  const resume = resuming(reading);
  return { prefill, ...(cachesAlone(resume) && { resume: given(resume) }), step: given(derived("step", { rows })), ...drafts };
}

/** Whether all that a program keeps has a place for each token. */
const cachesAlone = (program: k.Program): boolean =>
  k.inputPorts(program).every(({ role, axes }) => role !== "state" || axes.some(({ size }) => size === capacity));

/** `<model>.resume` of any model without an encoder, whatever it keeps. */
export const resumingProgram = (context: MathContext, instance: Instance): k.Program => resuming(read(context, instance));

const resuming = ({ derived }: Reading): k.Program => derived("resume", { rows, resumes: true, tokens: fresh });

/** `<model>.verify` and `.commit` for tokens one after another, or for a tree of them (`.verify.tree`, `.commit.tree`). */
export const verifyingPrograms = (context: MathContext, instance: Instance, { tree = false } = {}): Verifying =>
  verifying(read(context, instance), tree);

function verifying({ axis, name, derived }: Reading, tree: boolean): Verifying {
  const end = tree ? ".tree" : "";
  const verify = derived(`verify${end}`, { rows, tokens: fresh, open: true, tree });
  const facts = { name: name(`commit${end}`), rows: k.axis(rows, rows), text: k.axis(axis, fresh), tree };
  return { verify, commit: committing(verify, facts) };
}
