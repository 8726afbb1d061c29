/** What the TypeScript behind an extern says of itself: the comment above the function that the runtime exports under its name. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { packageRoot } from "../../cli/version.ts";

/** A file of the project and the comment, without its stars. */
export interface Behind {
  readonly file: string;
  readonly doc: string;
}

const texts = new Map<string, string>();
function read(file: string): string {
  const known = texts.get(file) ?? (existsSync(join(packageRoot, file)) ? readFileSync(join(packageRoot, file), "utf8") : "");
  texts.set(file, known);
  return known;
}

/** Finds the comment of an export, through the files that pass it on; undefined where there is none. */
export function behind(name: string, file = "runtime/index.ts", seen: ReadonlySet<string> = new Set()): Behind | undefined {
  if (seen.has(file)) return undefined;
  const text = read(file);
  const own = new RegExp(`/\\*\\*((?:[^*]|\\*(?!/))*)\\*/\\s*export (?:async )?(?:function\\*?|const|class) ${name}\\b`).exec(
    text,
  );
  if (own) return { file, doc: plain(own[1]!) };
  const further = new Set([...seen, file]);
  for (const [, names, from] of text.matchAll(/export (\{[^}]*\}|\*) from "(\.[^"]*)"/g)) {
    const inner = names === "*" ? name : originalOf(names!, name);
    const found = inner && behind(inner, posix.join(posix.dirname(file), from!), further);
    if (found) return found;
  }
  return undefined;
}

/** What `{ a, type B, c as d }` calls a name where it comes from. */
function originalOf(names: string, name: string): string | undefined {
  for (const each of names.replace(/[{}]/g, "").split(",")) {
    const [from, to] = each
      .trim()
      .replace(/^type /, "")
      .split(" as ");
    if ((to ?? from) === name) return from;
  }
  return undefined;
}

const plain = (comment: string): string => comment.replace(/^\s*\* ?/gm, "").trim();
