/** What typing sets right: a bracket that closes a declaration has it formatted, a new line is indented as deep as it lies. */
import { contains } from "../../grammar/index.ts";
import type { Service } from "../service.ts";
import type { Edits } from "../words.ts";
import { formatRange } from "./format-range.ts";

/** The edits after `character` was typed before `offset`. */
export function formatOnType(service: Service, path: string, offset: number, character: string): Edits {
  if (character === "\n") return indented(service.text(path), path, offset);
  const { tree, diagnostics } = service.parsed(path);
  const decl = tree.decls.find(({ span }) => span.end === offset);
  if (character !== "}" || !decl || diagnostics.some(({ span }) => contains(decl.span, span.start))) return [];
  return formatRange(service, path, decl.span);
}

/** Two spaces for each bracket that is open where the line begins, one fewer where it begins by closing one. */
function indented(text: string, path: string, offset: number): Edits {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const line = /^[ \t]*/.exec(text.slice(start))![0];
  const closes = /^[)\]}]/.test(text.slice(start + line.length)) ? 1 : 0;
  const depth = Math.max(0, openBefore(text, start) - closes);
  const wanted = "  ".repeat(depth);
  return wanted === line ? [] : [{ file: path, start, end: start + line.length, text: wanted }];
}

/** How many brackets are open at an offset; those in texts and comments are none. */
function openBefore(text: string, offset: number): number {
  let depth = 0;
  for (const [token] of text.slice(0, offset).matchAll(/\/\/[^\n]*|"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?|[([{]|[)\]}]/g)) {
    if (token === "(" || token === "[" || token === "{") depth++;
    else if (token === ")" || token === "]" || token === "}") depth = Math.max(0, depth - 1);
  }
  return depth;
}
