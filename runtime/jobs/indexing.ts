/**
 * An index made by several: documents are read, cut and embedded by workers in parts, and put together here in the order that they have in their source,
 * so that the index is the one that is made without. Files are read by the workers; rows and lines are read here, once, and travel with their part.
 */
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import { settingsHash } from "../retrieve/index-file.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import { type IndexReport, type MakeIndex, makeIndex, toBeRead } from "../retrieve/make-index.ts";
import { documentHash, type Preparing, prepared, preparing } from "../retrieve/prepare.ts";
import type { SourceDocument } from "../retrieve/sources/document.ts";
import { isSkipped, type Skipped, type SourcePart } from "../retrieve/sources/source.ts";
import type { PassageRow } from "../retrieve/store/store.ts";
import type { BuildIndexOptions, IndexHandle } from "../system/indexes.ts";
import type { System } from "../system.ts";
import type { TokenOffsets } from "../types.ts";
import type { Divided, Jobs, Needs } from "./jobs.ts";
import { packed, unpacked } from "./packed.ts";
import type { Kind } from "./worker.ts";

/** Files of one part, and documents and letters of one that holds documents. */
const most = { files: 32, documents: 256, letters: 2 ** 20 };

/** What a part is told: files to be read, each with the stamp that it should have, or documents. */
type Given =
  | { readonly files: readonly (readonly [path: string, stamp: string])[] }
  | { readonly documents: readonly SourceDocument[] };

/** A document as a worker prepared it, or what was none. */
type Made = { readonly id: string; readonly hash: string; readonly rows: readonly PassageRow[] } | Skipped;

/** What a part gives: for each file, or for each document, what was made of it. */
type Result = readonly (readonly Made[])[];

/** A part of the source as it was planned: where each of its documents is prepared. */
type Planned = {
  readonly stamp: string | undefined;
  readonly entries: readonly (
    | Skipped
    | { readonly id: string; readonly hash: string }
    | { readonly part: number; readonly at: number }
  )[];
};

type Plan = {
  readonly planned: ReadonlyMap<string, Planned>;
  readonly parts: readonly { readonly size: number; readonly given: Uint8Array }[];
};

/**
 * Makes an index with the workers of its system. Throws what making it throws, what a part failed with after several tries, and `work_replaced` where the
 * same index is divided elsewhere meanwhile.
 */
export async function indexByJobs(
  jobs: Jobs,
  system: System,
  index: IndexHandle,
  options: BuildIndexOptions = {},
): Promise<IndexReport> {
  const { signal, fresh = false, progress } = options;
  const making: MakeIndex = { ...index.making(), fresh, ...(progress && { progress }), ...(signal && { signal }) };
  const plan = await planned(making, signal);
  if (plan.parts.length === 0) return makeIndex(making);
  const needs = await needsOf(system, making);
  const divided = await jobs.divide({
    system: system.name,
    kind: "index",
    name: index.name,
    needs,
    given: packed({}),
    parts: plan.parts,
  });
  const size = plan.parts.reduce((sum, part) => sum + part.size, 0);
  const task = progress?.task(`index ${index.name}`, size, making.source.single ? "files" : "documents");
  let asked = false;
  await divided.finished({
    ...(signal && { signal }),
    onProgress(done, _, taken) {
      if (!taken && !asked)
        progress?.note(
          `${plan.parts.length} parts wait for workers: run \`neuroc work\`, here or elsewhere, once or several times`,
        );
      asked = true;
      task?.update(done);
    },
  });
  task?.end();
  const report = await makeIndex({ ...making, prepare: assembling(plan, divided, making) });
  await divided.end();
  return report;
}

/** Divides what has to be read. */
async function planned(making: MakeIndex, signal: AbortSignal | undefined): Promise<Plan> {
  const { parts, known } = await toBeRead(making);
  return making.source.single ? filesPlanned(parts) : documentsPlanned(parts, known, signal);
}

/** Files by how many a part has; what is no file (a folder that may not be read) is told where the work is divided. */
function filesPlanned(all: readonly SourcePart[]): Plan {
  const parts = all.filter(({ stamp }) => stamp !== undefined);
  const planned = parts.map(({ path, stamp }, i): [string, Planned] => [
    path,
    { stamp, entries: [{ part: Math.floor(i / most.files), at: i % most.files }] },
  ]);
  const groups = Array.from({ length: Math.ceil(parts.length / most.files) }, (_, at) =>
    parts.slice(at * most.files, (at + 1) * most.files),
  );
  return {
    planned: new Map(planned),
    parts: groups.map((group) => ({
      size: group.length,
      given: packed({ files: group.map(({ path, stamp = "" }) => [path, stamp]) } satisfies Given),
    })),
  };
}

async function documentsPlanned(
  parts: readonly SourcePart[],
  known: (id: string) => string | undefined,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const planned = new Map<string, Planned>();
  const divided: { size: number; given: Uint8Array }[] = [];
  let documents: SourceDocument[] = [];
  let letters = 0;
  const close = () => {
    if (documents.length > 0) divided.push({ size: documents.length, given: packed({ documents } satisfies Given) });
    [documents, letters] = [[], 0];
  };
  for (const part of parts) {
    const entries: Planned["entries"][number][] = [];
    for await (const read of part.read(signal)) {
      signal?.throwIfAborted();
      if (isSkipped(read)) entries.push(read);
      else if (known(read.id) === documentHash(read)) entries.push({ id: read.id, hash: documentHash(read) });
      else {
        entries.push({ part: divided.length, at: documents.length });
        documents.push(read);
        letters += read.text.length;
        if (documents.length >= most.documents || letters >= most.letters) close();
      }
    }
    planned.set(part.path, { stamp: part.stamp, entries });
  }
  close();
  return { planned, parts: divided };
}

/** Gives what workers prepared, in the order of the source; what changed since it was divided is read here. */
function assembling({ planned }: Plan, divided: Divided, { settings, offsets }: MakeIndex): Preparing {
  let held: { part: number; result: Promise<Result> } | undefined;
  const resultOf = (part: number): Promise<Result> => {
    // Parts are asked for in order: only one is held.
    if (held?.part !== part) held = { part, result: divided.result(part).then((bytes) => unpacked<Result>(bytes)) };
    return held.result;
  };
  return async function* (part, signal) {
    const plan = planned.get(part.path);
    if (plan === undefined || plan.stamp !== part.stamp) {
      yield* preparing(settings, (await offsets?.()) ?? roughOffsets)(part, signal);
      return;
    }
    for (const entry of plan.entries) {
      if ("at" in entry) {
        for (const made of (await resultOf(entry.part))[entry.at]!)
          yield isSkipped(made) ? made : { id: made.id, hash: made.hash, rows: () => [...made.rows] };
      } else if (isSkipped(entry)) yield entry;
      // It is known by its hash, so nobody asks for its passages.
      else yield { ...entry, rows: () => [] };
    }
  };
}

async function needsOf({ manifest }: System, making: MakeIndex): Promise<Needs> {
  const { key } = await toKey(making);
  return {
    version: manifest.neuro,
    spec: sha256(canonicalJson(manifest.hashes)),
    index: settingsHash(making.source.identity, making.settings),
    weights: key,
  };
}

const toKey = async ({ embedder }: MakeIndex): Promise<{ key: string }> => ({
  key: await (embedder?.key() ?? Promise.resolve("")).catch((error: unknown) => {
    // Without weights an index is made without vectors.
    if (error instanceof NeuroError && error.code === "weights_missing") return "";
    throw error;
  }),
});

/** What a worker does of an index. */
export const indexKind: Kind = {
  async open(system, name) {
    const index = system.indexes().find((one) => one.name === name);
    if (index === undefined) throw new NeuroError("index_unknown", `there is no index ${name} in this spec`);
    const making = index.making();
    const needs = await needsOf(system, making);
    const offsets = (await making.offsets?.()) ?? roughOffsets;
    return {
      needs,
      async part(given, signal) {
        const told = unpacked<Given>(given);
        const made =
          "files" in told
            ? await readFiles(making, told.files, offsets, signal)
            : told.documents.map((read) => [madeOf(read, making, offsets)]);
        if (needs.weights === "" || making.embedder === undefined) return packed(made);
        return packed(await embedded(made, making.embedder, signal));
      },
    };
  },
};

type Fresh = { id: string; hash: string; rows: PassageRow[] } | Skipped;

function madeOf(read: SourceDocument, { settings }: MakeIndex, offsets: TokenOffsets): Fresh {
  const { id, hash, rows } = prepared(read, settings, offsets);
  return { id, hash, rows: rows() };
}

async function readFiles(
  making: MakeIndex,
  files: readonly (readonly [path: string, stamp: string])[],
  offsets: TokenOffsets,
  signal: AbortSignal,
): Promise<Fresh[][]> {
  const here = new Map((await making.source.parts()).map((part) => [part.path, part]));
  const made: Fresh[][] = [];
  for (const [path, stamp] of files) {
    signal.throwIfAborted();
    const part = here.get(path);
    // Times differ between machines that hold copies of a folder; sizes do not.
    const size = (of: string | undefined) => of?.split(" ")[0];
    if (part === undefined || size(part.stamp) !== size(stamp))
      throw new NeuroError("documents_differ", `The file ${path} is not here as it is where the work was divided.`, {
        hint: "Workers read the files themselves: let them see the same folder, or a copy of it.",
      });
    const own: Fresh[] = [];
    for await (const read of part.read(signal)) own.push(isSkipped(read) ? read : madeOf(read, making, offsets));
    made.push(own);
  }
  return made;
}

/** Gives every passage its vector. */
async function embedded(
  made: readonly Fresh[][],
  embedder: NonNullable<MakeIndex["embedder"]>,
  signal: AbortSignal,
): Promise<Result> {
  const rows = made.flat().flatMap((one) => (isSkipped(one) ? [] : one.rows));
  const vectors = await embedder.passages(
    rows.map(({ title, text }) => ({ title, text })),
    signal,
  );
  const vectorOf = new Map(rows.map((row, i) => [row, vectors[i]!]));
  return made.map((own) =>
    own.map((one) => (isSkipped(one) ? one : { ...one, rows: one.rows.map((row) => ({ ...row, vector: vectorOf.get(row)! })) })),
  );
}
