/**
 * The text of an HTML page as a reader sees it: headings with their own anchors, paragraphs, items and rows; scripts, navigation, forms and what is
 * hidden are left out. parse5 reads what browsers read, so no markup whatever makes it fail.
 */
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { anchorOf, type Heading, type ReadText } from "./document.ts";

type Node = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.Document;
type Element = DefaultTreeAdapterTypes.Element;

const skipped = new Set(
  "head script style noscript template svg math nav form button select textarea input iframe object canvas audio video dialog menu".split(
    " ",
  ),
);
const blocks = new Set(
  "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr html li main ol p pre search section summary table tbody tfoot thead tr ul".split(
    " ",
  ),
);
/** Blocks that stand below each other without an empty line. */
const lines = new Set(["li", "tr", "dt", "dd"]);

/** Reads a page. */
export function readHtml(source: string): ReadText {
  const out = new Text();
  let title = "";
  let language = "";
  // A stack of its own: pages nest deeper than calls may.
  const stack: (Node | { readonly leave: Element })[] = [parse(closed(source)) as Node];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if ("leave" in node) {
      out.leave(node.leave);
      continue;
    }
    if (node.nodeName === "#text") out.add((node as DefaultTreeAdapterTypes.TextNode).value);
    if (!("childNodes" in node)) continue;
    const name = node.nodeName;
    // What a page says to who shows no frames is kept as a text of tags.
    if (name === "noframes") {
      stack.push(parse(node.childNodes.map((child) => ("value" in child ? child.value : "")).join("")) as Node);
      continue;
    }
    const attribute = (wanted: string) => ("attrs" in node ? node.attrs.find((one) => one.name === wanted)?.value : undefined);
    if (name === "html") language = attribute("lang") ?? "";
    if (name === "head") title = titleOf(node as Element);
    if (skipped.has(name) || attribute("hidden") !== undefined || attribute("aria-hidden") === "true") continue;
    if (name === "img") out.add(attribute("alt") ?? "");
    if (name === "br") out.line();
    if (/display:\s*none/.test(attribute("style") ?? "")) continue;
    out.enter(node as Element, attribute("id"));
    stack.push({ leave: node as Element }, ...[...node.childNodes].reverse());
  }
  const { text, headings } = out.end();
  const named = title.replace(/\s+/g, " ").trim();
  return { title: named || headings[0]?.text, text, headings, ...(language ? { language } : {}) };
}

/** Elements that end where they begin (`<script src="x"/>`), as XHTML may write them, with an end of their own: to HTML they would hold all that follows. */
function closed(source: string): string {
  if (!/^\ufeff?\s*<\?xml|<html[^>]{0,300}xmlns=/i.test(source.slice(0, 2_000))) return source;
  return source.replace(
    /<(script|style|title|textarea|iframe|noscript|noframes|div|span|p|a|td|li)\b([^<>]{0,2000}?)\/>/gi,
    "<$1$2></$1>",
  );
}

function titleOf(head: Element): string {
  const found = head.childNodes.find(({ nodeName }) => nodeName === "title") as Element | undefined;
  return (found?.childNodes ?? []).map((child) => ("value" in child ? child.value : "")).join("");
}

/** Text as it grows: words of a paragraph are gathered, and written when it ends. */
class Text {
  #text = "";
  #open = "";
  /** What separates the next paragraph from the last. */
  #between = "";
  #pre = 0;
  #cells = 0;
  #heads: string[] = [];
  #heading: { level: number; id: string | undefined } | undefined;
  readonly #headings: Heading[] = [];
  readonly #anchors = new Map<string, number>();

  add(words: string): void {
    this.#open += this.#pre > 0 ? words.replace(/[ \t]*\r?\n/g, "\n") : words.replace(/\s+/g, " ");
  }

  line(): void {
    this.#open = `${this.#open.trimEnd()}\n`;
  }

  enter({ tagName: name }: Element, id: string | undefined): void {
    if (name === undefined) return;
    if (blocks.has(name)) this.#close(lines.has(name) ? "\n" : "\n\n");
    if (name === "table") this.#heads = [];
    if (name === "tr") this.#cells = 0;
    if (name === "td" || name === "th") this.#cell(name);
    if (name === "pre") this.#pre += 1;
    if (/^h[1-6]$/.test(name)) this.#heading = { level: Number(name[1]), id };
  }

  leave({ tagName: name }: Element): void {
    if (name === undefined) return;
    if (name === "th") this.#head();
    if (blocks.has(name)) this.#close(lines.has(name) ? "\n" : "\n\n");
    if (name === "pre") this.#pre -= 1;
    if (/^h[1-6]$/.test(name)) this.#heading = undefined;
  }

  end(): { text: string; headings: readonly Heading[] } {
    this.#close("");
    return { text: this.#text, headings: this.#headings };
  }

  /** Cells stand on the line of their row, each behind the name of its column where a first row gave names. */
  #cell(name: string): void {
    this.#open = this.#cells > 0 ? `${this.#open.trimEnd()}; ` : this.#open;
    const head = name === "td" ? this.#heads[this.#cells] : undefined;
    if (head) this.#open += `${head}: `;
    this.#cells += 1;
  }

  #head(): void {
    if (this.#text.endsWith("\n") || this.#cells > this.#heads.length)
      this.#heads[this.#cells - 1] = this.#open.split("; ").at(-1)!.trim();
  }

  #close(between: string): void {
    const text =
      this.#pre > 0
        ? this.#open.replace(/^\n+|\s+$/g, "")
        : this.#open
            .replace(/[ \t]*\n[ \t]*/g, "\n")
            .replace(/ +/g, " ")
            .trim();
    this.#open = "";
    if (text !== "") {
      if (this.#text !== "") this.#text += this.#between;
      this.#between = "";
      const { level, id } = this.#heading ?? {};
      if (level !== undefined) {
        const made = anchorOf(text, this.#anchors);
        this.#headings.push({ at: this.#text.length, level, text: text.replace(/\s+/g, " "), anchor: id ?? made });
      }
      this.#text += text;
    }
    if (between.length > this.#between.length) this.#between = between;
  }
}
