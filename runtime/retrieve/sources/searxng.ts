/**
 * `searxng("https://search.example")`: the web, asked through a SearXNG server's JSON (docs.searxng.org, Search API). What a page says of itself
 * in the results is the document; pages themselves are not read.
 */
import { NeuroError } from "../../error.ts";
import type { Doc } from "../../types.ts";
import type { Searchable } from "../searchable.ts";
import { addressOf, ask, jsonOf, secretOf } from "./request.ts";

/** `searxng(url, language: "en", engines: ["wikipedia"])` of a spec. */
export type SearxngSource = {
  readonly kind: "searxng";
  readonly url: string;
  readonly language: string;
  readonly engines: readonly string[];
  readonly key: string;
  readonly private: boolean;
};

/** Pages of results that are asked for at most. */
const pages = 5;

/** The web behind a server. Throws `source_address`; asking throws `secret_missing`, `source_misfit` and what `ask` throws. */
export function openSearxng(name: string, source: SearxngSource): Searchable {
  const base = addressOf(name, source.url);
  const page = async (question: string, number: number, signal: AbortSignal | undefined): Promise<Doc[]> => {
    const url = new URL(base);
    if (!/\/search\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/$/, "")}/search`;
    const { language, engines } = source;
    const asked = { q: question, format: "json", pageno: String(number), language, engines: engines.join(",") };
    for (const [field, value] of Object.entries(asked)) if (value !== "") url.searchParams.set(field, value);
    const secret = secretOf(name, source.key);
    const headers: Record<string, string> = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
    const reply = await ask({ name, url, headers, private: source.private, ...(signal && { signal }) }).catch(
      (error: unknown) => {
        // A server whose settings do not allow JSON says no more than that.
        if (!(error instanceof NeuroError) || !/status 403/.test(error.message)) throw error;
        throw new NeuroError("source_refused", error.message, {
          ...(error.where && { where: error.where }),
          hint: "Allow `json` among the `formats` of its settings.yml.",
        });
      },
    );
    return resultsOf(name, jsonOf(name, reply));
  };
  return {
    name,
    async lists(question, top, { signal } = {}) {
      const found = new Map<string, Doc>();
      for (let number = 1; number <= pages && found.size < top; number++) {
        const more = await page(question, number, signal);
        const before = found.size;
        for (const doc of more) if (!found.has(doc.id)) found.set(doc.id, doc);
        if (found.size === before) break;
      }
      return [[...found.values()].slice(0, top)];
    },
  };
}

function resultsOf(name: string, value: unknown): Doc[] {
  const { results } = (value ?? {}) as { results?: unknown };
  if (!Array.isArray(results)) {
    throw new NeuroError("source_misfit", `The source ${name} answered without \`results\`.`, {
      hint: "The address is that of a SearXNG server.",
    });
  }
  return results.flatMap((result: Record<string, unknown> | null): Doc[] => {
    const { url, title, content, score } = result ?? {};
    // A result is a page that a reader can open, nothing else.
    if (typeof url !== "string" || !/^https?:\/\//i.test(url)) return [];
    const text = plain(content);
    const named = plain(title);
    if (text === "" && named === "") return [];
    return [{ id: url, url, title: named || url, text, ...(typeof score === "number" && { score }) }];
  });
}

const plain = (value: unknown): string => (typeof value === "string" ? value.replace(/\s+/g, " ").trim() : "");
