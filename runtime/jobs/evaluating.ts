/**
 * An eval whose questions are asked by several: workers ask some each, of all of its systems, and what they were told stands in its journal as if it had
 * been asked here; scores, tables and files are made here. Times of answers are those of the workers.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import {
  type Answered,
  type EvalOptions,
  type EvalReport,
  type Evaluation,
  evaluate,
  type Rows,
  someQuestions,
} from "../evaluate/index.ts";
import type { Question } from "../evaluate/spec.ts";
import { canonicalJson, sha256 } from "../files.ts";
import { readIndexFile } from "../retrieve/index-file.ts";
import { publishedOf } from "../system/models.ts";
import type { System } from "../system.ts";
import type { DeviceName } from "../types.ts";
import type { Jobs, Needs } from "./jobs.ts";
import { packed, unpacked } from "./packed.ts";
import type { Kind } from "./worker.ts";

/** Questions of one part at most, and into how many parts an eval is divided at least where it has so many. */
const most = 50;
const least = 16;

/** What every part of an eval is told. */
type Given = { readonly limit?: number; readonly device?: DeviceName; readonly rows?: readonly unknown[] };

/**
 * Runs an eval with the workers of its system. Throws what running it throws, what a part failed with after several tries, and `work_replaced` where the
 * same eval is divided elsewhere meanwhile.
 */
export async function evaluateByJobs(
  jobs: Jobs,
  system: System,
  one: Evaluation,
  options: EvalOptions = {},
): Promise<EvalReport> {
  const { limit, device, rows, progress, signal } = options;
  // Rows that are given are read once: workers need not have their file.
  const own = rows === undefined ? undefined : await Array.fromAsync(rows as AsyncIterable<unknown>);
  const given: Given = { ...(limit !== undefined && { limit }), ...(device && { device }), ...(own && { rows: own }) };
  return evaluate([one], {
    ...options,
    ...(own && { rows: own }),
    async *elsewhere({ questions }, lacking) {
      const size = Math.max(1, Math.min(most, Math.ceil(lacking.length / least)));
      const parts = Array.from({ length: Math.ceil(lacking.length / size) }, (_, at) =>
        lacking.slice(at * size, (at + 1) * size),
      );
      const divided = await jobs.divide({
        system: system.name,
        kind: "eval",
        name: one.name,
        needs: await needsOf(system, questions),
        given: packed(given),
        parts: parts.map((places) => ({ size: places.length, given: packed(places) })),
      });
      const task = progress?.task(`eval ${one.name}`, lacking.length, "questions");
      let asked = false;
      await divided.finished({
        ...(signal && { signal }),
        onProgress(done, _, taken) {
          if (!taken && !asked)
            progress?.note(
              `${parts.length} parts wait for workers: run \`neuroc work\`, here or elsewhere, once or several times`,
            );
          asked = true;
          task?.update(done);
        },
      });
      task?.end();
      for (const part of parts.keys()) yield* unpacked<Answered[]>(await divided.result(part));
      await divided.end();
    },
  });
}

/** What a worker does of an eval. */
export const evalKind: Kind = {
  async open(system, name, bytes) {
    const one = system.evals().find((own) => own.name === name);
    if (one === undefined) throw new NeuroError("eval_unknown", `there is no eval ${name} in this spec`);
    const { rows, ...given } = unpacked<Given>(bytes);
    const opened = await someQuestions(one, { ...given, ...(rows && { rows: rows as Rows }) });
    return {
      needs: await needsOf(system, opened.questions),
      part: async (places, signal) => packed(await opened.ask(unpacked<number[]>(places), signal)),
    };
  },
};

async function needsOf(system: System, questions: readonly Question[]): Promise<Needs> {
  const weights = await Promise.all(
    system.models().map(async (model) => (model.local === undefined ? (model.key ?? "") : hashOf(model))),
  );
  return {
    version: system.manifest.neuro,
    spec: sha256(canonicalJson(system.manifest.hashes)),
    questions: sha256(canonicalJson(questions)),
    index: sha256(canonicalJson(system.indexes().map(({ name }) => heldBy(system, name)))),
    weights: sha256(canonicalJson(weights)),
  };
}

async function hashOf(model: ReturnType<System["models"]>[number]): Promise<string> {
  try {
    return (await publishedOf(model)).hash;
  } catch (error) {
    if (error instanceof NeuroError) return error.code;
    throw error;
  }
}

/** What an index holds: the hashes of its documents, not when or where it was made. */
function heldBy({ root }: System, name: string): unknown {
  const folder = join(root, ".index", name);
  if (statSync(join(folder, "index.json"), { throwIfNoEntry: false }) === undefined) return "";
  const { settings, documents, vectors } = readIndexFile(folder, name);
  return [settings, Object.entries(documents).map(([id, { hash }]) => [id, hash]), vectors?.key ?? ""];
}
