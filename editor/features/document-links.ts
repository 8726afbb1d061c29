/** Paths in a file that lead somewhere: files and modules of `use`, TypeScript behind `extern`, data files of datasets, addresses. */
import { relativePath } from "../../compiler/modules.ts";
import { children, contains, type Node, type Span, type Text } from "../../grammar/index.ts";
import type { View } from "../service.ts";
import type { Place } from "../words.ts";

/** A place and what it leads to: a file as the host names it, or an address. */
export interface Link {
  readonly place: Place;
  readonly target: string;
}

/** Every link of a file, in the order of the text. Patterns and what is not there lead nowhere. */
export function documentLinks(view: View): Link[] {
  const found: Link[] = [];
  for (const decl of view.tree.decls) {
    if (decl.kind === "Use") {
      const [target] = decl.relative
        ? [relativePath(view.path, decl.path)]
        : view.host.resolveStd(decl.path.replace(/^std\./, ""));
      if (target !== undefined) found.push({ place: decl.relative ? unquoted(decl.pathSpan) : decl.pathSpan, target });
    } else texts(decl, (text) => void found.push(...linkOf(view, text)));
  }
  return found.filter(({ target }) => isAddress(target) || view.host.exists(target));
}

/** The link at an offset. */
export const linkAt = (view: View, offset: number): Link | undefined =>
  documentLinks(view).find(({ place }) => contains(place, offset) && !isAddress(place.file));

const isAddress = (target: string): boolean => /^https?:\/\//.test(target);

/** A text without holes that is an address, or has the form of a path with an ending. */
function linkOf(view: View, node: Text): Link[] {
  const [part, ...more] = node.parts;
  if (part?.kind !== "Chunk" || more.length > 0 || node.block) return [];
  const { text } = part;
  const place = unquoted(node.span);
  if (isAddress(text)) return [{ place, target: text }];
  if (/[*?{}\s]/.test(text) || !/[\w-]\.\w+$/.test(text)) return [];
  return [{ place, target: relativePath(view.path, text) }];
}

const unquoted = (span: Span): Place => ({ ...span, start: span.start + 1, end: Math.max(span.start + 1, span.end - 1) });

function texts(node: Node, each: (text: Text) => void): void {
  if (node.kind === "Text") each(node);
  for (const child of children(node)) texts(child, each);
}
