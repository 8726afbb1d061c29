/**
 * Documents from lines of JSON (`jsonl("docs.jsonl")`) and from folders as BEIR lays them out (`beir("data/scifact")`). A line that holds no document
 * is named with its number and passed over. It knows nothing of what is done with the documents.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { NeuroError } from "../../error.ts";
import { shown } from "../../files.ts";
import type { SourceDocument } from "./document.ts";
import { stampOf } from "./files.ts";
import type { DocumentSource, Skipped } from "./source.ts";

/** Longer lines are no documents; the number is far above any book. */
const longest = 64 * 1024 * 1024;

/** The documents of a file of JSON lines; the path is relative to `root`. */
export function records(path: string, { root }: { readonly root: string }): DocumentSource {
  return fromLines({ jsonl: path }, `jsonl("${path}")`, path, root);
}

/** The corpus of a folder in BEIR's layout: `corpus.jsonl` with `_id`, `title` and `text`. Throws `file_missing`. */
export function beirCorpus(folder: string, { root }: { readonly root: string }): DocumentSource {
  return fromLines({ beir: folder }, `beir("${folder}")`, join(folder, "corpus.jsonl"), root);
}

function fromLines(identity: Readonly<Record<string, unknown>>, name: string, path: string, root: string): DocumentSource {
  const file = join(root, path);
  return {
    identity,
    shown: name,
    async parts() {
      if (!existsSync(file) || !statSync(file).isFile()) {
        throw new NeuroError("file_missing", `${name} reads ${shown(file)}, and there is no such file.`, {
          where: shown(file),
          hint: "Paths are relative to the spec's folder.",
        });
      }
      return [{ path, ...stampOf(file), read: (signal) => read(file, path, signal) }];
    },
  };
}

async function* read(file: string, path: string, signal: AbortSignal | undefined): AsyncGenerator<SourceDocument | Skipped> {
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (number % 1000 === 0) signal?.throwIfAborted();
      const text = number === 1 ? line.replace(/^\ufeff/, "") : line;
      if (text.trim() !== "") yield documentOf(text, `${path}:${number}`, `${basename(path)}:${number}`);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    yield { path, why: code === "ENOENT" ? "it is gone" : message };
  } finally {
    lines.close();
  }
}

/** One line: an object with a text, whose name is its `id` or `_id`, or the line's own place. */
function documentOf(line: string, place: string, name: string): SourceDocument | Skipped {
  if (line.length > longest) return { path: place, why: `a line of more than ${longest / 1024 / 1024} MB` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { path: place, why: `not JSON: ${(error as Error).message.slice(0, 80)}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { path: place, why: "not an object" };
  const record = value as Record<string, unknown>;
  const [id, title, text] = [record.id ?? record._id, record.title ?? "", record.text ?? record.contents];
  if (typeof text !== "string") return { path: place, why: "it has no `text`" };
  if (typeof title !== "string") return { path: place, why: "its `title` is not a text" };
  if (id !== undefined && typeof id !== "string" && typeof id !== "number") return { path: place, why: "its `id` is no name" };
  if (text.trim() === "" && title.trim() === "") return { path: place, why: "empty" };
  const own = id === undefined ? name : String(id);
  const { url = own, language } = record;
  return {
    id: own,
    title: title.trim(),
    url: typeof url === "string" ? url : own,
    text: text.replace(/\r\n?/g, "\n").trim(),
    headings: [],
    ...(typeof language === "string" ? { language } : {}),
  };
}
