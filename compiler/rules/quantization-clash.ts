/** A method of quantization does what is asked of it: bits, activations, and what calibration reads. */

import { quantizationClash } from "../diagnostics/quantization_clash.ts";
import { rowLacksField } from "../diagnostics/row_lacks_field.ts";
import { missingFields } from "../fits.ts";
import type { Program } from "../program.ts";
import { host, type RecordType } from "../types.ts";
import { type Fields, fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

/** Bits of weights that each method can write, and of activations. */
const methods: ReadonlyMap<string, { weights: readonly number[]; activations: readonly number[] }> = new Map([
  ["rtn", { weights: [2, 3, 4, 8], activations: [16] }],
  ["gptq", { weights: [2, 3, 4, 8], activations: [16] }],
  ["awq", { weights: [4], activations: [16] }],
  ["smoothquant", { weights: [8], activations: [8] }],
]);

const prompts: RecordType = { kind: "record", fields: new Map([["prompt", { type: host("Dialog"), optional: false }]]) };

export const quantizationClashRule: Rule = {
  name: "quantization-clash",
  declaration(declaration, program) {
    const fields = fieldsOfSetting(declaration, "quantization", program);
    if (fields) checkMethod(fields, program);
  },
};

function checkMethod(fields: Fields, program: Program): void {
  const name = fields.chosen("method") ?? "";
  const method = methods.get(name);
  if (!method) return;
  for (const part of ["weights", "activations"] as const) {
    const entry = fields.entry(part);
    const bits = fields.number(part);
    if (!entry || bits === undefined || method[part].includes(bits)) continue;
    const can =
      part === "activations" && method.activations[0] === 16
        ? "leaves activations alone"
        : `writes ${part} of ${method[part].join(", ")} bits`;
    const better =
      part === "activations" && name !== "smoothquant"
        ? "Use smoothquant, or leave activations out."
        : `Write ${part}: ${method[part].at(-1)} bits, or another method.`;
    const mend = better.startsWith("Write") ? { instead: `${part}: ${method[part].at(-1)} bits` } : { without: part };
    program.report(quantizationClash, entry.span, { what: `${name} ${can}.`, better, ...mend });
    return;
  }
  checkCalibration(fields, program);
}

function checkCalibration(fields: Fields, program: Program): void {
  const entry = fields.entry("calibrate");
  if (!entry) return;
  const rows = program.typeOf(entry.value);
  if (rows.kind !== "rows" || rows.row.kind !== "record") return;
  const names = missingFields(rows.row, prompts);
  if (names.length > 0)
    program.report(rowLacksField, entry.span, { names, reader: "Calibration", has: [...rows.row.fields.keys()] });
}
