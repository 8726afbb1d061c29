/** A declaration as its first lines: what it is called, what it takes and gives, without its body and without comments. */
import type { Decl } from "../../grammar/index.ts";

/** `fn lerp(a: [..], b: [..], t: Float) -> [..]`; of a setting its record as well, when it is short. */
export function headline(node: Decl, text: string): string {
  const known = made.get(node);
  if (known !== undefined) return known;
  const line = make(node, text);
  made.set(node, line);
  return line;
}

/** A declaration that changes is another node, so a line that was made once holds. */
const made = new WeakMap<Decl, string>();

function make(node: Decl, text: string): string {
  const source = (from: number, to: number) => tidy(text.slice(from, to));
  if (node.kind === "Callable" || node.kind === "Architecture") {
    const params = node.params ?? [];
    const end = node.result?.span.end ?? closing(text, params.at(-1)?.span.end ?? node.name.span.end, node.params !== undefined);
    return source(node.span.start, end);
  }
  if (node.kind === "Model") return source(node.span.start, node.architecture.span.end);
  const whole = source(node.span.start, node.span.end);
  if (whole.length <= 160) return whole;
  if (node.kind === "Setting" && node.value) return source(node.span.start, node.value.span.start).replace(/\s*=$/, "");
  return `${whole.slice(0, 157)}...`;
}

/** Behind the bracket that closes the parameters. */
function closing(text: string, from: number, has: boolean): number {
  const at = has ? text.indexOf(")", from) : -1;
  return at < 0 ? from : at + 1;
}

const tidy = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/\s*\/\/.*$/, "").trim())
    .filter((line) => line !== "")
    .join(" ")
    .replaceAll("( ", "(")
    .replaceAll(" )", ")");

/** The first sentence of a documentation. */
export const firstSentence = (doc: string): string =>
  /^[\s\S]*?[.!?](?=\s|$)/.exec(doc.replaceAll("\n", " "))?.[0] ?? doc.replaceAll("\n", " ");
