/** Declarations of the whole workspace by parts of their names; parsing is enough for that. */
import type { Service } from "../service.ts";
import type { Place } from "../words.ts";
import { documentSymbols } from "./document-symbols.ts";

export interface Found {
  readonly name: string;
  readonly kind: string;
  readonly place: Place;
  /** The file, or the declaration that a case stands in. */
  readonly container?: string;
}

/** What has the letters of `query` in this order, whatever their case; the closest first. An empty query finds everything. */
export function workspaceSymbols(service: Service, query: string): Found[] {
  const found = service
    .specs()
    .flatMap((path) =>
      documentSymbols(service.parsed(path).tree).flatMap((symbol): Found[] => [
        { name: symbol.name, kind: symbol.kind, place: symbol.place, container: path },
        ...(symbol.children ?? [])
          .filter(({ kind }) => kind === "case")
          .map(({ name, kind, place }) => ({ name, kind, place, container: symbol.name })),
      ]),
    );
  const scored = found.flatMap((symbol) => {
    const score = closeness(symbol.name.toLowerCase(), query.toLowerCase());
    return score === undefined ? [] : [{ symbol, score }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ symbol }) => symbol);
}

/** How well a name answers a query: letters that follow one another, and a first letter that is the name's, say more. */
function closeness(name: string, query: string): number | undefined {
  let [score, at, run] = [0, 0, 0];
  for (const letter of query) {
    const found = name.indexOf(letter, at);
    if (found < 0) return undefined;
    run = found === at && at > 0 ? run + 1 : 1;
    score += run + (found === 0 ? 2 : 0);
    at = found + letter.length;
  }
  return score - (name.length - query.length) / 100;
}
