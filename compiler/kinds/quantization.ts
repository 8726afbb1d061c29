/** How weights are made smaller. */
import { int } from "../types.ts";
import { choice, type Kind, optional, required, rows, share, words } from "./kind.ts";

const group = optional("group", words.int, "Weights that share one scale.", { range: { low: 1 } });

export const method = choice("Method", {
  rtn: [group],
  gptq: [group],
  awq: [group],
  smoothquant: [
    optional("alpha", words.float, "How much of the difficulty moves from activations to weights.", { range: share }),
  ],
});

export const quantization: Kind = {
  word: "quantization",
  doc: "Makes a model smaller or faster at a small cost: method, bits, and the rows that it is calibrated on.",
  fields: [
    required("method", method, "rtn, gptq, awq or smoothquant(alpha: ..)."),
    required("weights", int({ bits: 1 }), "Bits of a weight.", { unit: "bits", range: { low: 2, high: 16 } }),
    optional("activations", int({ bits: 1 }), "Bits of an activation; without it they stay as they are.", {
      unit: "bits",
      range: { low: 4, high: 16 },
    }),
    optional("calibrate", rows(), "Rows whose prompts show what activations look like."),
  ],
};
