/**
 * A build as a running system: handles for what the spec declares, found lazily, so that a pipeline that only quotes never opens a device, and
 * `neuroc index` never reads weights. Everything is relative to the spec's folder, two levels above the build.
 */

import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Dataset, openDataset, type RowSource } from "./data/dataset.ts";
import type { Shape } from "./data/shape.ts";
import type { LocalModel } from "./decode/local-model.ts";
import type { Device } from "./device/device.ts";
import { NeuroError } from "./error.ts";
import type { Evaluation } from "./evaluate/evaluation.ts";
import type { EvalSpec } from "./evaluate/spec.ts";
import { canonicalJson, sha256 } from "./files.ts";
import { type Measure, Measures } from "./measure/measure.ts";
import type { Measured } from "./measure/results.ts";
import { type Pipeline, pipelineOf } from "./pipeline/pipeline.ts";
import type { Run } from "./pipeline/run.ts";
import { openProgress } from "./progress.ts";
import { roughOffsets } from "./retrieve/infocontext.ts";
import type { ToolForm } from "./retrieve/sources/tool.ts";
import { type Reward, type RewardFacts, type RewardTools, rewardOf } from "./reward/reward.ts";
import { type ServerHandle, type ServerSpec, serverHandle } from "./serve/server.ts";
import { type Embedding, embedderOf, embedding } from "./system/embedders.ts";
import { evalHandle } from "./system/evals.ts";
import { type IndexHandle, type IndexSpec, indexHandle } from "./system/indexes.ts";
import { type Manifest, readManifest } from "./system/manifest.ts";
import { type ModelHandle, type ModelPlace, type ModelSpec, modelHandle, programOf, publishedOf } from "./system/models.ts";
import { type SourceHandle, sourceHandle, type ToolHandle, toolHandle } from "./system/sources.ts";
import { type TokenizerHandle, type TokenizerSettings, tokenizerHandle } from "./system/tokenizers.ts";
import { type Trees, type TreesSpec, treesHandle } from "./system/trees.ts";
import { remembered } from "./text/remembered.ts";
import type { Tokenizer } from "./text/tokenizer.ts";
import { type Recipe, recipeOf } from "./train/recipe.ts";
import type { Run as RecipeRun } from "./train/run.ts";
import type { CallOptions, DeviceName, TokenOffsets } from "./types.ts";

/** How a system is opened. */
export type SystemOptions = {
  /** The device when a call names none; `NEURO_DEVICE`, then `auto`. */
  readonly device?: DeviceName;
};

/** What a build's `index.ts` is made of, and what the command line asks it. */
export type System = {
  readonly name: string;
  /** The spec's folder. */
  readonly root: string;
  readonly manifest: Manifest;
  source(name: string, description: unknown): SourceHandle;
  /** A source with parameters. */
  tool<A extends readonly unknown[], R>(name: string, description: unknown, form: ToolForm): ToolHandle<A, R>;
  index(name: string, spec: IndexSpec): IndexHandle;
  trees(name: string, spec: TreesSpec): Trees;
  tokenizer(name: string, settings: TokenizerSettings): TokenizerHandle;
  model(name: string, spec: ModelSpec): ModelHandle;
  dataset(name: string, make: () => RowSource | Promise<RowSource>, shape?: Shape): Dataset;
  pipeline<A extends readonly unknown[], R>(
    name: string,
    where: string,
    body: (run: Run, ...args: A) => Promise<R>,
  ): Pipeline<A, R>;
  reward<R>(name: string, where: string, body: (row: R, tools: RewardTools) => Promise<number>, facts?: RewardFacts): Reward<R>;
  /** What host code asks of models: a number, or one for each case of an enumeration. */
  measure: Measure;
  recipe(name: string, where: string, body: (run: RecipeRun) => Promise<unknown>): Recipe;
  server(name: string, where: string, spec: ServerSpec): ServerHandle;
  eval(name: string, where: string, spec: EvalSpec): Evaluation;
  /** What was declared so far, in order. */
  indexes(): IndexHandle[];
  models(): ModelHandle[];
  forests(): Trees[];
  pipelines(): Pipeline[];
  recipes(): Recipe[];
  servers(): ServerHandle[];
  evals(): Evaluation[];
  /** Opens a device once; later calls get the same. */
  device(name?: DeviceName): Promise<Device>;
  /** Closes indexes and devices. */
  close(): Promise<void>;
};

/**
 * Opens the build that a module belongs to (`import.meta.url` of its index), or that lies in a folder. Reads its manifest and nothing else.
 * Throws `build_foreign`, `file_missing`.
 */
export async function openSystem(at: string, options: SystemOptions = {}): Promise<System> {
  const build = at.startsWith("file:") ? dirname(fileURLToPath(at)) : resolve(at);
  const manifest = readManifest(build);
  const root = resolve(build, "..", "..");
  const devices = deviceCache(options.device);
  const declared: Declared = { indexes: [], forests: [], models: [], pipelines: [], recipes: [], servers: [], evals: [] };
  const defaults: CallOptions = { device: devices.chosen };
  const device = () => devices.open(devices.chosen);
  const measures = new Measures({
    measures: manifest.measures ?? {},
    program: (name) => programOf({ manifest, build }, name),
    device,
    published: publishedOf,
  });
  const offsets = (by: unknown) => offsetsOf(by === undefined ? declared.models : [by as ModelHandle]);
  const measure: Measure = (...asked) => measures.measure(...asked) as Promise<Measured>;
  const kept = <T>(kind: keyof Declared, handle: T): T => {
    (declared[kind] as unknown[]).push(handle);
    return handle;
  };
  const self = (): System => system;
  const system: System = {
    name: manifest.name,
    root,
    manifest,
    source: (name, description) => sourceHandle(name, description, root),
    tool: (name, description, form) => toolHandle(name, description, form),
    index: (name, spec) => kept("indexes", indexHandle(name, spec, { root, embedder: embedderOf, offsets })),
    trees: (name, spec) => kept("forests", treesHandle(name, spec, root)),
    tokenizer: (name, settings) => tokenizerHandle(name, settings, root),
    model: (name, spec) =>
      kept("models", embedding(modelHandle(name, spec, { manifest, build, root, device: devices.open }), device)),
    dataset: (name, make, shape) => openDataset(name, make, root, shape),
    pipeline: (name, where, body) =>
      kept("pipelines", pipelineOf(name, where, body, { offsets: () => offsetsOf(declared.models), defaults })),
    measure,
    reward: (name, where, body, facts) => rewardOf(name, where, body, defaults, facts),
    recipe(name, where, body) {
      const spec = sha256(canonicalJson(manifest.hashes));
      const asker = { measure, published: publishedOf };
      const host = { root, spec, local: localOf, device: devices.open, merges: mergesOf({ manifest, build }), asker };
      return kept("recipes", shownRecipe(recipeOf(name, where, body, host), devices.chosen, manifest));
    },
    server: (name, where, spec) => kept("servers", serverHandle(name, where, spec, self)),
    eval(name, where, spec) {
      const { indexes, models, forests } = system;
      return kept("evals", evalHandle(name, where, spec, { root, manifest, indexes, models, forests }));
    },
    ...listsOf(declared),
    device: (name) => devices.open(name ?? devices.chosen),
    async close() {
      for (const index of declared.indexes) index.close();
      for (const { embedder } of declared.models as readonly (ModelHandle & Embedding)[]) embedder?.close();
      measures.close();
      await devices.close();
    },
  };
  return system;
}

/** The programs of a merge: one for each number of runs that the build knows of. */
const mergesOf = (place: Pick<ModelPlace, "manifest" | "build">) => (name: string) =>
  Object.keys(place.manifest.programs)
    .filter((built) => built === `merge.${name}` || built.startsWith(`merge.${name}.`))
    .map((built) => programOf(place, built)!.program);

/** What was declared so far, each kind as a list of its own. */
const listsOf = (declared: Declared) => ({
  indexes: () => [...declared.indexes],
  models: () => [...declared.models],
  forests: () => [...declared.forests],
  pipelines: () => [...declared.pipelines],
  recipes: () => [...declared.recipes],
  servers: () => [...declared.servers],
  evals: () => [...declared.evals],
});

type Declared = {
  indexes: IndexHandle[];
  models: ModelHandle[];
  forests: Trees[];
  pipelines: Pipeline[];
  recipes: Recipe[];
  servers: ServerHandle[];
  evals: Evaluation[];
};

function deviceCache(wanted: DeviceName | undefined) {
  const open = new Map<DeviceName, Promise<Device>>();
  const names: readonly string[] = ["auto", "cpu", "webgpu", "interp"];
  const environment = process.env.NEURO_DEVICE;
  const chosen = wanted ?? (environment !== undefined && names.includes(environment) ? (environment as DeviceName) : "auto");
  return {
    chosen,
    open(name: DeviceName): Promise<Device> {
      const known = open.get(name) ?? import("./device/open.ts").then(({ openDevice }) => openDevice(name));
      open.set(name, known);
      known.catch(() => open.delete(name));
      return known;
    },
    async close() {
      for (const device of open.values()) await (await device).close();
      open.clear();
    },
  };
}

/** Tokens are counted as the build's local model counts them, when there is one and its tokenizer can be read. */
async function offsetsOf(models: readonly ModelHandle[]): Promise<TokenOffsets> {
  const local = models.find((model) => model.local !== undefined)?.local;
  if (local === undefined) return roughOffsets;
  const tokenizer = await local.tokenizer();
  const known = counted.get(tokenizer) ?? remembered((text) => tokenizer.offsets(text));
  counted.set(tokenizer, known);
  return known;
}

/** Searches find the same documents again and again. */
const counted = new WeakMap<Tokenizer, TokenOffsets>();

function localOf(handle: unknown): LocalModel {
  const { local, name } = (handle ?? {}) as Partial<ModelHandle>;
  if (local !== undefined) return local;
  throw new NeuroError("remote_model", `The model ${name ?? "given"} has no weights here to train.`, {
    hint: "Train a model that is not `remote`.",
  });
}

/** A recipe that shows its progress, unless it is told where to. A build that only answers has no programs for it, and says so. */
function shownRecipe(recipe: Recipe, device: DeviceName, { name, trains }: Manifest): Recipe {
  return {
    ...recipe,
    async run(options = {}) {
      if (trains === false)
        throw new NeuroError("build_only_answers", `The build of ${name} was made to answer: it has no programs that train.`, {
          hint: "Run `neuroc build`, or `neuroc train`, which makes them.",
        });
      const progress = options.progress ?? openProgress();
      try {
        return await recipe.run({ device, ...options, progress });
      } finally {
        if (options.progress === undefined) progress.close();
      }
    },
  };
}
