/** A method of quantization does what is asked of it. */
import { defineDiagnostic, remove, write } from "./define.ts";

export const quantizationClash = defineDiagnostic<{ what: string; better: string; without?: string; instead?: string }>({
  code: "quantization_clash",
  severity: "error",
  title: "Quantization clash",
  label: () => "these do not go together",
  text: ({ what }) => `${what}`,
  hint: ({ better }) => `${better}`,
  fix: ({ without, instead }, at) => (instead ? write(at, instead) : without ? remove(at, `Leave ${without} out`) : undefined),
  wrong: `use std.data { Prompt }
dataset questions: Prompt = jsonl("questions.jsonl")
quantization small { method: gptq, weights: 4 bits, activations: 8 bits, calibrate: questions }`,
  right: `use std.data { Prompt }
dataset questions: Prompt = jsonl("questions.jsonl")
quantization small { method: smoothquant(alpha: 0.5), weights: 8 bits, activations: 8 bits, calibrate: questions }`,
  page: "gptq, awq and rtn make weights smaller and leave activations alone; smoothquant quantizes both, to 8 bits.",
});
