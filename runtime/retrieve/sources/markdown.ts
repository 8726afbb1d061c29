/**
 * Markdown to plain text as a reader would say it: markup gone, wrapped lines joined, one line for each list item and table row (with the
 * column's name before each cell), code as it stands, headings on lines of their own and remembered with their anchors. It never fails:
 * what is no markup is text.
 */

import { anchorOf, type Heading, joinWrapped, type ReadText } from "./document.ts";
import { decodeEntities } from "./entities.ts";

type Out = { text: string; headings: Heading[]; anchors: Map<string, number>; title: string | undefined };

/** Reads one Markdown text (line breaks of any kind). */
export function readMarkdown(source: string): ReadText {
  const all = source.replace(/\r\n?/g, "\n").replace(/<!--[\s\S]*?(?:-->|$)/g, "");
  const front = frontOf(all);
  const lines = all.slice(front?.length ?? 0).split("\n");
  const out: Out = { text: "", headings: [], anchors: new Map(), title: front && field(front.fields, "title") };
  for (let i = 0; i < lines.length; ) i = block(lines, i, out);
  const language = front && field(front.fields, "lang(?:uage)?");
  return { title: out.title, text: out.text.trimEnd(), headings: out.headings, ...(language ? { language } : {}) };
}

/** Fields before the text, between lines of `---` (YAML) or `+++` (TOML). A rule that a text begins with is none: what follows it is no field. */
function frontOf(text: string): { readonly fields: string; readonly length: number } | undefined {
  const found = /^(---|\+\+\+)[ \t]*\n(?:([\s\S]*?)\n)?(?:\1|\.\.\.)[ \t]*(?:\n|$)/.exec(text);
  if (found === null) return undefined;
  const [all, , fields = ""] = found;
  const first = fields.trimStart().split("\n")[0]!;
  return first === "" || /^(?:#|["']?[\p{L}_][\p{L}\p{N}_ .-]*["']?[ \t]*[:=]|\[)/u.test(first)
    ? { fields, length: all.length }
    : undefined;
}

function field(front: string, name: string): string | undefined {
  const value = new RegExp(`^${name}[ \\t]*[:=][ \\t]*(.+)$`, "im").exec(front)?.[1]?.trim();
  return value?.replace(/^(["'])(.*)\1$/, "$2") || undefined;
}

const fence = /^ {0,3}(`{3,}|~{3,})/;
const atx = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const html = /^[ \t]*<h([1-6])\b[^>]{0,200}>(.{1,300}?)<\/h\1>[ \t]*$/i;
const rule = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const item = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/;
const separator = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const definition = /^ {0,3}\[(?!\^)[^\]]+\]:[ \t]*\S+/;
/** `[^1]: What a footnote says.` */
const footnote = /^ {0,3}\[\^[^\]]{1,100}\]:[ \t]*/;

/** Reads the block that begins on line `i`; returns the line after it. */
function block(lines: readonly string[], i: number, out: Out): number {
  const line = lines[i]!;
  if (line.trim() === "" || rule.test(line) || definition.test(line)) return i + 1;
  const opened = fence.exec(line);
  if (opened) return code(lines, i, opened[1]!, out);
  const tagged = html.exec(line);
  if (tagged) {
    addHeading(inline(tagged[2]!), Number(tagged[1]), out);
    return i + 1;
  }
  const heading = atx.exec(line);
  if (heading) {
    addHeading(inline(heading[2] ?? ""), heading[1]!.length, out);
    return i + 1;
  }
  if (line.includes("|") && separator.test(lines[i + 1] ?? "") && (lines[i + 1] ?? "").includes("-")) return table(lines, i, out);
  return paragraph(lines, i, out);
}

function code(lines: readonly string[], i: number, mark: string, out: Out): number {
  let end = i + 1;
  while (end < lines.length && !new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`).test(lines[end]!)) end += 1;
  add(lines.slice(i + 1, end).join("\n"), out);
  return end + 1;
}

/** `| Name | Oslo |` under `| | Country |` becomes `Name: Oslo; Country: Norway`, so that a row means something alone. */
function table(lines: readonly string[], i: number, out: Out): number {
  const head = cells(lines[i]!);
  const rows: string[] = [];
  let end = i + 2;
  for (; end < lines.length && lines[end]!.includes("|") && lines[end]!.trim() !== ""; end++) {
    const row = cells(lines[end]!).map((cell, column) => (cell === "" ? "" : head[column] ? `${head[column]}: ${cell}` : cell));
    rows.push(row.filter((cell) => cell !== "").join("; "));
  }
  add(rows.length > 0 ? rows.join("\n") : head.filter((cell) => cell !== "").join("; "), out);
  return end;
}

function cells(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => inline(cell.replaceAll("\\|", "|")).trim());
}

/** Prose, lists and quotes: items on lines of their own, wrapped lines joined; a line of `===` or `---` below makes a heading. */
function paragraph(lines: readonly string[], i: number, out: Out): number {
  const items: string[][] = [[]];
  let end = i;
  for (; end < lines.length; end++) {
    const line = lines[end]!.replace(/^(?:[ \t]*>[ \t]?)+/, "");
    if (line.trim() === "" || (end > i && (footnote.test(line) || atx.test(line) || fence.test(line) || html.test(line)))) break;
    const under = end > i && !item.test(lines[i]!) ? /^ {0,3}(=+|-+)[ \t]*$/.exec(line) : null;
    if (under && items.length === 1) {
      addHeading(inline(joinWrapped(items[0]!)), under[1]![0] === "=" ? 1 : 2, out);
      return end + 1;
    }
    if (rule.test(line)) break;
    if (item.test(line)) items.push([line.replace(item, "").replace(/^\[[ xX]\][ \t]+/, "")]);
    else items.at(-1)!.push(line.replace(footnote, ""));
    if (/(?: {2,}|\\)$/.test(line) || /<br[ \t]*\/?>[ \t]*$/i.test(line)) items.push([]);
  }
  const texts = items
    .map((wrapped) => inline(joinWrapped(wrapped.map((line) => line.replace(/\\$/, "")))))
    .filter((text) => text !== "");
  add(texts.join("\n"), out);
  return Math.max(end, i + 1);
}

function addHeading(text: string, level: number, out: Out): void {
  if (text === "") return;
  const anchor = anchorOf(text, out.anchors);
  // A heading that begins the document names it: it is the title, not a part of the text. So does the first of the first level, wherever.
  const first = out.headings.length === 0 && out.text === "";
  if (first || level === 1) out.title ??= text;
  if (first && out.title === text) return;
  out.headings.push({ at: out.text.length, level, text, anchor });
  add(text, out);
}

function add(text: string, out: Out): void {
  if (text.trim() !== "") out.text += `${text}\n\n`;
}

/** No prose has longer lines; what does (data in one line) is text as it stands, and costs no time. */
const longestLine = 20_000;

/** One line's markup as text. Code spans keep what they hold. */
export function inline(source: string): string {
  if (source.length > longestLine) return source;
  return source
    .split(/(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/)
    .map((part, i) => (i % 3 === 0 ? plain(part) : i % 3 === 2 ? part.trim() : ""))
    .join("")
    .replace(/[ \t]{2,}/g, " ")
    .trim();
}

function plain(source: string): string {
  const kept: string[] = [];
  const text = source
    .replace(/\\([!-/:-@[-`{-~])/g, (_, character: string) => `\u{e000}${kept.push(character) - 1}\u{e001}`)
    .replace(/<br[ \t]*\/?>/gi, " ")
    .replace(/!\[([^\]]{0,500})\](?:\([^()]{0,1000}(?:\([^()]{0,200}\)[^()]{0,200}){0,3}\)|\[[^\]]{0,200}\])/g, "$1")
    .replace(/\[\^[^\]]{1,100}\]/g, "")
    .replace(/\[([^\]]{0,500})\]\([^()]{0,1000}(?:\([^()]{0,200}\)[^()]{0,200}){0,3}\)/g, "$1")
    .replace(/\[([^\]]{1,500})\]\[[^\]]{0,200}\]/g, "$1")
    .replace(/<((?:https?|mailto):[^>\s]+)>/g, "$1")
    .replace(/<\/?[A-Za-z][^<>]*>/g, "")
    .replace(/(\*{1,3})(?=\S)([\s\S]*?\S)\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}_])(_{1,3})(?=\S)([\s\S]*?\S)\1(?![\p{L}\p{N}_])/gu, "$2")
    .replace(/~~(?=\S)([\s\S]*?\S)~~/g, "$1");
  return decodeEntities(text).replace(/\u{e000}(\d+)\u{e001}/gu, (_, at: string) => kept[Number(at)]!);
}
