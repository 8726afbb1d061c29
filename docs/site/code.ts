/** `.neuro` text as HTML: coloured by the scanner's own tokens and the tree, and every name of the library a link to its page. */
import type { Checked } from "../../compiler/checked.ts";
import type { Declaration } from "../../compiler/declarations.ts";
import { typeNames } from "../../compiler/hosts.ts";
import { builtins } from "../../compiler/math/builtins/index.ts";
import { visit } from "../../compiler/visit.ts";
import { Faults } from "../../grammar/faults.ts";
import { type Node, parse } from "../../grammar/index.ts";
import { scan } from "../../grammar/scan.ts";
import { isWord, NumberToken, Unit } from "../../grammar/tokens.ts";
import { pathOf } from "./library.ts";
import { escaped, relative } from "./page.ts";

/** A stretch of text with what it is; `to` is a path of the site. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly sort: string;
  readonly to?: string;
}

/** Where in the site a declaration or a word of the language is told of. */
export type Where = (declaration: Declaration) => string | undefined;

/** Pages of std's declarations. */
const inLibrary: Where = (declaration) =>
  declaration.module.std && !declaration.name.startsWith("_") ? pathOf(declaration) : undefined;

/** Types that the language has from the start. */
const known: ReadonlySet<string> = new Set(typeNames);

/** What the names of a text stand for, by place. `checked` has to know the text under `path`. */
function named(text: string, path: string, checked: Checked | undefined): Map<number, Piece> {
  const module = checked?.modules.find((each) => each.path === path && each.text === text);
  const tree = module?.tree ?? parse(text, path).tree;
  const found = new Map<number, Piece>();
  const called = new Set<Node>();
  visit(tree, (node) => {
    if (node.kind === "Call") called.add(node.callee);
    if (node.kind !== "Name") return;
    const entity = module && checked!.resolved(node);
    const { start, end } = node.span;
    const capital = /^\p{Lu}/u.test(node.text);
    if (entity?.entity === "declaration") {
      const to = inLibrary(entity);
      const sort = capital ? "type" : entity.node.kind === "Callable" ? "fn" : "";
      found.set(start, { start, end, sort, ...(to ? { to } : {}) });
    } else if (called.has(node) && entity?.entity !== "local" && entity?.entity !== "parameter" && builtins.has(node.text))
      found.set(start, { start, end, sort: "fn", to: `mathematics.html#${node.text}` });
    else if (entity === undefined && known.has(node.text))
      found.set(start, { start, end, sort: "type", to: "guides/language.html#types" });
    else if (entity?.entity === "parameter") found.set(start, { start, end, sort: "parameter" });
    else found.set(start, { start, end, sort: capital ? "type" : "" });
  });
  return found;
}

/** The coloured pieces of a text, in order. */
function pieces(text: string, path: string, checked: Checked | undefined): Piece[] {
  const names = named(text, path, checked);
  const { lexemes, comments } = scan(text, new Faults(path));
  const tokens = lexemes.flatMap((lexeme): Piece[] => {
    const { startOffset: start, tokenType: type } = lexeme;
    const end = lexeme.endOffset + 1;
    const name = names.get(start);
    if (end <= start) return [];
    if (name && name.end >= end) return [{ ...name, end }];
    if (type === NumberToken) return [{ start, end, sort: "number" }];
    if (type === Unit) return [{ start, end, sort: "unit" }];
    if (isWord(type)) return [{ start, end, sort: /^(true|false)$/.test(lexeme.image) ? "number" : "word" }];
    if (/^(String|Text)/.test(type.name)) return [{ start, end, sort: "text" }];
    return [{ start, end, sort: "sign" }];
  });
  const remarks = comments.map(({ span, doc }): Piece => ({ start: span.start, end: span.end, sort: doc ? "doc" : "comment" }));
  return [...tokens, ...remarks].sort((a, b) => a.start - b.start);
}

/** How a text is shown. */
export interface Shown {
  /** The page on which it stands. */
  readonly on: string;
  /** A check that knows the text as the module `path`; without one nothing is a link. */
  readonly checked?: Checked;
  readonly path?: string;
  /** Only this part of it. */
  readonly part?: { readonly start: number; readonly end: number };
}

/** The text, coloured; the caller wraps it in `<pre><code>`. */
export function coloured(text: string, { on, checked, path = "main.neuro", part }: Shown): string {
  const from = part?.start ?? 0;
  const to = part?.end ?? text.length;
  let html = "";
  let at = from;
  for (const piece of pieces(text, path, checked)) {
    if (piece.start < at || piece.end > to) continue;
    html += escaped(text.slice(at, piece.start));
    const inner = escaped(text.slice(piece.start, piece.end));
    const sort = piece.sort === "" || piece.sort === "sign" ? "" : ` class="n-${piece.sort}"`;
    if (piece.to !== undefined && piece.to !== on) html += `<a${sort} href="${relative(on, piece.to)}">${inner}</a>`;
    else html += sort === "" ? inner : `<span${sort}>${inner}</span>`;
    at = piece.end;
  }
  return html + escaped(text.slice(at, to));
}

/** A block of code. `spec` is a whole file, which a page beside the playground offers to try there. */
export const block = (html: string, label = "neuro", spec = false): string =>
  `<pre class="code${label === "the message" ? " message" : ""}${spec ? " spec" : ""}" tabindex="0" aria-label="${escaped(label)}"><code>${html}</code></pre>`;
