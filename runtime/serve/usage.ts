/** How many tokens answers took, from what their stages noted; counted from the texts where no stage noted any. */

import type { Answer, Dialog } from "../types.ts";
import type { Usage } from "./types.ts";

/** The tokens of one request, its prompt once however many answers it has. `count` counts those of a text. */
export function usageOf(prompt: Dialog, answers: readonly Answer[], count: (text: string) => number): Usage {
  const [first] = answers;
  const read = noted(first, ["source tokens", "tokens read"]);
  const all = (each: (answer: Answer) => number) => answers.reduce((sum, answer) => sum + each(answer), 0);
  return {
    read: read ?? prompt.reduce((sum, { content }) => sum + count(content), 0),
    reused: noted(first, ["source tokens read before"]) ?? 0,
    written: all((answer) => noted(answer, ["tokens", "tokens written"], "source tokens") ?? count(answer.text)),
  };
}

/** The sum of what stages noted under these names (of those that noted `beside`, too, or the names' own); undefined where none did. */
function noted(answer: Answer | undefined, names: readonly string[], beside?: string): number | undefined {
  const numbers = (answer?.trace.spans ?? []).flatMap(({ notes }) =>
    names.flatMap((name) => {
      const value = notes[name];
      const counts = name !== "tokens" || beside === undefined || notes[beside] !== undefined;
      return typeof value === "number" && counts ? [value] : [];
    }),
  );
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0);
}
