/**
 * How a run of a recipe asks models: its results are kept in the run's folder, and what it hands on is bound to the versions that it has. Knows nothing
 * of steps.
 */
import { NeuroError } from "../error.ts";
import { identityOf, type RemoteSettings } from "../remote/client.ts";
import { isTrees } from "../system/trees.ts";
import { Version } from "../train/version.ts";
import { type Learned, TreesVersion } from "../trees/learned.ts";
import type { Force } from "./force.ts";
import { withForce } from "./force.ts";
import type { Held, Measure } from "./measure.ts";
import { type Measured, Results } from "./results.ts";
import { type UsingFacts, using } from "./using.ts";

/** What a system gives its recipes to ask with. */
export type Asker = {
  readonly measure: Measure;
  /** What is published of the model behind a handle of the emitted code. */
  readonly published: (handle: unknown) => Promise<Pick<Held, "hash">>;
};

/** The measurements of one run. */
export class RunAsking {
  readonly #asker: Asker | undefined;
  readonly #results: Results;
  readonly #within: Pick<Force, "device" | "signal">;

  /** `path` is the journal of the run's results. */
  constructor(asker: Asker | undefined, path: string, within: Pick<Force, "device" | "signal">) {
    this.#asker = asker;
    this.#results = new Results(path);
    this.#within = within;
  }

  /** What the recipe itself asks. Throws what {@link Measures.measure} throws. */
  measure(name: string, models: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): Promise<Measured> {
    const asker = this.#asker;
    if (asker === undefined) throw new Error(`${name}: nothing measures here`);
    return withForce(this.#force(new Map()), () => asker.measure(name, models, given)) as Promise<Measured>;
  }

  /** A function bound to versions, by the names of their models; of a declared model what is published. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever a function takes, it takes bound, too.
  async using<F extends (...args: any[]) => unknown>(
    fn: F,
    models: Readonly<Record<string, unknown>>,
    facts: UsingFacts = {},
  ): Promise<F> {
    const versions = new Map<string, Version>();
    const trees = new Map<string, Learned>();
    const said: Record<string, string> = {};
    for (const [name, value] of Object.entries(models)) {
      if (value instanceof Version) versions.set(name, value);
      if (value instanceof TreesVersion) trees.set(name, value.learned);
      said[name] =
        value instanceof Version ? value.hash : value instanceof TreesVersion ? value.key : await this.#publishedHash(value);
    }
    return using(fn, { ...this.#force(versions), trees }, said, facts);
  }

  close(): void {
    this.#results.close();
  }

  #force(versions: ReadonlyMap<string, Version>): Force {
    return { versions, results: this.#results, ...this.#within };
  }

  /** A model without weights is none that could decide anything: whoever asks it is told. */
  async #publishedHash(handle: unknown): Promise<string> {
    if (isTrees(handle)) return handle.published() ?? "nothing";
    const { remote } = (handle ?? {}) as { remote?: RemoteSettings };
    if (remote) return identityOf(remote);
    try {
      return (await this.#asker?.published(handle))?.hash ?? "nothing";
    } catch (error) {
      if (error instanceof NeuroError && error.code === "weights_missing") return "nothing";
      throw error;
    }
  }
}
