/** The index that the pages search without a network: every page, and every heading of a guide, made ready when the site is made. */
import MiniSearch from "minisearch";
import type { Guide } from "./guides.ts";
import type { Page } from "./page.ts";

/** A thing to be found. */
interface Entry {
  readonly id: number;
  readonly path: string;
  readonly title: string;
  readonly kind: string;
  readonly summary: string;
  readonly words: string;
}

/** What the index keeps of an entry, and how it reads one; `assets/page.js` opens it with the same. */
export const searchOptions = { fields: ["title", "summary", "words"], storeFields: ["path", "title", "kind", "summary"] };

const isGuide = (page: Page): page is Guide => "parts" in page;
const kept = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`);

function entriesOf(page: Page): Omit<Entry, "id">[] {
  const { path, title, kind, summary, words = "" } = page;
  const places = (page.places ?? []).map(({ id, title: place, words: own }) => ({
    path: `${path}#${id}`,
    title: place,
    kind: title,
    summary: kept(own, 160),
    words: own,
  }));
  if (!isGuide(page)) return [{ path, title, kind, summary: kept(summary, 160), words }, ...places];
  const headings = page.headings.filter(({ depth }) => depth > 1);
  const first = page.headings.find(({ depth }) => depth === 1);
  return [
    {
      path,
      title,
      kind,
      summary: kept(summary, 160),
      words: `${page.parts.get("") ?? ""} ${page.parts.get(first?.id ?? "") ?? ""}`,
    },
    ...headings.map(({ id, text }) => ({
      path: `${path}#${id}`,
      title: text,
      kind: title,
      summary: kept((page.parts.get(id) ?? "").slice(text.length).replace(/^\s*#\s*/, ""), 160),
      words: page.parts.get(id) ?? "",
    })),
  ];
}

/** The index as a script, so that a page opened from a folder may load it too. */
export function searchIndex(pages: readonly Page[]): string {
  const index = new MiniSearch<Entry>(searchOptions);
  index.addAll(
    pages
      .filter(({ kind }) => kind !== "text")
      .flatMap(entriesOf)
      .map((entry, id) => ({ id, ...entry })),
  );
  return `self.neuroIndex = ${JSON.stringify(JSON.stringify(index))};\nself.neuroSearch = ${JSON.stringify(searchOptions)};\n`;
}
