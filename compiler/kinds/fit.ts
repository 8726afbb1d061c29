/** What `fit` takes besides the models: the objective, the rows, and how long and how fast. Hover reads the documentation here. */
import { bool, float, int, nothing, noUnits, type Parameter, type Signature, type Type, unknown } from "../types.ts";

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
  parameter("rate", { kind: "float", units: noUnits }, "Learning rate at its highest.", { range: { low: 0 } }),
  parameter("warmup", int({ steps: 1 }), "Updates until the rate is reached.", { unit: "steps", range: { low: 0 } }),
  parameter("clip", float(), "Greatest norm of the gradient.", { range: { low: 0 } }),
  parameter("pack", bool, "Several short rows share one window."),
  parameter("reuse", int(), "How often rows of a Stream are used before new ones are made.", { range: { low: 1 } }),
  parameter("precision", precision, "Of the activations: f32, f16 or bf16."),
  parameter("stop", float(), "Ends early when the loss of held-out rows has not fallen by this share."),
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
