/** Arguments come in the order of the axes of the parameter. */
import { defineDiagnostic } from "./define.ts";

export const axisOrder = defineDiagnostic<{ found: string; expected: string; parameter: string; source: string }>({
  code: "axis_order",
  severity: "error",
  title: "Axis order",
  label: ({ found }) => `this is ${found}`,
  text: ({ found, expected, parameter }) => `\`${parameter}\` binds its axes in order, ${expected}, and this is ${found}.`,
  hint: ({ expected, source }) => `Say what is meant: order(${source} over ${expected.replace(/[[\]]/g, "")}).`,
  wrong: `layer kept(x: [b, t, d]) -> [b, t, d] = 2 * x
layer outside(y: [t, b, d]) -> [t, b, d] = kept(y)`,
  right: `layer kept(x: [b, t, d]) -> [b, t, d] = 2 * x
layer outside(y: [t, b, d]) -> [b, t, d] = kept(order(y over b, t, d))`,
  page: "Order is used for one thing only: binding a call. An argument whose axis has the name of another variable of that parameter is surely turned round.",
});
