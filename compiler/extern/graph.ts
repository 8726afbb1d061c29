/**
 * The files behind an extern: the one that is named and whatever it imports by a relative path, whose change changes what it gives. Packages and
 * types are left out: packages are the lock file's, and types are gone when it runs.
 */
import type { Declaration } from "../declarations.ts";
import type { Host } from "../host.ts";
import { relativePath } from "../modules.ts";
import { tokenize } from "./tokens.ts";

/** The file of one's own that an extern names, by its path; undefined where a package is named, or nothing. */
export function fileBehind({ node, module }: Pick<Declaration, "node" | "module">): string | undefined {
  if ((node.kind !== "Callable" && node.kind !== "Setting") || !node.from) return undefined;
  const written = node.from.parts.map((part) => (part.kind === "Chunk" ? part.text : "")).join("");
  return written.startsWith(".") ? relativePath(module.path, written) : undefined;
}

/** A hash of the file and of all that it reaches, equal for equal texts in equal places; that of the text alone where it imports nothing of its own. */
export function hashOfFile(host: Host, path: string): string | undefined {
  const texts = new Map<string, string | undefined>();
  const queue = [path];
  for (let at = 0; at < queue.length; at++) {
    const file = queue[at]!;
    if (texts.has(file)) continue;
    const text = host.read(file);
    texts.set(file, text);
    if (text !== undefined) queue.push(...importsOf(text).map((one) => relativePath(file, one)));
  }
  const own = texts.get(path);
  if (own === undefined || texts.size === 1) return own === undefined ? undefined : host.hash(own);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  // Where the spec lies decides nothing: places are told from the file's own folder.
  const placed = [...texts].map(([file, text]) => [file.startsWith(folder) ? file.slice(folder.length) : file, text ?? null]);
  return host.hash(JSON.stringify(placed.sort(([a], [b]) => (a! < b! ? -1 : 1))));
}

/** What a module's text imports or exports anew by a relative path; types alone are passed over. */
function importsOf(text: string): string[] {
  const tokens = tokenize(text);
  const found: string[] = [];
  for (const [i, { kind, value }] of tokens.entries()) {
    if (kind !== "text" || !/^\.{1,2}\//.test(value)) continue;
    const before = tokens[i - 1]?.value;
    if (before === "from" && !isTypesAlone(tokens, i)) found.push(value);
    // `import "./x.ts"`, and `import("./x.ts")` with a text that is written out.
    else if (before === "import" || (before === "(" && tokens[i - 2]?.value === "import")) found.push(value);
  }
  return found;
}

/** Whether the statement that ends in this `from` begins with `import type` or `export type`. */
function isTypesAlone(tokens: ReturnType<typeof tokenize>, end: number): boolean {
  for (let i = end - 1; i >= 0; i--) {
    const { kind, value } = tokens[i]!;
    if (kind === "word" && (value === "import" || value === "export"))
      return tokens[i + 1]?.value === "type" && tokens[i + 2]?.value !== "from";
  }
  return false;
}
