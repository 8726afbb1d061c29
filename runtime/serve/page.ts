/** The files of the page, read once when the server starts: what is not in the list is not there, whatever a path says. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** One file as it is sent. */
export type PageFile = { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly tag: string };

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".ico": "image/x-icon",
};

/** Files by their path on the server, `/` being `index.html`; of kinds that a browser is sent. A folder that is not there has none. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of entriesOf(folder)) {
    const type = types[extname(entry)];
    if (type === undefined) continue;
    const bytes = new Uint8Array(readFileSync(join(folder, entry)));
    const file = { type, bytes, tag: `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"` };
    files.set(`/${entry.replaceAll("\\", "/")}`, file);
    if (entry === "index.html") files.set("/", file);
  }
  return files;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
}

/** What a browser may do with the page: nothing from elsewhere, nothing inline, in no frame. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};
