/** The exported functions of a TypeScript file, found without a type checker; what a file passes on from another is followed. */
import type { Host } from "../host.ts";
import { relativePath } from "../modules.ts";
import { skipAngles, type Token, tokenize } from "./tokens.ts";
import { type TsParameter, type TsType, TypeReader } from "./ts-type.ts";

/** A value without a signature that could be read has no `parameters`. */
export interface Exported {
  readonly parameters?: readonly TsParameter[];
  /** Absent where it is left to inference. */
  readonly result?: TsType;
}

const parsed = new WeakMap<Host, Map<string, readonly Token[]>>();

/** Tokens of a file, read once per host and text. */
function tokensOf(host: Host, path: string): readonly Token[] | undefined {
  const cache = parsed.get(host) ?? new Map<string, readonly Token[]>();
  parsed.set(host, cache);
  const text = host.read(path);
  if (text === undefined) return undefined;
  const key = `${path}\n${text}`;
  const known = cache.get(key);
  if (known) return known;
  const tokens = tokenize(text);
  cache.set(key, tokens);
  return tokens;
}

/** What `name` is when it is imported from the file at `path`; undefined when nothing of that name is exported. */
export function exportedAs(name: string, path: string, host: Host, seen: ReadonlySet<string> = new Set()): Exported | undefined {
  const tokens = tokensOf(host, path);
  if (!tokens || seen.has(path)) return undefined;
  const further = new Set([...seen, path]);
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]!.kind !== "word" || tokens[at]!.value !== "export") continue;
    const found = declared(tokens, at + 1, name) ?? passedOn(tokens, at + 1, name, path, host, further);
    if (found) return found;
  }
  return undefined;
}

const word = (tokens: readonly Token[], at: number, value: string): boolean =>
  tokens[at]?.kind === "word" && tokens[at].value === value;
const mark = (tokens: readonly Token[], at: number, value: string): boolean =>
  tokens[at]?.kind === "mark" && tokens[at].value === value;

/** `export function name(..)`, `export async function* name`, `export const name = (..) =>`. */
function declared(tokens: readonly Token[], start: number, name: string): Exported | undefined {
  let at = start;
  if (word(tokens, at, "async")) at++;
  if (word(tokens, at, "function")) {
    at++;
    if (mark(tokens, at, "*")) at++;
    return word(tokens, at, name) ? signatureAt(tokens, at + 1, ":") : undefined;
  }
  if (!word(tokens, at, "const") && !word(tokens, at, "let"))
    return word(tokens, at, "class") && word(tokens, at + 1, name) ? {} : undefined;
  if (!word(tokens, at + 1, name)) return undefined;
  return constantAt(tokens, at + 2);
}

function signatureAt(tokens: readonly Token[], start: number, before: string): Exported {
  const at = mark(tokens, start, "<") ? skipAngles(tokens, start) : start;
  const reader = new TypeReader(tokens, at);
  if (!reader.is("(")) return {};
  const parameters = reader.parameters();
  const result = reader.take(before) ? reader.type() : undefined;
  return { parameters, ...(result ? { result } : {}) };
}

/** `const f = async (a: A): R => ..`, or `const f: (a: A) => R = ..`. */
function constantAt(tokens: readonly Token[], start: number): Exported {
  if (mark(tokens, start, ":")) {
    const type = new TypeReader(tokens, start + 1).type();
    return type.kind === "function" ? { parameters: type.parameters, result: type.result } : {};
  }
  let at = start + 1;
  if (!mark(tokens, start, "=")) return {};
  if (word(tokens, at, "async")) at++;
  if (word(tokens, at, "function")) return signatureAt(tokens, tokens[at + 1]?.kind === "word" ? at + 2 : at + 1, ":");
  return mark(tokens, at, "(") || mark(tokens, at, "<") ? signatureAt(tokens, at, ":") : {};
}

/** `export { a, b as name } from "./x.ts"`, `export * from "./x.ts"`, or without `from` something declared above. */
function passedOn(
  tokens: readonly Token[],
  start: number,
  name: string,
  path: string,
  host: Host,
  seen: ReadonlySet<string>,
): Exported | undefined {
  if (mark(tokens, start, "*")) {
    const from = word(tokens, start + 1, "from") ? tokens[start + 2] : undefined;
    return from?.kind === "text" ? exportedAs(name, relativePath(path, from.value), host, seen) : undefined;
  }
  if (!mark(tokens, start, "{")) return undefined;
  let source: string | undefined;
  let at = start + 1;
  for (; at < tokens.length && !mark(tokens, at, "}"); at++) {
    if (tokens[at]!.kind !== "word" || word(tokens, at, "type")) continue;
    const original = tokens[at]!.value;
    const renamed = word(tokens, at + 1, "as") ? tokens[at + 2]?.value : undefined;
    if ((renamed ?? original) === name) source = original;
    if (renamed !== undefined) at += 2;
  }
  if (source === undefined) return undefined;
  const from = word(tokens, at + 1, "from") ? tokens[at + 2] : undefined;
  if (from?.kind === "text") return exportedAs(source, relativePath(path, from.value), host, seen);
  return localAs(tokens, source);
}

function localAs(tokens: readonly Token[], name: string): Exported {
  for (let at = 0; at < tokens.length; at++) {
    const found = tokens[at]!.kind === "word" ? declared(tokens, at, name) : undefined;
    if (found) return found;
  }
  return {};
}
