/** The sources of a spec: what `files("docs/**\/*.md")` describes, and reading its documents one by one. */

import { createHash } from "node:crypto";
import { NeuroError } from "../error.ts";
import { canonicalJson } from "../files.ts";
import { isSkipped, files as openFiles } from "../retrieve/sources/files.ts";
import type { Doc } from "../types.ts";

/** `files("docs/**\/*.md")` of a spec. */
export type FilesSource = { readonly kind: "files"; readonly glob: string };

/** The files below the spec's folder that match a pattern; several patterns are separated by commas. */
export function files(glob: string): FilesSource {
  return { kind: "files", glob };
}

/** A source of the system: its documents, each pass reading them anew. */
export type SourceHandle = AsyncIterable<Doc> & {
  readonly name: string;
  readonly pattern: string;
  /** What its documents say, as a hash. */
  identity(): Promise<string>;
};

/** The handle of a declared source; `root` is the spec's folder. Throws `source_unknown` for a kind that this version cannot read. */
export function sourceHandle(name: string, description: unknown, root: string): SourceHandle {
  const pattern = patternOf(description);
  if (pattern === undefined) {
    throw new NeuroError("source_unknown", `The source ${name} is of a kind that cannot be read yet.`, {
      hint: 'Write `files("docs/**/*.md")`.',
    });
  }
  return {
    name,
    pattern,
    async identity() {
      const hash = createHash("sha256");
      for await (const doc of this) hash.update(canonicalJson([doc.id, doc.title, doc.text]));
      return hash.digest("hex");
    },
    async *[Symbol.asyncIterator]() {
      const source = openFiles(pattern, { root });
      for (const path of await source.paths()) {
        const read = await source.read(path);
        if (isSkipped(read)) continue;
        const { id, title, url, text, language } = read;
        yield { id, title, url, text, ...(language ? { language } : {}) };
      }
    },
  };
}

function patternOf(description: unknown): string | undefined {
  if (typeof description !== "object" || description === null) return undefined;
  const { kind, glob, pattern, path } = description as Record<string, unknown>;
  const named = glob ?? pattern ?? path;
  return kind === "files" && typeof named === "string" ? named : undefined;
}
