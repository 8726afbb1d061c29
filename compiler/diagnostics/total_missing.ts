/** A reward ends with its total. */
import { defineDiagnostic, write } from "./define.ts";

export const totalMissing = defineDiagnostic<{ name: string; last?: string; unnamed?: boolean }>({
  code: "total_missing",
  severity: "error",
  title: "No total",
  label: () => "`the last binding must be total`",
  text: ({ name, last }) =>
    last === undefined ? `The reward ${name} binds nothing.` : `The reward ${name} ends with \`${last}\`.`,
  hint: ({ last }) => (last === undefined ? "Write total = ..." : `Call it \`total\`.`),
  fix: ({ last, unnamed }, at) => {
    if (last !== undefined) return write(at, "total");
    return unnamed ? write({ ...at, end: at.start }, "total = ", "Call it `total`") : undefined;
  },
  wrong: `use std.rewards { footnotes }
reward quality(answer: Answer) { sum = soft(footnotes(answer) >= 3) }`,
  right: `use std.rewards { footnotes }
reward quality(answer: Answer) { total = soft(footnotes(answer) >= 3) }`,
  page: "The bindings of a reward are its terms, each recorded under its name; the last is what the answer is worth.",
});
