/** What `fit` and `evaluate` take besides the models: the objective, the rows, how long and how fast, and when to stop. Hover reads the documentation here. */
import { bool, float, host, int, nothing, noUnits, type Parameter, type Signature, type Type, unknown } from "../types.ts";
import { choice, optional, rows } from "./kind.ts";

const parameter = (name: string, type: Type, doc: string, facts: Partial<Parameter> = {}): Parameter => ({
  name,
  type,
  optional: true,
  doc,
  ...facts,
});

const precision: Type = {
  kind: "variant",
  name: "Precision",
  cases: new Map(["f32", "f16", "bf16"].map((name) => [name, { parameters: [], result: unknown }])),
};

const texts = "Answers are drawn from the weights of that step.";

/** `guard(..)`: sentinels that end a fit with the last weights that kept every bound. */
const guard: Type = choice("Guard", {
  guard: [
    optional("on", rows(), "Rows that are held out; the fit's own prompts when they are left out."),
    optional("every", int({ steps: 1 }), "How often it looks.", { unit: "steps", range: { low: 1 } }),
    optional("rows", int(), "How many of the rows it looks at.", { range: { low: 1 } }),
    optional("loss", float(), "By which share the loss may rise above its lowest.", { range: { low: 0 } }),
    optional("agree", float(), "The least share of held-out labels whose side the judge takes: the objective's `accuracy`.", {
      range: { low: 0, high: 1 },
    }),
    optional("kl", float(), `The furthest from where the fit began, in nats for an answer. ${texts}`, { range: { low: 0 } }),
    optional("entropy", float(), `The least of minus the log-probability of a token. ${texts}`, { range: { low: 0 } }),
    optional("length", { kind: "range", of: int({ tokens: 1 }) }, `How long answers may be. ${texts}`),
    optional("copied", float(), `The greatest share of words copied from the documents. ${texts}`, {
      range: { low: 0, high: 1 },
    }),
    optional("by", host("Reward"), "A reward or judge that is not the one trained on."),
    optional("drop", float(), "How far the mean of `by` may fall below its highest.", { range: { low: 0 } }),
    optional("most", int({ tokens: 1 }), "The longest answer that it draws.", { unit: "tokens", range: { low: 1 } }),
  ],
});

/** The bounds of a guard; the rest says where and how often it looks. */
export const guardBounds = ["loss", "agree", "kl", "entropy", "length", "copied", "drop"] as const;

/** Named arguments of `fit`, in the order of the reference. */
export const fitParameters: readonly Parameter[] = [
  parameter(
    "by",
    { kind: "host", name: "Objective" },
    "The objective, with what it needs besides the trained models and the rows.",
    { optional: false },
  ),
  parameter("on", { kind: "rows", of: "Rows", row: unknown }, "The rows to learn from; a Stream is made while the fit runs.", {
    optional: false,
  }),
  parameter("steps", int({ steps: 1 }), "How many updates of the weights.", { unit: "steps", range: { low: 0 } }),
  parameter("epochs", float({ epochs: 1 }), "How many times over the rows, instead of steps.", {
    unit: "epochs",
    range: { low: 0 },
  }),
  parameter("batch", int(), "Rows per update.", { range: { low: 1 } }),
  parameter("accumulate", int(), "Micro-batches per update: less memory, the same result.", { range: { low: 1 } }),
  parameter("memory", int({ bytes: 1 }), "What a step's results may take: some are made again rather than kept.", {
    unit: "bytes",
    range: { low: 1 },
  }),
  parameter("rate", { kind: "float", units: noUnits }, "Learning rate at its highest, or a Schedule.", {
    range: { low: 0 },
    moves: true,
  }),
  parameter("warmup", int({ steps: 1 }), "Updates until the rate is reached.", { unit: "steps", range: { low: 0 } }),
  parameter("clip", float(), "Greatest norm of the gradient.", { range: { low: 0 } }),
  parameter("pack", bool, "Several short rows share one window."),
  parameter("reuse", int(), "How often rows of a Stream are used before new ones are made.", { range: { low: 1 } }),
  parameter("precision", precision, "Of the activations: f32, f16 or bf16."),
  parameter("stop", guard, "What ends the fit before its time: `guard(kl: 20, entropy: 0.3)`."),
  parameter("seed", unknown, "A number or a list of numbers; two draws that should differ differ in it."),
];

/** For messages and hover; the models come first, in the order of the objective's `train` parameters. */
export const fitSignature: Signature = {
  parameters: [
    {
      name: "model",
      type: { kind: "model", head: "Model" },
      optional: false,
      doc: "What is trained; several for an objective that trains several.",
    },
    ...fitParameters,
  ],
  result: nothing,
};

/** Named arguments of `evaluate`; `of` is looked at once the objective is known. */
export const evaluateParameters: readonly Parameter[] = [
  ...fitParameters.slice(0, 1),
  parameter("on", rows(), "The rows to measure on.", { optional: false }),
  parameter("batch", int(), "Rows that are computed at once; the result is the same.", { range: { low: 1 } }),
  parameter("of", unknown, "A metric of the objective instead of its loss."),
];

/** For messages and hover. */
export const evaluateSignature: Signature = {
  parameters: [{ ...fitSignature.parameters[0]!, doc: "What is measured, as `fit` would train it." }, ...evaluateParameters],
  result: float(),
};
