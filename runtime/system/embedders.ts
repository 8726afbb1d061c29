/**
 * Models of a spec that turn texts into vectors, as host code asks them: their published weights, or those that a recipe has in force. Texts that are
 * asked about together are read together. Knows nothing of indexes.
 */
import { collate, type Filled } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { FedProgram } from "../decode/writer.ts";
import type { Device, Runnable, Tensor } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { sha256 } from "../files.ts";
import { Batches } from "../measure/batches.ts";
import { inForce } from "../measure/force.ts";
import type { Held } from "../measure/measure.ts";
import { joinRows } from "../measure/scorer.ts";
import { remoteEmbedder } from "../remote/embedder.ts";
import { type Embedder, nearness, unit } from "../retrieve/embedder.ts";
import type { BlockScorer } from "../retrieve/infocontext.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { merged } from "../weights/adapters.ts";
import { type ModelHandle, publishedOf } from "./models.ts";

/** What an embedder is made from. */
export type EmbedderPlace = {
  readonly name: string;
  /** The program that gives the vector of a row's prompt and documents, `value` over `[batch, e]`. Throws `program_missing`. */
  readonly program: () => FedProgram;
  /** Its published weights. Throws `weights_missing` and what reading them throws. */
  readonly published: () => Promise<Held>;
  /** The device where nothing else is in force. */
  readonly device: () => Promise<Device>;
};

/** Raised when the vectors of the same texts become others. */
const semantics = 2;

type Loaded = { readonly ready: Runnable; readonly batches: Batches; readonly device: Device };
type Kept = { readonly loaded: Promise<Loaded>; busy: number };

/** So many sets of weights stay on a device when nothing asks them: versions of a recipe come and go. */
const kept = 2;

/** The weights that embed, as they lie on devices: each set once, the oldest given back when nothing asks it. */
class Sets {
  readonly #place: EmbedderPlace;
  readonly #sets = new Map<string, Kept>();

  constructor(place: EmbedderPlace) {
    this.#place = place;
  }

  /** Which weights are meant now: a recipe's version, or the published ones. */
  async held(): Promise<Held> {
    const version = inForce().versions.get(this.#place.name);
    if (version === undefined) return this.#place.published();
    return { model: version.model, hash: version.hash, weights: () => version.tensors };
  }

  /** What `work` makes of a set, which stays until it has. */
  async using<T>(own: Held, work: (loaded: Loaded) => Promise<T>): Promise<T> {
    const set = await this.#take(own);
    try {
      return await work(await set.loaded);
    } finally {
      set.busy -= 1;
      this.#tidy();
    }
  }

  close(): void {
    this.#sets.clear();
  }

  async #take(own: Held): Promise<Kept> {
    const device = await (inForce().device ?? this.#place.device)();
    const key = `${device.about} ${own.hash}`;
    const set = this.#sets.get(key) ?? { loaded: load(this.#place.program(), own, device), busy: 0 };
    this.#sets.delete(key);
    this.#sets.set(key, set);
    set.busy += 1;
    set.loaded.catch(() => this.#sets.delete(key));
    return set;
  }

  #tidy(): void {
    const idle = [...this.#sets].filter(([, { busy }]) => busy === 0);
    for (const [key, { loaded }] of idle.slice(0, Math.max(0, this.#sets.size - kept))) {
      this.#sets.delete(key);
      loaded.then(({ device, ready }) => device.discard(ready)).catch(() => {});
    }
  }
}

/** The embedder of a model; it also scores blocks against questions. Nothing is read before it is asked. */
export function openEmbedder(place: EmbedderPlace): Embedder & BlockScorer & { close(): void } {
  const sets = new Sets(place);
  const embed = async (rows: readonly Row[], signal: AbortSignal | undefined): Promise<Float32Array[]> => {
    const own = await sets.held();
    return sets.using(own, async ({ ready, batches }) => {
      const tokenizer = await own.model.tokenizer();
      const { feeds } = place.program();
      const inputs = rows.map((row) => rowInputs(row, ready, feeds, tokenizer, own.model.window));
      signal?.throwIfAborted();
      const values = await Promise.all(inputs.map((values) => batches.add(values)));
      signal?.throwIfAborted();
      return values.map((value, i) => unit(value) ?? lost(place.name, rows[i]!));
    });
  };
  const questions: Embedder["questions"] = (texts, signal) =>
    embed(
      texts.map((content) => ({ prompt: [{ role: "user", content }], documents: [] })),
      signal,
    );
  const passages: Embedder["passages"] = (texts, signal) =>
    embed(
      texts.map(({ title, text }) => ({ prompt: [], documents: [{ title, text }] })),
      signal,
    );
  return {
    name: place.name,
    async key() {
      const { hash, model } = await sets.held();
      return sha256(JSON.stringify([semantics, hash, (await model.tokenizer()).hash]));
    },
    questions,
    passages,
    scores: nearness({ questions, passages }),
    close: () => sets.close(),
  };
}

async function load(fed: FedProgram, { model, weights }: Held, device: Device): Promise<Loaded> {
  const all = merged(weights(), model.weights);
  const tensors: Record<string, Tensor> = {};
  for (const { name, role } of fed.program.inputs) {
    const tensor = role === "weight" ? all.get(name) : undefined;
    if (tensor) tensors[name] = device.upload("f32", tensor.shape, tensor.data.slice());
  }
  const ready = await device.prepare(fed.program, { constants: tensors });
  // The device keeps what never changes in a form of its own.
  device.release(...Object.values(tensors));
  const batches = new Batches(async (rows) => {
    const values = joinRows(rows);
    const inputs = Object.entries(values).map(
      ([name, { dtype, shape, data }]) => [name, device.upload(dtype, shape, data)] as const,
    );
    const out = await device.run(ready, Object.fromEntries(inputs));
    const numbers = (await device.read(out.value!)) as Float32Array;
    device.release(...inputs.map(([, tensor]) => tensor), ...Object.values(out));
    const width = numbers.length / rows.length;
    return rows.map((_, row) => [...numbers.subarray(row * width, (row + 1) * width)]);
  }, false);
  return { ready, batches, device };
}

/** The inputs of one row; a text that is longer than the window is read as far as it reaches. */
export function rowInputs(
  row: Row,
  ready: Pick<Runnable, "inputs">,
  feeds: FedProgram["feeds"],
  tokenizer: Tokenizer,
  window: number,
): Readonly<Record<string, Filled>> {
  // Around a text stand as many tokens as its tokenizer and template say: none, or two of a BERT, or a whole layout.
  for (let [tried, most] = [row, window]; ; most = window - most < around ? most - 1 : Math.floor(most * 0.9)) {
    const { values, rows } = collate([tried], ready.inputs, feeds, { tokenizer, window, rounded: true });
    if (rows.length > 0) return values;
    if (most < 1) throw new NeuroError("over_window", `A window of ${window} tokens is too small to read a text.`);
    tried = shortened(row, tokenizer, most);
  }
}

/** So many tokens around a text are found one by one, so that the text is cut where the window ends; of more a tenth is let go at once. */
const around = 8;

/** The first tokens of what a row holds. */
function shortened(row: Row, tokenizer: Tokenizer, most: number): Row {
  const first = (text: string): string => text.slice(0, tokenizer.offsets(text)[most] ?? text.length);
  const prompt = row.prompt.map((turn) => ({ ...turn, content: first(turn.content) }));
  const documents = row.documents.map(({ title, text }) => {
    const name = first(title);
    return {
      title: name,
      text: text.slice(0, tokenizer.offsets(text)[Math.max(0, most - tokenizer.offsets(name).length)] ?? text.length),
    };
  });
  return { ...row, prompt, documents };
}

function lost(name: string, { prompt, documents }: Row): never {
  const text = documents[0]?.text ?? prompt[0]?.content ?? "";
  throw new NeuroError("score_not_finite", `The model ${name} gives no vector of the text "${text.slice(0, 60)}".`, {
    hint: "Its weights are damaged, or it was not trained.",
  });
}

/** A model's handle that also embeds. Whether its head gives vectors is for the compiler to check. */
export type Embedding = { readonly embedder?: Embedder & BlockScorer & { close(): void } };

/** The handle with its embedder. */
export function embedding(handle: ModelHandle, device: () => Promise<Device>): ModelHandle & Embedding {
  const { local, remote } = handle;
  if (remote !== undefined) return { ...handle, embedder: remoteEmbedder(remote) };
  if (local === undefined) return handle;
  const program = () => local.program("forward");
  return { ...handle, embedder: openEmbedder({ name: handle.name, program, published: () => publishedOf(handle), device }) };
}

/** The embedder behind a handle of the emitted code. Throws `model_unknown` for what is no model. */
export function embedderOf(handle: unknown): Embedder & BlockScorer {
  const { embedder, name = "given" } = (handle ?? {}) as Partial<ModelHandle> & Embedding;
  if (embedder !== undefined) return embedder;
  throw new NeuroError("model_unknown", `${name} is no model that makes vectors.`, {
    hint: "Write `embed(by: scout)`, an Embedder.",
  });
}
