/** A question that stands alone, as a conversation of one turn. */
import type { Dialog } from "neuro/runtime";

/** The first of the questions; none gives a conversation without turns. */
export function asking(questions: readonly string[]): Dialog {
  return questions.slice(0, 1).map((content) => ({ role: "user", content }));
}
