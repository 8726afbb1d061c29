/**
 * Documents from lines of JSON (`jsonl("docs.jsonl")`) and from folders as BEIR lays them out (`beir("data/scifact")`). A line that holds no document
 * is named with its number and passed over. It knows nothing of what is done with the documents.
 */
import { isUtf8 } from "node:buffer";
import { createReadStream, existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createGunzip } from "node:zlib";
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
  let number = 0;
  try {
    for await (const line of linesOf(file)) {
      number += 1;
      if (number % 1000 === 0) signal?.throwIfAborted();
      const place = `${path}:${number}`;
      if (line === tooLong) yield { path: place, why: `a line of more than ${longest / 1024 / 1024} MB` };
      else if (number === 1 && (line[0] === 0xff || line[0] === 0xfe)) {
        yield { path, why: "written in UTF-16: save it as UTF-8" };
        return;
      } else if (!isUtf8(line)) yield { path: place, why: "not UTF-8" };
      else {
        const text = line.toString("utf8").replace(/^\ufeff/, "");
        if (number === 1 && isList(text)) {
          yield { path, why: "a list of JSON over several lines: write each document on a line of its own" };
          return;
        }
        if (text.trim() !== "") yield documentOf(text, place, `${basename(path)}:${number}`);
      }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    yield { path, why: { ENOENT: "it is gone", EACCES: "no permission to read it" }[code] ?? message };
  }
}

/** Whether a file begins as one list of JSON does, which is no line of its own. */
const isList = (text: string): boolean => {
  if (!text.trimStart().startsWith("[")) return false;
  try {
    return !Array.isArray(JSON.parse(text));
  } catch {
    return true;
  }
};

/** Stands for a line that was not kept. */
const tooLong = Symbol("too long");

/** The lines of a file (`.gz` is unpacked) as bytes, without their ends. */
async function* linesOf(file: string): AsyncGenerator<Buffer | typeof tooLong> {
  const raw = createReadStream(file);
  const packed = file.endsWith(".gz");
  const source = packed ? raw.pipe(createGunzip()) : raw;
  // pipe() does not pass errors on.
  if (packed) raw.on("error", (error) => source.destroy(error));
  let open: Buffer[] = [];
  let size = 0;
  const take = (last: Buffer): Buffer | typeof tooLong => {
    const whole = size + last.length > longest ? tooLong : open.length === 0 ? last : Buffer.concat([...open, last]);
    [open, size] = [[], 0];
    return whole;
  };
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; from = end + 1, end = chunk.indexOf(10, from))
        yield take(chunk.subarray(from, end));
      size += chunk.length - from;
      // Of a line that is too long nothing needs to be held.
      if (size <= longest) open.push(chunk.subarray(from));
    }
    if (size > 0) yield take(Buffer.alloc(0));
  } finally {
    raw.destroy();
  }
}

/** One line: an object with a text, whose name is its `id` or `_id`, or the line's own place. */
function documentOf(line: string, place: string, name: string): SourceDocument | Skipped {
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
  const own = id === undefined || id === "" ? name : String(id);
  const { url = own, language } = record;
  return {
    id: own,
    title: title.trim(),
    url: typeof url === "string" ? url : own,
    // Half a character is none: engines keep what UTF-8 can write.
    text: text.toWellFormed().replace(/\r\n?/g, "\n").trim(),
    headings: [],
    ...(typeof language === "string" ? { language } : {}),
  };
}
