/** The railroad diagrams, as grammar/generate draws them, in the site's frame. */
import { page as railroad } from "../../grammar/generate/page.ts";
import type { Page } from "./page.ts";

/** The page of the grammar. */
export function grammarPage(): Page {
  const whole = railroad();
  const start = whole.indexOf("<p>", whole.indexOf("<h1>"));
  const figures = whole
    .slice(start, whole.indexOf("</html>"))
    .replace(/<nav>/, '<nav class="rules" aria-label="Rules">')
    .replace(/<figure>/g, '<figure class="railroad scroll" tabindex="0">');
  return {
    path: "grammar.html",
    title: "The grammar",
    kind: "grammar",
    summary: "Railroad diagrams of every rule.",
    html: `<h1>The grammar</h1>\n${figures}`,
    section: "language",
    words: [...whole.matchAll(/<h2 id="(\w+)">/g)].map(([, rule]) => rule).join(" "),
  };
}
