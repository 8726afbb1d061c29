/**
 * `files("docs/**\/*.md")` of the language: the documents of a folder, one file at a time, in the order of their names. A file that cannot
 * be read is named and left out; it never stops the others. It does not know what is done with the documents.
 */

import { lstatSync, readdir, realpathSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { glob } from "tinyglobby";
import { decodeText } from "./decode-text.ts";
import type { ReadText, SourceDocument } from "./document.ts";
import { readHtml } from "./html.ts";
import { readMarkdown } from "./markdown.ts";
import { readPdf } from "./pdf.ts";
import { readPlain } from "./plain.ts";
import type { DocumentSource, Skipped, SourcePart } from "./source.ts";

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
    async parts() {
      const { found, closed } = await listed(pattern, root);
      const told = (path: string, why: string): SourcePart => ({
        path,
        async *read() {
          yield { path, why };
        },
      });
      const here = once(found, root).map(({ path, as }): SourcePart => {
        if (as !== undefined) return told(path, `the same file as ${as}`);
        return {
          path,
          ...stampOf(join(root, path)),
          async *read() {
            const inside = isInside(join(root, path), bases);
            yield inside ? await readDocument(root, path) : { path, why: "a link that leads out of its folder" };
          },
        };
      });
      return [...here, ...once(closed, root).map(({ path }) => told(path, "no permission to read this folder"))];
    },
  };
}

/**
 * Each file under one name, its own where that is among them; a link to a file that is here, too, is told with its name. What lies below a link to a
 * folder that is here, too, is passed over: a folder that links to itself would be there many times.
 */
function once(found: readonly string[], root: string): { path: string; as?: string }[] {
  const home = realPath(root);
  const folders = new Map<string, string>();
  const folderOf = (path: string): string => {
    const name = dirname(path);
    const known = folders.get(name) ?? realPath(join(root, name));
    folders.set(name, known);
    return known;
  };
  const real = (path: string): string => {
    const file = join(folderOf(path), basename(path));
    return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ? realPath(file) : file;
  };
  const behindLink = (path: string): boolean => folderOf(path) !== join(home, dirname(path));
  const places = found.map((path) => ({ path, real: real(path) }));
  const order = ({ path, real }: { path: string; real: string }) => (join(home, path) === real ? 0 : behindLink(path) ? 2 : 1);
  const names = new Map<string, string>();
  for (const { path, real } of [...places].sort((a, b) => order(a) - order(b))) if (!names.has(real)) names.set(real, path);
  return places.flatMap(({ path, real }) => {
    const as = names.get(real)!;
    if (as === path) return [{ path }];
    return behindLink(path) ? [] : [{ path, as }];
  });
}

/** The folders that a pattern names before its first wildcard, and the spec's own. */
function basesOf(pattern: string, root: string): string[] {
  const named = pattern.split(/,(?![^{]*\})/).map((part) => resolve(root, part.trim().replace(/[^/]*[*?{[(!].*$/, "") || "."));
  return [root, ...named];
}

/** Whether a file lies in one of the folders, links followed: who may write documents may not have other files read. */
function isInside(file: string, bases: readonly string[]): boolean {
  const own = realPath(file);
  return bases.map(realPath).some((base) => own === base || own.startsWith(base.endsWith(sep) ? base : `${base}${sep}`));
}

/** Where a path leads, links followed; itself where it leads nowhere. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * The relative paths that match, sorted, and the folders on the way that nobody may look into. Hidden files, `node_modules` and builds are left out unless the
 * pattern names them.
 */
async function listed(pattern: string, root: string): Promise<{ found: string[]; closed: string[] }> {
  const closed = new Set<string>();
  const look = ((folder: string, options: object, done: (error: NodeJS.ErrnoException | null, found: never) => void) =>
    readdir(folder, options, (error, found) => {
      if (error?.code === "EACCES" || error?.code === "EPERM") closed.add(relative(root, folder).replaceAll("\\", "/"));
      done(error, found as never);
    })) as typeof readdir;
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
    fs: { readdir: look },
  });
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return { found: found.map((path) => path.replaceAll("\\", "/")).sort(byName), closed: [...closed].sort(byName) };
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
    return typeof text === "string" ? read(text) : text.why;
  };

/** The encoding that a page says it has, in its first kilobyte. */
const charsetOf = (bytes: Uint8Array): string | undefined =>
  /<meta[^>]+charset=["']?\s*([\w-]+)/i.exec(Buffer.from(bytes.subarray(0, 1024)).toString("latin1"))?.[1];
