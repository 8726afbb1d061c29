/**
 * What a recipe's body is given: every `fit`, merge and step is durable under its key, so that a killed run goes on where it was and an
 * edit reruns only what depends on it. Knows nothing of command lines or of what the functions do that it is handed.
 */
import { basename, join } from "node:path";
import { Dataset, openDataset } from "../data/dataset.ts";
import { Drawn, readingOf } from "../data/drawn.ts";
import type { LocalModel } from "../decode/local-model.ts";
import type { Device, ProgramSource } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { type Asker, RunAsking } from "../measure/asking.ts";
import { heard } from "../notes.ts";
import { duration, type Progress } from "../progress.ts";
import type { Seed } from "../random.ts";
import { inStep, readerOf } from "../step.ts";
import { isTrees, publishTrees, type Trees } from "../system/trees.ts";
import { isLearned, type Learned, TreesVersion } from "../trees/learned.ts";
import { initialise } from "../weights/initialise.ts";
import { type Lineage, lineagePath, type Origin, writeLineage } from "../weights/lineage.ts";
import { loadWeights } from "../weights/load.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { hashWeights } from "../weights/tensors.ts";
import { forgetRows, made, stopped } from "./collect.ts";
import { evaluate, type Measured } from "./evaluate.ts";
import { type FitJob, type Fitted, forgetCheckpoint, fit as learn } from "./fit.ts";
import { filterJournal, Journal, readJournal } from "./journal.ts";
import { remember, stepKey } from "./keys.ts";
import { Average } from "./live.ts";
import { chooseMerge, merge, versionsOf } from "./merges.ts";
import { Practice } from "./practice.ts";
import { closeFit, type FitWork, openFit, type ReadyFit, variantOf } from "./ready.ts";
import { lineOf } from "./report/told.ts";
import { Rollouts } from "./rollouts.ts";
import { Schedule } from "./schedule.ts";
import { argumentsOf, type EvaluateOptions, type FitOptions, settingsOf } from "./settings.ts";
import { type StepResult, Store } from "./store.ts";
import { joined, parted, prefixesOf } from "./together.ts";
import { Version, type VersionTensors } from "./version.ts";

/** The hash of what a step means, and the spec line that it stands on. */
export type StepFacts = { readonly key: string; readonly where: string };

/** What a run works with. */
export type RunParts = {
  readonly recipe: string;
  readonly folder: string;
  readonly root: string;
  /** The hash of the checked spec. */
  readonly spec: string;
  readonly seed: Seed;
  readonly device: () => Promise<Device>;
  readonly local: (handle: unknown) => LocalModel;
  /** The programs that the build has for a merge, one for each length of its lists. */
  readonly merges: (name: string) => readonly ProgramSource[];
  /** How models are asked; absent where nothing is measured. */
  readonly asker?: Asker;
  readonly progress: Progress;
  readonly journal: Journal;
  readonly publish: boolean;
  /** A bound on the steps of every fit, for a first look. */
  readonly steps?: number;
  /** Milliseconds between checkpoints. */
  readonly every: number;
  readonly signal?: AbortSignal;
};

/** What is kept of a step's value: rows that come one by one are kept as a list. */
export type Kept<R> = Awaited<R> extends AsyncIterable<infer T> ? T[] : Awaited<R>;

/** The `run` of a recipe's body. */
export class Run {
  /** What was published, by model. */
  readonly published: Record<string, { readonly path: string; readonly hash: string }> = {};
  #parts: RunParts;
  #store: Store;
  #about: string | undefined;
  /** Runs that steps were taken from. */
  #told = new Set<string>();
  readonly #practice = new Practice();
  /** Trees that the recipe names, by name: what steps keep of them is a version of these. */
  readonly #trees = new Map<string, Trees>();
  readonly #asking: RunAsking;
  /** What the recipe asks of models, and functions bound to the versions that it has: see {@link RunAsking}. */
  readonly measure: RunAsking["measure"];
  readonly using: RunAsking["using"];

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#store = new Store(join(parts.folder, "steps"), (key, result, from) => this.#adopted(key, result, from));
    this.#asking = new RunAsking(parts.asker, join(parts.folder, "measured.jsonl"), parts);
    this.measure = this.#asking.measure.bind(this.#asking);
    this.using = this.#asking.using.bind(this.#asking);
  }

  /** Ends what the run holds open. */
  close(): void {
    this.#asking.close();
  }

  /** The version that a recipe begins with: the weights of the file that the spec names, or fresh ones drawn from the run's seed; trees that know nothing. */
  start(handle: Trees): TreesVersion;
  start(handle: unknown): Version;
  start(handle: unknown): Version | TreesVersion {
    if (isTrees(handle)) {
      this.#trees.set(handle.trees, handle);
      return handle.start();
    }
    const model = this.#parts.local(handle);
    const { seed } = this.#parts;
    const tensors =
      model.from === undefined ? initialise(model.weights, seed) : model.beginning(loadWeights(model.from).tensors, seed);
    const weights = hashWeights(tensors);
    const origin: Origin = {
      operation: model.from === undefined ? "initialise" : "from",
      key: weights.slice(0, 40),
      parents: [],
      weights,
      ...(model.from === undefined ? { seed, settings: {} } : { seed: null, settings: { from: basename(model.from) } }),
      data: {},
      metrics: {},
    };
    return new Version(model, origin.key, [origin], () => tensors, this.#parts.device);
  }

  /** New versions of the models, in order, trained by an objective. Throws what {@link fit} throws. */
  async fit(starts: readonly unknown[], options: FitOptions, facts: StepFacts): Promise<Version[]> {
    const versions = starts.map((start) => this.#version(start));
    for (const { model } of versions) await model.initial();
    const settings = settingsOf(options, this.#parts.seed, facts.where, this.#parts.steps);
    const on =
      options.on instanceof Rollouts
        ? options.on
        : await this.#read(options.on, versions, variantOf(versions, options), settings.seed);
    const { stop } = options;
    const given = { starts: versions, with: options.with ?? {}, on, settings, ...(stop !== undefined && { stop }) };
    const key = await stepKey("fit", `${facts.key} ${options.by}`, given);
    const label = `${versions.map(({ model }) => model.name).join(", ")} by ${options.by}`;
    const work = { key, label, versions, on, options, settings, facts };
    const done = this.#store.read(key) ?? (await this.#heard(label, facts, () => this.#train(work)));
    return this.#versions(key, done, versions);
  }

  /**
   * The loss of an objective on rows, or the metric of it that `of` names; all of them are kept. Throws `no_rows`, `program_missing` and what
   * reading the rows throws.
   */
  async evaluate(starts: readonly unknown[], options: EvaluateOptions, facts: StepFacts): Promise<number> {
    const versions = starts.map((start) => this.#version(start));
    const { by, with: given = {}, batch = 32, of } = options;
    const rows = await this.#read(options.on, versions, variantOf(versions, options), this.#parts.seed);
    const key = await stepKey("evaluate", `${facts.key} ${by}`, { starts: versions, with: given, on: rows, batch });
    const label = `${versions.map(({ model }) => model.name).join(", ")} by ${by} on ${rows.name}`;
    const measure = async (): Promise<StepResult> => {
      const value = await this.#measured(versions, { by: variantOf(versions, options), with: given, rows, batch, label });
      return this.#finish(key, { step: "evaluate", label, value }, facts);
    };
    const done = this.#store.read(key) ?? (await this.#heard(label, facts, measure));
    return (done.value as Measured).metrics[of?.kind ?? "loss"]!;
  }

  async #measured(
    versions: readonly Version[],
    {
      by,
      with: given,
      rows,
      batch,
      label,
    }: Required<Pick<EvaluateOptions, "by" | "with" | "batch">> & { rows: Dataset; label: string },
  ): Promise<Measured> {
    const { progress, signal } = this.#parts;
    const { model } = versions[0]!;
    const prefixes = prefixesOf(
      model.objective(by).program,
      versions.map((version) => version.model),
    );
    const { numbers, frozen } = argumentsOf(given);
    const sets = versions.map((version) => version.tensors);
    const task = progress.task(label, undefined, "rows");
    try {
      const measured = await evaluate(rows, {
        device: await this.#device(),
        programs: model.loss(by),
        text: { tokenizer: await model.tokenizer(), window: model.window, rounded: true },
        weights: new Map([...frozen, ...joined(sets, prefixes)]),
        given: numbers,
        batch,
        signal,
        update: (done) => task.update(done),
      });
      if (signal?.aborted) throw stopped(label);
      return measured;
    } finally {
      task.end();
    }
  }

  /** Any other step: `fn(...given)` runs once per key; its value (JSON, rows, or a version) is kept. */
  step<A extends readonly unknown[], R>(name: string, fn: (...given: A) => R, given: A, at: StepFacts): Promise<Kept<R>> {
    const { root, seed } = this.#parts;
    return this.#heard(name, at, () => inStep({ root, seed }, () => this.#step(name, fn, given, at)));
  }

  async #step<A extends readonly unknown[], R>(name: string, fn: (...given: A) => R, args: A, at: StepFacts): Promise<Kept<R>> {
    const given = await this.#practice.given(name, fn, args, at.where);
    const key = await stepKey(name, at.key, [given, this.#parts.seed]);
    const versions = [...versionsOf(Object.fromEntries(given.entries())).values()];
    const found = this.#store.read(key);
    if (found?.weights) return this.#made(key, found, versions) as Kept<R>;
    const anew = readerOf(fn);
    const said = (value: unknown): Kept<R> => {
      const trees = isLearned(value) ? this.#trees.get(value.trees) : undefined;
      return (anew ? anew(value) : (trees?.version(value as Learned) ?? remember(value, key))) as Kept<R>;
    };
    if (found !== undefined) return said(found.value);
    const { signal } = this.#parts;
    if (signal?.aborted) throw stopped(name);
    const path = (): string => this.#store.partial(key);
    const { progress } = this.#parts;
    const value = await made({ name, fn: fn as (...all: never[]) => unknown, given, path, lives, progress, signal });
    // What lives while a fit runs is no result: the fit that is given it keeps what became of it.
    if (value instanceof Rollouts) value.key = key;
    if (lives(value)) return value as Kept<R>;
    if (value instanceof Version) {
      const facts = { seed: this.#parts.seed, settings: {}, data: {}, metrics: {} };
      return this.#made(
        key,
        this.#keep(key, name, [{ first: value, tensors: value.tensors }], versions, facts, at),
        versions,
      ) as Kept<R>;
    }
    this.#finish(key, { step: name, label: name, value }, at);
    forgetRows(path());
    // Read back, so that a resumed run and this one go on with the very same value.
    return said(this.#store.read(key)!.value);
  }

  /** A merge of versions of one model; the arguments come by the names that the spec gave them. */
  async merge(name: string, given: Readonly<Record<string, unknown>>, facts: StepFacts): Promise<Version> {
    const key = await stepKey("merge", `${facts.key} ${name}`, given);
    const versions = versionsOf(given);
    const [first] = versions.values();
    if (first === undefined) throw new NeuroError("merge_unknown", `${name} was given no weights.`, { where: facts.where });
    let done = this.#store.read(key);
    if (done === undefined) {
      const program = chooseMerge(name, this.#parts.merges(name), versions, facts.where);
      const tensors = await merge(() => this.#device(), program, versions, given, { name, where: facts.where });
      const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === "number"));
      const learned = { seed: this.#parts.seed, settings, data: {}, metrics: {} };
      done = this.#keep(key, name, [{ first, tensors }], [...versions.values()], learned, facts);
    }
    return this.#versions(key, done, [first])[0]!;
  }

  /** Runs a body with steps for each of a list or of rows, one after another: a step has the machine for itself. Their values come in order. */
  async each<T, R>(list: AsyncIterable<T> | Iterable<T>, body: (each: T) => R | Promise<R>): Promise<R[]> {
    const out: R[] = [];
    for await (const one of list) out.push(await body(one));
    return out;
  }

  /** `first..last`, both included. */
  range(first: number, last: number): number[] {
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  }

  /** Numbers to be drawn; they are written down, shown, and never stored as a step. */
  plot(...given: readonly unknown[]): void {
    this.#parts.journal.add({ plot: given }, false);
    this.#parts.progress.note(said(given));
  }

  /** Numbers for a person to read. */
  report(...given: readonly unknown[]): void {
    this.#parts.journal.add({ report: given }, false);
    const records = given.map((one) => (typeof one === "object" && one !== null && !Array.isArray(one) ? one : { "": one }));
    this.#parts.progress.note(records.map((one) => lineOf(one as Record<string, unknown>)).join("\n"));
  }

  /** Ends the run where a condition does not hold. Throws `required`. */
  require(condition: boolean, why: string): void {
    if (!condition)
      throw new NeuroError("required", `The recipe ${this.#parts.recipe} stops: ${why}.`, {
        hint: "The spec requires it; what was done so far is kept.",
      });
  }

  /** Makes versions the ones that pipelines use: `weights/<model>.safetensors` with its lineage beside it. */
  async publish(models: Readonly<Record<string, unknown>>): Promise<void> {
    if (!this.#parts.publish) return;
    for (const [name, value] of Object.entries(models)) {
      if (value instanceof TreesVersion) {
        this.published[name] = this.#publishTrees(name, value);
        continue;
      }
      const version = this.#version(value);
      const { model } = version;
      const tokenizer = (await model.tokenizer()).hash;
      const lineage: Lineage = {
        schema: 1,
        model: model.name,
        weights: version.hash,
        tokenizer,
        spec: this.#parts.spec,
        recipe: this.#parts.recipe,
        seed: this.#parts.seed,
        device: this.#store.read(version.key.split(".")[0]!)?.device ?? (await this.#device()).about,
        origins: version.origins,
      };
      writeSafetensors(model.path, version.tensors, { format: "neuro", model: model.name, tokenizer, weights: version.hash });
      writeLineage(lineagePath(model.path), lineage);
      model.forget();
      this.published[model.name] = { path: model.path, hash: version.hash };
      this.#parts.journal.add({ published: model.name, weights: version.hash });
    }
  }

  #publishTrees(name: string, version: TreesVersion): { readonly path: string; readonly hash: string } {
    const { spec, recipe, seed, journal } = this.#parts;
    const published = publishTrees(version, this.#trees.get(name)!.path, { spec, recipe, seed });
    journal.add({ published: name, weights: published.hash });
    return published;
  }

  async #train(work: FitWork): Promise<StepResult> {
    const { key, label, versions, facts } = work;
    const { progress, journal } = this.#parts;
    const ready = await openFit(work, {
      device: () => this.#device(),
      rows: (value) => this.#rows(value),
      seed: this.#parts.seed,
    });
    journal.add({ begin: label, key, where: facts.where });
    const count = versions.flatMap((version) => [...version.tensors.values()]).reduce((sum, { data }) => sum + data.length, 0);
    progress.note(`${label}: ${million(count)} weights on ${ready.trainer.device}`);
    const begun = Date.now();
    try {
      const fitted = await learn(this.#job(work, ready));
      const done = await this.#fitted(work, ready, fitted, duration((Date.now() - begun) / 1000));
      forgetCheckpoint(this.#store.folder(key));
      return done;
    } finally {
      closeFit(ready);
    }
  }

  #job({ key, label, settings }: FitWork, { trainer, player, rows, guard, moving, prefixes, sets }: ReadyFit): FitJob {
    const { progress, every, signal, folder } = this.#parts;
    return {
      label,
      key,
      settings,
      trainer,
      start: joined(sets, prefixes),
      on: rows,
      ...(player && { player }),
      ...(guard && { guard }),
      moving,
      folder: this.#store.folder(key),
      metrics: join(folder, "metrics.jsonl"),
      events: join(folder, "events", `${label.replace(/[^\p{L}\p{N}]+/gu, "-")}-${key.slice(0, 8)}`),
      every,
      progress,
      ...(signal && { signal }),
    };
  }

  /** Keeps what a fit made. */
  async #fitted(
    { key, label, versions, options, settings, facts }: FitWork,
    { rows, sets, prefixes }: ReadyFit,
    { tensors, position, stopped: early }: Fitted,
    took: string,
  ): Promise<StepResult> {
    const kept: Record<string, number> = early ? { kept_step: early.kept } : {};
    const metrics = { ...position.metrics, step: position.step, tokens: position.tokens, ...kept };
    if (early) this.#parts.journal.add({ stopped: label, key, where: facts.where, ...early });
    const data = { [rows.name]: await rows.identity() };
    const learned = { seed: settings.seed, settings: { by: options.by, ...settings }, data, metrics };
    const made = parted(tensors, sets, prefixes).map((set, i) => ({ first: versions[i]!, tensors: set }));
    return this.#keep(key, "fit", made, versions, learned, facts, took);
  }

  /** Runs a step; what it tells meanwhile is shown and written down. */
  #heard<T>(name: string, { where }: StepFacts, work: () => T): T {
    const { journal, progress } = this.#parts;
    return heard((text) => {
      journal.add({ note: text, step: name, where }, false);
      progress.note(`${name} (${where}): ${text}`);
    }, work);
  }

  /** Stores the tensors of a step, then says that it is done. */
  #keep(
    key: string,
    operation: string,
    made: readonly { readonly first: Version; readonly tensors: VersionTensors }[],
    parents: readonly Version[],
    facts: Pick<Origin, "seed" | "settings" | "data" | "metrics">,
    at: StepFacts,
    took?: string,
  ): StepResult {
    const before = [...new Map(parents.flatMap((parent) => parent.origins).map((one) => [one.key, one])).values()];
    const hashes = parents.map((parent) => parent.hash);
    const weights = made.map(({ first, tensors }) => {
      const origin: Origin = { operation, key, parents: hashes, weights: hashWeights(tensors), ...facts };
      return { model: first.model.name, file: this.#store.keep(key, first.model.name, tensors), origins: [...before, origin] };
    });
    return this.#finish(
      key,
      {
        step: operation,
        label: `${made.map(({ first }) => first.model.name).join(", ")} by ${operation}`,
        weights,
        ...(this.#about && { device: this.#about }),
      },
      at,
      took,
    );
  }

  #finish(key: string, result: StepResult, facts: StepFacts, took?: string): StepResult {
    this.#store.write(key, result);
    this.#parts.journal.add({ done: result.label, key, where: facts.where, ...(took && { took }) });
    return result;
  }

  /** Writes down that another run had a step's result, with the numbers of its fit. */
  #adopted(key: string, result: StepResult, from: string): void {
    const { journal, folder, progress } = this.#parts;
    const lines = (readJournal(join(from, "metrics.jsonl")) as { key?: string }[]).filter((line) => line.key === key);
    if (lines.length > 0) {
      filterJournal(join(folder, "metrics.jsonl"), (line) => (line as { key?: string }).key !== key);
      const metrics = new Journal(join(folder, "metrics.jsonl"));
      for (const line of lines) metrics.add(line, false);
      metrics.close();
    }
    const run = `${basename(join(from, ".."))}/${basename(from)}`;
    const there = (readJournal(join(from, "journal.jsonl")) as { done?: string; key?: string; where?: string }[]).findLast(
      (line) => line.done !== undefined && line.key === key,
    );
    journal.add({ done: result.label, key, where: there?.where ?? "", from: run });
    if (!this.#told.has(run)) progress.note(`What run ${run} did the same is taken from there.`);
    this.#told.add(run);
  }

  /** The run's device; what it is goes beside the weights that it makes. */
  async #device(): Promise<Device> {
    const device = await this.#parts.device();
    this.#about = device.about;
    return device;
  }

  #versions(key: string, result: StepResult, of: readonly Version[]): Version[] {
    return (result.weights ?? []).map(({ file, origins }, i) => {
      const own = i === 0 ? key : `${key}.${i}`;
      return new Version(of[i]!.model, own, origins, () => this.#store.tensors(key, file), this.#parts.device);
    });
  }

  /** The version that a step other than a fit or a merge made: of the model among its arguments that bears the name. */
  #made(key: string, result: StepResult, given: readonly Version[]): Version {
    const name = result.weights![0]!.model;
    return this.#versions(key, result, [given.find(({ model }) => model.name === name)!])[0]!;
  }

  #version(value: unknown): Version {
    return value instanceof Version ? value : this.start(value);
  }

  /** Rows for the programs of an objective; those that are drawn from texts are drawn by the model's tokenizer. */
  async #read(on: unknown, [first]: readonly Version[], by: string, seed: Seed): Promise<Dataset> {
    if (!(on instanceof Drawn)) return this.#rows(on);
    const { model } = first!;
    return on.rows(readingOf(model.objective(by).feeds, await model.tokenizer(), model.window, seed));
  }

  #rows(value: unknown): Dataset {
    return value instanceof Dataset ? value : openDataset("rows", () => value as Iterable<unknown>, this.#parts.root);
  }
}

/** Whether a value lives while a fit runs. */
const lives = (value: unknown): boolean => [Average, Schedule, Drawn, Rollouts].some((kind) => value instanceof kind);

/** `1.86 million`, or the number itself where it is small. */
function million(count: number): string {
  return count < 100_000 ? count.toLocaleString("en-US") : `${(count / 1e6).toPrecision(3)} million`;
}

/** Numbers as a person reads them: `round 1: best 0.53, greedy 0.41`. */
function said(given: readonly unknown[]): string {
  const number = (value: unknown): string =>
    typeof value === "number" ? String(Number(value.toPrecision(4))) : typeof value === "string" ? value : JSON.stringify(value);
  return given
    .map((one) =>
      typeof one === "object" && one !== null && !Array.isArray(one)
        ? Object.entries(one)
            .map(([name, value]) => `${name} ${number(value)}`)
            .join(", ")
        : number(one),
    )
    .join("  ");
}
