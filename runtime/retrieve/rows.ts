/** A document's passages as the rows that engines keep: where each stands, where a reader can check it, and the terms by which it is found. */

import type { TokenOffsets } from "../types.ts";
import { queryTerms, terms } from "./analysis/analyse.ts";
import { luceneEnglish } from "./analysis/lucene-english.ts";
import { cutDocument } from "./cut.ts";
import type { IndexSettings } from "./index-file.ts";
import { type DocumentPassage, titleWeight } from "./passages.ts";
import type { SourceDocument } from "./sources/document.ts";
import type { PassageRow } from "./store/store.ts";

/** The terms of a text for an index of these settings. */
function indexTerms(text: string, { language, analysis }: IndexSettings): string[] {
  return analysis === "lucene" ? luceneEnglish(text) : terms(text, language).map((term) => term.text);
}

/** The terms of a question, as often as it says them, for an index of these settings. */
export function questionTerms(text: string, { language, analysis }: IndexSettings): string[] {
  return analysis === "lucene" ? luceneEnglish(text) : queryTerms(text, language);
}

/** The terms of a title, as often as it counts, and of a text. */
export function documentTerms(title: string, text: string, settings: IndexSettings): string[] {
  const own = indexTerms(title, settings);
  return [...Array.from({ length: settings.title ?? titleWeight }, () => own).flat(), ...indexTerms(text, settings)];
}

/** The rows of a document, one for each passage. */
export function rowsOf(document: SourceDocument, settings: IndexSettings, offsets: TokenOffsets): PassageRow[] {
  const { title: weight = titleWeight } = settings;
  const own = indexTerms(document.title, settings);
  const title = Array.from({ length: weight }, () => own).flat();
  const cut = cutDocument(document, settings, offsets);
  return cut.map((passage, at) => {
    const text = document.text.slice(passage.start, passage.end);
    // The passage's own first heading stands in its text already.
    const above = passage.path.filter((one) => one.at < passage.start).flatMap((one) => indexTerms(one.text, settings));
    return {
      id: cut.length === 1 ? document.id : `${document.id}#${at + 1}`,
      document: document.id,
      title: document.title,
      url: placeOf(document, passage),
      text,
      start: passage.start,
      end: passage.end,
      language: document.language ?? "",
      terms: [...title, ...above, ...indexTerms(text, settings)].join(" "),
    };
  });
}

/** Where a reader finds a passage: the page that it begins on, or its heading. */
function placeOf({ url, pages }: SourceDocument, { start, path }: DocumentPassage): string {
  if (pages !== undefined) return `${url}#page=${Math.max(1, pages.filter((at) => at <= start).length)}`;
  const heading = path.at(-1);
  return heading === undefined ? url : `${url}#${heading.anchor}`;
}
