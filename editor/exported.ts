/** Where TypeScript exports a name: the function behind an `extern`. What a file passes on from another is followed; types are not read. */
import { type Token, tokenize } from "../compiler/extern/tokens.ts";
import type { Host } from "../compiler/host.ts";
import { relativePath } from "../compiler/modules.ts";
import type { Place } from "./words.ts";

/** The exported name in the file at `path`, or in the file that it passes the name on from; undefined where there is none. */
export function exportedPlace(host: Host, path: string, name: string, seen: ReadonlySet<string> = new Set()): Place | undefined {
  const text = seen.has(path) ? undefined : host.read(path);
  if (text === undefined) return undefined;
  const tokens = tokenize(text);
  const further = new Set([...seen, path]);
  for (const [at, { kind, value }] of tokens.entries()) {
    if (kind !== "word" || value !== "export") continue;
    const found = declaredAt(tokens, at + 1, name);
    if (found) return { file: path, start: found.start, end: found.start + name.length };
    const passed = passedOn(tokens, at + 1, name);
    if (!passed) continue;
    const own = passed.from === undefined ? locally(tokens, passed.name) : undefined;
    if (own) return { file: path, start: own.start, end: own.start + own.value.length };
    const there = passed.from?.startsWith(".") && exportedPlace(host, relativePath(path, passed.from), passed.name, further);
    if (there) return there;
  }
  return undefined;
}

const makers = new Set(["function", "const", "let", "var", "class"]);

/** The name in `export async function* name`, `export const name`, `export class name`. */
function declaredAt(tokens: readonly Token[], start: number, name: string): Token | undefined {
  let at = start;
  if (tokens[at]?.value === "async") at++;
  if (!makers.has(tokens[at]?.value ?? "")) return undefined;
  at++;
  if (tokens[at]?.value === "*") at++;
  return tokens[at]?.kind === "word" && tokens[at]!.value === name ? tokens[at] : undefined;
}

/** A declaration of the file itself, which an export names elsewhere. */
function locally(tokens: readonly Token[], name: string): Token | undefined {
  for (const at of tokens.keys()) {
    const found = declaredAt(tokens, at, name);
    if (found) return found;
  }
  return undefined;
}

/** `export { a as name } from "./x.ts"`, `export { name }` and `export * from "./x.ts"`: the name there, and the file. */
function passedOn(tokens: readonly Token[], start: number, name: string): { name: string; from?: string } | undefined {
  if (tokens[start]?.value === "*")
    return tokens[start + 1]?.value === "from" && tokens[start + 2]?.kind === "text"
      ? { name, from: tokens[start + 2]!.value }
      : undefined;
  if (tokens[start]?.value !== "{") return undefined;
  const end = tokens.findIndex(({ value }, at) => at > start && value === "}");
  const at = tokens.findIndex(
    ({ kind, value }, i) => i > start && i < end && kind === "word" && value === name && tokens[i + 1]?.value !== "as",
  );
  if (at < 0) return undefined;
  const source = tokens[end + 1]?.value === "from" ? tokens[end + 2] : undefined;
  const there = tokens[at - 1]?.value === "as" ? tokens[at - 2]!.value : name;
  return { name: there, ...(source?.kind === "text" && { from: source.value }) };
}
