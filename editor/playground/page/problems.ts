/** The list of what is wrong, below the spec; each goes to its place, and its code to what it means. */
import type { Problem } from "../protocol.ts";

const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: (string | Node)[]
): HTMLElementTagNameMap[K] => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** Draws the list. `lineOf` tells the line of an offset, `go` goes to a problem. */
export function listProblems(
  problems: readonly Problem[],
  lineOf: (offset: number) => number,
  go: (problem: Problem) => void,
): void {
  const box = document.getElementById("problems")!;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (problems.length === 0) {
    box.replaceChildren(element("p", { className: "clean" }, "Nothing is wrong."));
    return;
  }
  const items = problems.map((problem) => {
    const title = element("button", { type: "button", onclick: () => go(problem) }, element("strong", {}, problem.title));
    const place = element("span", { className: "place" }, ` line ${lineOf(problem.start)} `);
    const code = element("a", { href: `docs/diagnostics/${problem.code}.html`, target: "_blank" }, problem.code);
    const text = element("p", {}, [problem.text, problem.hint].filter(Boolean).join(" "));
    return element("li", { className: problem.severity }, title, place, code, text);
  });
  const count = `${errors} ${errors === 1 ? "error" : "errors"}, ${problems.length - errors} ${problems.length - errors === 1 ? "warning" : "warnings"}`;
  box.replaceChildren(element("p", { className: "clean" }, count), element("ul", {}, ...items));
}
