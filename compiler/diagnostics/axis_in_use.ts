/** An axis is not renamed to another that is in sight. */
import { defineDiagnostic } from "./define.ts";

export const axisInUse = defineDiagnostic<{ from: string; to: string }>({
  code: "axis_in_use",
  severity: "error",
  title: "Axis in use",
  label: ({ to }) => `${to} is another axis here`,
  text: ({ from, to }) => `${from} cannot become ${to}: that is another axis in sight, and the two are no twins.`,
  hint: () => "Choose a name of its own.",
  wrong: `layer moved(x: [b, t, d], memory: [b, s, d]) -> [b, d] = sum(rename(x over t -> s) over s) + sum(memory over s)`,
  right: `layer moved(x: [b, t, d], memory: [b, s, d]) -> [b, d] = sum(rename(x over t -> u) over u) + sum(memory over s)`,
  page: "Renaming to the name of an axis in sight would claim that the positions are the same. Between two parameters the claim is allowed: it becomes a condition on their calls.",
});
