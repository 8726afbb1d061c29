/**
 * The door of measurements: what host code asks of models, as an awaited number or a number for each case. It finds the program, the versions of the
 * models that are in force, and what is known already; rows in flight together run together.
 */
import { collate } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { LocalModel } from "../decode/local-model.ts";
import type { Device } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import type { RemoteSettings } from "../remote/client.ts";
import { RemoteJudge } from "../remote/judge.ts";
import { Version } from "../train/version.ts";
import { merged } from "../weights/adapters.ts";
import type { Weights } from "../weights/tensors.ts";
import { Batches } from "./batches.ts";
import { type Force, inForce } from "./force.ts";
import { type Fields, rowOf, valuesOf } from "./given.ts";
import type { Measured, Result } from "./results.ts";
import { type Fed, joinRows, type Labelled, Scorer } from "./scorer.ts";

/** A measurement, as the manifest tells it. */
export type ManifestMeasure = {
  readonly fields: Fields;
  /** Where the model is behind an address: its label, whether it compares, and the aspects that it is asked about. */
  readonly remote?: true;
  readonly label?: string;
  readonly compares?: boolean;
  readonly cases?: readonly string[];
  readonly programs: readonly {
    readonly program: string;
    /** The hash of what it means, its models' declarations included. */
    readonly meaning: string;
    /** The declared model behind each label. */
    readonly models: Readonly<Record<string, string>>;
    /** Cases of the enumeration that there is a number for. */
    readonly cases?: readonly string[];
  }[];
};

/** A model with the weights that a measurement asks. */
export type Held = { readonly model: LocalModel; readonly hash: string; readonly weights: () => Weights };

/** What measurements are made from. */
export type MeasurePlace = {
  readonly measures: Readonly<Record<string, ManifestMeasure>>;
  readonly program: (name: string) => Fed | undefined;
  /** The device where nothing else is in force. */
  readonly device: () => Promise<Device>;
  /** What is published of the model behind a handle of the emitted code. */
  readonly published: (handle: unknown) => Promise<Held>;
};

/** Asks: `measure("quality.1", { judge }, { answer, rival, prompt })`. */
export type Measure = (
  name: string,
  models: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
) => Promise<Measured>;

type Way = ManifestMeasure["programs"][number];
type Asked = {
  readonly name: string;
  readonly way: Way;
  readonly fed: Fed;
  readonly held: Readonly<Record<string, Held>>;
  readonly row: Row;
};

/** What a program with one set of weights is asked with. */
type Gathered = {
  readonly scorer: Scorer;
  readonly fed: Fed;
  readonly labels: readonly string[];
  readonly held: Readonly<Record<string, Held>>;
  /** Whether bits must not depend on what else is asked. */
  readonly alike: boolean;
};

/** What is part of a key: rises when a measurement begins to mean something else. */
const semantics = 1;

/** The measurements of a system. */
export class Measures {
  readonly #place: MeasurePlace;
  readonly #programs = new Map<string, Fed>();
  readonly #scorers = new Map<Device, Scorer>();
  readonly #batches = new Map<string, Batches>();
  readonly #asking = new Map<string, Promise<Result>>();
  readonly #judge = new RemoteJudge();

  constructor(place: MeasurePlace) {
    this.#place = place;
  }

  /** Throws `program_missing`, `measure_given`, `over_window` and what reading weights throws. */
  async measure(
    name: string,
    models: Readonly<Record<string, unknown>>,
    given: Readonly<Record<string, unknown>>,
  ): Promise<Result> {
    const force = inForce();
    const entry = this.#place.measures[name];
    if (entry === undefined) throw lacks(name);
    if (entry.remote) return this.#asked(name, entry, models, given, force);
    const held = await this.#held(models, force);
    const way = entry.programs.find((each) => Object.entries(each.models).every(([label, of]) => held[label]?.model.name === of));
    const fed = way && this.#fed(way.program);
    if (way === undefined || fed === undefined) throw lacks(name);
    const row = rowOf(name, entry.fields, given);
    const hashes = await Promise.all(Object.keys(way.models).map((label) => identityOf(held[label]!)));
    const key = sha256(canonicalJson([semantics, way.meaning, hashes, valuesOf(entry.fields, row)])).slice(0, 40);
    const known = force.results?.get(key);
    if (known !== undefined) return known;
    const asking = this.#asking.get(key) ?? this.#ask({ name, way, fed, held, row }, force);
    this.#asking.set(key, asking);
    try {
      const result = await asking;
      force.results?.keep([[key, result]]);
      return result;
    } finally {
      this.#asking.delete(key);
    }
  }

  /** What a model behind an address says of texts. */
  #asked(
    name: string,
    { label = "", compares = false, cases, fields }: ManifestMeasure,
    models: Readonly<Record<string, unknown>>,
    given: Readonly<Record<string, unknown>>,
    { results, signal }: Force,
  ): Promise<Result> {
    const { remote } = (models[label] ?? {}) as { remote?: RemoteSettings };
    if (remote === undefined) throw lacks(name);
    return this.#judge.asked(remote, { compares, ...(cases && { cases }) }, rowOf(name, fields, given), { results, signal });
  }

  /** Gives back what is kept on devices. */
  close(): void {
    for (const scorer of this.#scorers.values()) scorer.close();
    this.#scorers.clear();
    this.#batches.clear();
  }

  /** The weights behind each label: a version of a recipe, the one in force, or what is published. */
  async #held(models: Readonly<Record<string, unknown>>, force: Force): Promise<Record<string, Held>> {
    const entries = await Promise.all(
      Object.entries(models).map(async ([label, value]) => {
        const named = value instanceof Version ? value : force.versions.get(String((value as { name?: unknown }).name));
        return [label, named ? versionHeld(named) : await this.#place.published(value)] as const;
      }),
    );
    return Object.fromEntries(entries);
  }

  #fed(name: string): Fed | undefined {
    const known = this.#programs.get(name) ?? this.#place.program(name);
    if (known) this.#programs.set(name, known);
    return known;
  }

  async #ask({ name, way, fed, held, row }: Asked, force: Force): Promise<Result> {
    const labels = Object.keys(way.models);
    const first = held[labels[0] ?? ""];
    if (first === undefined) throw lacks(name);
    const device = await (force.device ?? this.#place.device)();
    const scorer = this.#scorers.get(device) ?? new Scorer(device);
    this.#scorers.set(device, scorer);
    const ready = await scorer.prepare(fed.program);
    const limit = Math.min(...labels.map((label) => held[label]!.model.window ?? Number.POSITIVE_INFINITY));
    const text = { tokenizer: await first.model.tokenizer(), window: limit, rounded: true };
    const { values } = within(row, limit, name, (one) => collate([one], ready.inputs, fed.feeds, text));
    // What a run measures on the CPU is the same to the bit when it was killed and goes on.
    const alike = force.results !== undefined && device.name === "cpu";
    const group = [way.program, device.about, alike, ...labels.map((label) => held[label]!.hash)].join(" ");
    const batches = this.#batches.get(group) ?? this.#gather(group, { scorer, fed, labels, held, alike });
    const numbers = await batches.add(values);
    if (way.cases === undefined) return numbers[0]!;
    return Object.fromEntries(way.cases.map((each, i) => [each, numbers[i]!]));
  }

  #gather(group: string, { scorer, fed, labels, held, alike }: Gathered): Batches {
    // Only what is asked now is remembered: versions of a recipe come and go.
    if (this.#batches.size >= 32) this.#batches.delete(this.#batches.keys().next().value!);
    const models = labels.map((label): Labelled => {
      const { model, hash, weights } = held[label]!;
      return { label, hash, weights: () => merged(weights(), model.weights) };
    });
    const made = new Batches((rows) => scorer.run(fed.program, models, joinRows(rows)), alike);
    this.#batches.set(group, made);
    return made;
  }
}

/** A row that fits a window: documents are left out from the last one on, as when a question is served. Throws `over_window`. */
function within<T extends { readonly rows: readonly unknown[] }>(
  row: Row,
  limit: number,
  name: string,
  read: (row: Row) => T,
): T {
  for (let count = row.documents.length; count >= 0; count--) {
    const made = read(count === row.documents.length ? row : { ...row, documents: row.documents.slice(0, count) });
    if (made.rows.length > 0) return made;
  }
  throw new NeuroError("over_window", `${name} was given texts longer than the window of ${limit} tokens.`, {
    where: name,
    hint: "Give the model a larger `window`, or bound the texts: `most:` of sample, `budget:` of infocontext.",
  });
}

const versionHeld = (version: Version): Held => ({ model: version.model, hash: version.hash, weights: () => version.tensors });

/** What decides a model's numbers: its weights and its tokenizer. */
const identityOf = async ({ model, hash }: Held): Promise<string> => `${hash} ${(await model.tokenizer()).hash}`;

function lacks(name: string): NeuroError {
  return new NeuroError("program_missing", `The build has no program for the measurement ${name}.`, {
    where: name,
    hint: "Build the spec again with this version: neuroc build.",
  });
}
