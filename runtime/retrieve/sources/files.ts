/**
 * `files("docs/**\/*.md")` of the language: the documents of a folder, one file at a time, in the order of their names. A file that cannot
 * be read is named and left out; it never stops the others. It does not know what is done with the documents.
 */

import { realpathSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, extname, join, resolve, sep } from "node:path";
import { glob } from "tinyglobby";
import { decodeText } from "./decode-text.ts";
import type { ReadText, SourceDocument } from "./document.ts";
import { readHtml } from "./html.ts";
import { readMarkdown } from "./markdown.ts";
import { readPdf } from "./pdf.ts";
import { readPlain } from "./plain.ts";
import type { DocumentSource, Skipped } from "./source.ts";

/** Larger files are no documents to read; the number is far above any book. */
const largest = 64 * 1024 * 1024;

/** What neuro itself writes beside a spec; read only by a pattern that names it. */
const ours = ["build/", "runs/", "weights/"];

/** The files under `root` that match `pattern` (several are separated by `,` outside braces), each one document. */
export function files(pattern: string, options: { readonly root: string }): DocumentSource {
  const { root } = options;
  const bases = basesOf(pattern, root);
  return {
    identity: { pattern },
    shown: `files("${pattern}")`,
    single: true,
    parts: async () =>
      (await paths(pattern, root)).map((path) => ({
        path,
        ...stampOf(join(root, path)),
        async *read() {
          const inside = isInside(join(root, path), bases);
          yield inside ? await readDocument(root, path) : { path, why: "a link that leads out of its folder" };
        },
      })),
  };
}

/** The folders that a pattern names before its first wildcard, and the spec's own. */
function basesOf(pattern: string, root: string): string[] {
  const named = pattern.split(/,(?![^{]*\})/).map((part) => resolve(root, part.trim().replace(/[^/]*[*?{[(!].*$/, "") || "."));
  return [root, ...named];
}

/** Whether a file lies in one of the folders, links followed: who may write documents may not have other files read. */
function isInside(file: string, bases: readonly string[]): boolean {
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  const own = real(file);
  return bases.map(real).some((base) => own === base || own.startsWith(base.endsWith(sep) ? base : `${base}${sep}`));
}

/** The relative paths that match, sorted. Hidden files, `node_modules` and builds are left out unless the pattern names them. */
export async function paths(pattern: string, root: string): Promise<string[]> {
  const patterns = pattern.split(/,(?![^{]*\})/).map((part) => part.trim().replaceAll("\\", "/"));
  const found = await glob(patterns, {
    cwd: root,
    ignore: [
      "**/node_modules/**",
      "**/.git/**",
      "**/.index/**",
      ...ours.filter((folder) => !patterns.some((one) => one.startsWith(folder))).map((folder) => `${folder}**`),
    ],
    onlyFiles: true,
    expandDirectories: false,
  });
  return found.map((path) => path.replaceAll("\\", "/")).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The stamp of a file: its size and time, which are cheaper to compare than what it holds. */
export function stampOf(file: string): { stamp?: string } {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? {} : { stamp: `${stat.size} ${Math.round(stat.mtimeMs)}` };
}

async function readDocument(root: string, path: string): Promise<SourceDocument | Skipped> {
  const bytes = await readBytes(join(root, path));
  if (typeof bytes === "string") return { path, why: bytes };
  const read = await readerOf(path)(bytes);
  if (typeof read === "string") return { path, why: read };
  const { title, text, headings, language, pages } = read;
  if (text === "" && title === undefined) return { path, why: "empty" };
  const name = basename(path, extname(path)).replaceAll(/[-_]+/g, " ").trim();
  const more = { ...(language ? { language } : {}), ...(pages ? { pages } : {}) };
  return { id: path, title: title ?? (name === "" ? path : name), url: path, text, headings, ...more };
}

async function readBytes(file: string): Promise<Uint8Array | string> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (size > largest) return `larger than ${largest / 1024 / 1024} MB`;
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { EACCES: "no permission to read it", EPERM: "no permission to read it", ENOENT: "it is gone" }[code ?? ""] ?? message;
  }
}

/** Reads bytes, or says why it cannot. */
type Reader = (bytes: Uint8Array) => ReadText | string | Promise<ReadText | string>;

function readerOf(path: string): Reader {
  const extension = extname(path).toLowerCase();
  if (extension === ".pdf") return readPdf;
  if (/^\.x?html?$/.test(extension)) return ofText(readHtml, charsetOf);
  return ofText(/^\.(md|markdown|mdx|mdown|mkd)$/.test(extension) ? readMarkdown : readPlain);
}

const ofText =
  (read: (text: string) => ReadText, charset: (bytes: Uint8Array) => string | undefined = () => undefined): Reader =>
  (bytes) => {
    const text = decodeText(bytes, charset(bytes));
    return text === undefined ? "not a text file" : read(text);
  };

/** The encoding that a page says it has, in its first kilobyte. */
const charsetOf = (bytes: Uint8Array): string | undefined =>
  /<meta[^>]+charset=["']?\s*([\w-]+)/i.exec(Buffer.from(bytes.subarray(0, 1024)).toString("latin1"))?.[1];
