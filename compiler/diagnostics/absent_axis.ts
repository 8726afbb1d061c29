/** A reduction runs over an axis that is there. */
import { defineDiagnostic, guess } from "./define.ts";

export const absentAxis = defineDiagnostic<{ axis: string; of: string; known: readonly string[] }>({
  code: "absent_axis",
  severity: "error",
  title: "Absent axis",
  label: ({ axis, of }) => `${of} has no ${axis}`,
  text: ({ axis, of }) => `There is no axis ${axis} in ${of}.`,
  hint: ({ axis, known }) => guess(axis, known) ?? (known.length > 0 ? `Its axes are ${known.join(", ")}.` : "It has no axes."),
  wrong: `fn look(q: [b, t, k]) -> [b, t, k] of Prob = softmax(q over s)`,
  right: `fn look(q: [b, t, k]) -> [b, t, k] of Prob = softmax(q over t)`,
  page: "`sum`, `mean`, `softmax` and their like name the axes they run over; without `over` a reduction takes all.",
});
