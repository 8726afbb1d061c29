/**
 * Files of weights are merged tensor by tensor: memory stays near one tensor of each model. The formulas are std's own merges, compiled for one
 * tensor; this composes them as each of mergekit's methods does. The result is written whole or not at all.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Device, ProgramSource } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { readText, shown, writeAtomically, writeStreamed } from "../files.ts";
import type { Progress } from "../progress.ts";
import { type Merger, mergerOf } from "../train/merges.ts";
import type { Stored } from "../weights/archive.ts";
import { newFolder } from "../weights/new-folder.ts";
import { begin, type Planned, type Streamed, storedBytes } from "../weights/safetensors.ts";
import { openWeights } from "../weights/shards.ts";
import { elements } from "../weights/tensors.ts";
import type { MergePlan, Method } from "./mergekit.ts";
import { checkParents, type Parent, parent } from "./parents.ts";
import { type Placed, placed } from "./placed.ts";

/** What a merge of files works with. */
export type MergeFiles = {
  /** Opened for merges that are more than passes over places. */
  readonly device: () => Promise<Device>;
  /** A merge of std.weights for a list of so many runs, compiled for one tensor. */
  readonly program: (name: string, runs: number) => ProgramSource;
  readonly progress: Progress;
  readonly seed: number;
  readonly signal?: AbortSignal;
};

/** What came of it. */
export type MergedFiles = { readonly path: string; readonly tensors: number; readonly weights: number; readonly layers: number };

/**
 * Merges as a plan says into the new folder `out`: `model.safetensors`, and what stands beside the base's weights (or the first model's). Model
 * paths are relative to `folder`. The folder appears when all of it is written. Throws `folder_exists`, `merge_differs`, `file_missing`, and what
 * reading and writing throw.
 */
export async function mergeFiles(plan: MergePlan, folder: string, out: string, work: MergeFiles): Promise<MergedFiles> {
  const names = new Set([
    ...(plan.base === undefined ? [] : [plan.base]),
    ...plan.slices.flatMap(({ sources }) => sources.map(({ model }) => model)),
  ]);
  const parents = new Map<string, Parent>();
  try {
    for (const name of names) {
      const hint = `Name a folder or a file of weights, not ${name}.`;
      parents.set(name, parent(name, openWeights(weightsAt(join(folder, name), name), hint)));
    }
    const lead = [...parents.values()][0]!;
    const cut = plan.slices.some(({ sources }) => sources.some(({ end }) => end !== undefined));
    checkParents([...parents.values()], cut);
    const { tensors, layers } = placed(plan, new Map([...parents].map(([name, { weights }]) => [name, weights.tensors])));
    await newFolder(out, async (fresh) => {
      const task = work.progress.task(`merge by ${plan.method}`, tensors.length, "tensors");
      const parts = merged(plan, tensors, parents, work, (done) => task.update(done));
      try {
        await writeStreamed(join(fresh, weightsFile), parts);
      } finally {
        task.end();
      }
      beside(lead, fresh, layers);
    });
    const weights = tensors.reduce((sum, { shape }) => sum + elements(shape), 0);
    return { path: join(out, weightsFile), tensors: tensors.length, weights, layers };
  } finally {
    for (const { weights } of parents.values()) weights.close();
  }
}

const weightsFile = "model.safetensors";

/** The weights of a model's folder, or the file itself. */
function weightsAt(path: string, name: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const found = ["model.safetensors.index.json", "model.safetensors", "pytorch_model.safetensors"]
    .map((file) => join(path, file))
    .find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new NeuroError("file_missing", `There is no model.safetensors in ${shown(path)}.`, {
    where: path,
    hint: `Put the safetensors of ${name} there; other formats become safetensors by \`neuroc import\`.`,
  });
}

async function* merged(
  plan: MergePlan,
  tensors: readonly Placed[],
  parents: ReadonlyMap<string, Parent>,
  work: MergeFiles,
  told: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  const planned = tensors.map((one): Planned & { readonly placed: Placed } => {
    const { name, shape } = one;
    return { name, shape, dtype: one.copied ? one.dtype : dtypeOf(plan, one), placed: one };
  });
  const { metadata } = [...parents.values()][0]!.weights;
  const { head, ordered } = begin(planned, { format: "pt", ...metadata });
  yield head;
  let done = 0;
  const mergers = new Map<string, Promise<Merger>>();
  for (const { name, placed: one } of ordered) {
    work.signal?.throwIfAborted();
    const stored = (part: { readonly model: string; readonly name: string }): Stored =>
      parents.get(part.model)!.weights.tensors.get(part.name)!;
    if (one.copied) yield stored(one.base ?? one.parts[0]!).bytes!();
    else {
      const value = await new Merging(plan.method, one, work, mergers).value((part) => stored(part).read());
      yield storedBytes(name, dtypeOf(plan, one), value);
    }
    told(++done);
  }
}

/** How a merged tensor is stored: as the plan says, or in the width that it had. */
const dtypeOf = (plan: MergePlan, { dtype }: Placed): Streamed["dtype"] =>
  plan.dtype ?? (dtype === "F16" || dtype === "BF16" ? dtype : "F32");

type Numbers = Readonly<Record<string, number | readonly number[]>>;

/** One tensor's way through a method. */
class Merging {
  #method: Method;
  #placed: Placed;
  #work: MergeFiles;
  #mergers: Map<string, Promise<Merger>>;

  constructor(method: Method, one: Placed, work: MergeFiles, mergers: Map<string, Promise<Merger>>) {
    this.#mergers = mergers;
    this.#method = method;
    this.#placed = one;
    this.#work = work;
  }

  async value(read: (part: { readonly model: string; readonly name: string }) => Float32Array): Promise<Float32Array> {
    const { parts, base, number } = this.#placed;
    const from = base ? read(base) : new Float32Array(0);
    const [first] = parts;
    // Nothing but the base is there to merge.
    if (first === undefined) return from;
    const shares = parts.map((part) => part.number("weight") ?? 1);
    const λ = number("lambda") ?? 1;
    switch (this.#method) {
      case "passthrough": {
        const scale = first.number("scale") ?? 1;
        return scale === 1 ? read(first) : read(first).map((x) => x * scale);
      }
      case "slerp":
        return this.#run("arc", { a: from, b: read(first) }, { t: number("t") ?? 0.5 });
      case "linear": {
        const runs = parts.map(read);
        if ((number("normalize") ?? 1) !== 0) return this.#of("soup", runs, undefined, { shares });
        return this.#of("task_arithmetic", runs, new Float32Array(runs[0]!.length), { shares, λ: 1 });
      }
      case "task_arithmetic":
        return this.#of("task_arithmetic", parts.map(read), from, { shares: this.#normalized(shares, 0), λ });
      case "ties": {
        const runs: Float32Array[] = [];
        for (const part of parts)
          runs.push(await this.#of("ties", [read(part)], from, { density: part.number("density") ?? 1, shares: 1, λ: 1 }));
        const whole = (number("normalize") ?? 1) !== 0;
        return whole ? this.#of("ties", runs, from, { density: 1, shares, λ }) : this.#of("elected", runs, from, { shares, λ });
      }
      default: {
        const runs: Float32Array[] = [];
        for (const [i, part] of parts.entries()) {
          const share = 1 - (part.number("density") ?? 1);
          runs.push(
            share === 0 ? read(part) : await this.#of("dare", [read(part)], from, { share, λ: 1, seed: this.#work.seed + i }),
          );
        }
        const by = this.#method === "dare_ties" ? "elected" : "task_arithmetic";
        return this.#of(by, runs, from, { shares: this.#normalized(shares, 0), λ });
      }
    }
  }

  /** Shares that add up to 1 where the plan says so. */
  #normalized(shares: readonly number[], otherwise: number): readonly number[] {
    const sum = shares.reduce((a, b) => a + b, 0);
    return (this.#placed.number("normalize") ?? otherwise) !== 0 && sum !== 0 ? shares.map((share) => share / sum) : shares;
  }

  #of(fn: string, runs: readonly Float32Array[], from: Float32Array | undefined, numbers: Numbers): Promise<Float32Array> {
    const given = Object.fromEntries(runs.map((run, i) => [`runs.${i + 1}`, run]));
    return this.#run(fn, { ...given, ...(from && { from }) }, numbers, runs.length);
  }

  async #run(fn: string, given: Readonly<Record<string, Float32Array>>, numbers: Numbers, runs = 0): Promise<Float32Array> {
    const key = `${fn} ${runs}`;
    const made = this.#mergers.get(key) ?? mergerOf(this.#work.program(fn, runs), this.#work.device);
    this.#mergers.set(key, made);
    const tensors = new Map(Object.entries(given));
    // What was read for this tensor is nobody else's, but the base is read by the next merge of it too.
    const own = [...tensors].find(([name]) => name !== "from")![1];
    return (await made)(this.#placed.name, tensors, numbers, own);
  }
}

/** Files of a model that say nothing of its weights' numbers; they go with the result. */
const companions = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "generation_config.json",
  "chat_template.jinja",
  "vocab.json",
  "merges.txt",
];

/** What stands beside the weights of the lead model; its config tells the new number of layers. */
function beside({ weights, config }: Parent, to: string, layers: number): void {
  const from = dirname(weights.path);
  for (const file of companions) if (existsSync(join(from, file))) writeAtomically(join(to, file), readText(join(from, file)));
  if (config === undefined) return;
  const told = "num_hidden_layers" in config ? { ...config, num_hidden_layers: layers } : config;
  writeAtomically(join(to, "config.json"), `${JSON.stringify(told, null, 2)}\n`);
}
