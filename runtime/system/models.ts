/**
 * The models of a spec as handles: with weights here, or behind an address. The handle is what stages write with; what a recipe trains is the
 * `local` in it.
 */

import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { steadyText } from "../answer/footnotes.ts";
import type { Draft, LanguageModel } from "../answer/model.ts";
import { answerPrompt } from "../decode/answering.ts";
import { LocalModel } from "../decode/local-model.ts";
import type { FedProgram } from "../decode/writer.ts";
import type { Device } from "../device/device.ts";
import { sourceOfBuild } from "../device/source.ts";
import { NeuroError } from "../error.ts";
import { cannotRead, shown } from "../files.ts";
import type { Held } from "../measure/measure.ts";
import { isInForce, writing } from "../measure/writing.ts";
import { identityOf, type RemoteSettings } from "../remote/client.ts";
import { remoteModel } from "../remote/openai.ts";
import type { Block, DeviceName, Dialog, StageContext } from "../types.ts";
import { headName } from "../weights/other-head.ts";
import type { WeightFile } from "../weights/safetensors.ts";
import { hashWeights } from "../weights/tensors.ts";
import type { Manifest } from "./manifest.ts";
import type { TokenizerHandle } from "./tokenizers.ts";

/** What a spec says of a model that matters while it runs; the rest shaped its programs and stands in the manifest. */
export type ModelSpec = {
  readonly tokenizer?: TokenizerHandle;
  readonly window?: number;
  /** The base URL of an OpenAI-compatible server. */
  readonly remote?: string;
  /** What the server calls the model. */
  readonly name?: string;
  /** The environment variable that holds the server's key. */
  readonly key?: string;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** A file of weights to begin with, used until others are published. */
  readonly from?: string;
};

/** A model of the system; `local` is there when its weights are, `remote` when it is behind an address. */
export type ModelHandle = LanguageModel & {
  readonly local?: LocalModel;
  readonly remote?: RemoteSettings;
  /** What stands for it in the keys of steps, where it is not its weights. */
  readonly key?: string;
};

/** What models are made from. */
export type ModelPlace = {
  readonly manifest: Manifest;
  /** The build's folder, and the spec's. */
  readonly build: string;
  readonly root: string;
  device(name: DeviceName): Promise<Device>;
};

/** The handle of a declared model. Throws `build_foreign` when the build does not know it, `remote_url`. */
export function modelHandle(name: string, spec: ModelSpec, place: ModelPlace): ModelHandle {
  if (spec.remote !== undefined) {
    const { remote: url, name: model = name, key, timeout } = spec;
    const remote = { name, url, model, ...(key !== undefined && { key }), ...(timeout !== undefined && { timeout }) };
    return { ...remoteModel(remote), remote, key: identityOf(remote) };
  }
  const local = localModel(name, spec, place);
  return { name, local, write: (...asked) => write(local, place, ...asked) };
}

async function write(
  local: LocalModel,
  place: ModelPlace,
  prompt: Dialog,
  blocks: readonly Block[],
  decoding: Parameters<LanguageModel["write"]>[2],
  context: StageContext,
  task?: string,
): Promise<Draft> {
  if (!isInForce(local)) forgetOld(local);
  const shownBlocks = blocks.map((block) => ({ title: block.doc.title, text: block.text }));
  const { signal, seed, wishes } = context;
  // What is written for another stage is nobody's answer.
  const onText = task === undefined ? context.onText : undefined;
  const steady = (text: string) => steadyText(text, (number) => number >= 1 && number <= blocks.length);
  const watched = onText && { onText: (text: string) => onText(steady(text)) };
  const options = { seed, signal, likely: task === undefined ? wishes?.likely : undefined, ...watched };
  const chats = task !== undefined && (await local.tokenizer()).chat !== undefined;
  const request = { prompt: chats ? [{ role: "system" as const, content: task }, ...prompt] : prompt, blocks: shownBlocks };
  const device = () => place.device(context.device);
  const written = await writing(local, device, (model, on) => answerPrompt(model, on, request, decoding, options));
  const { text, tokens, source, ended, likely, reused } = written;
  const laid = source.block.reduce((most, number) => Math.max(most, number), 0);
  context.note("source tokens", source.ids.length);
  if (reused > 0) context.note("source tokens read before", reused);
  if (laid < blocks.length) context.note("blocks left out", blocks.length - laid);
  const untold = task !== undefined && !chats && { untold: true as const };
  return { text, tokens, ...(!ended && { cut: true as const }), ...untold, ...(likely && { likely }) };
}

const stamps = new WeakMap<LocalModel, string>();

/** Weights that were trained meanwhile, by this process or another, are read before the next answer. */
function forgetOld(local: LocalModel): void {
  const stat = statSync(local.path, { throwIfNoEntry: false });
  const stamp = stat === undefined ? "" : `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
  const before = stamps.get(local);
  if (before !== undefined && before !== stamp) local.forget();
  stamps.set(local, stamp);
}

const hashes = new WeakMap<WeightFile, string>();

/** The weights that are published of a model, as measurements ask them. Throws `weights_missing`, and `remote_model` for one that is elsewhere. */
export async function publishedOf(handle: unknown): Promise<Held> {
  const { local, name } = (handle ?? {}) as Partial<ModelHandle>;
  if (local === undefined) {
    throw new NeuroError("remote_model", `The model ${name ?? "given"} has no weights here to measure with.`, {
      hint: "Ask a model that is not `remote`, or ask it as a judge.",
    });
  }
  forgetOld(local);
  const file = await local.load();
  const hash = file.metadata.weights ?? hashes.get(file) ?? hashWeights(file.tensors);
  hashes.set(file, hash);
  return { model: local, hash, weights: () => file.tensors };
}

function localModel(name: string, spec: ModelSpec, place: ModelPlace): LocalModel {
  const { manifest, build, root } = place;
  const entry = Object.hasOwn(manifest.models, name) ? manifest.models[name] : undefined;
  const { tokenizer } = spec;
  if (entry === undefined || tokenizer === undefined) {
    throw new NeuroError("build_foreign", `The build does not have the model ${name}.`, {
      where: shown(build),
      hint: "Run `neuroc build`.",
    });
  }
  const program = (wanted: string | undefined) => (wanted === undefined ? undefined : programOf(place, wanted));
  const published = join(root, "weights", `${name}.safetensors`);
  const from = spec.from === undefined ? undefined : resolve(root, spec.from);
  const head = headName(entry.config.head);
  return new LocalModel({
    name,
    weights: entry.weights,
    // A model that states no window reads texts of any length.
    window: entry.window ?? Number.POSITIVE_INFINITY,
    seed: entry.seed ?? 0,
    path: published,
    ...(from !== undefined && { from }),
    ...(head !== undefined && { head }),
    tokenizer: () => tokenizer.load(),
    program: (wanted) => program(entry.programs[wanted]),
    objective: (wanted, role) => program(entry.objectives[wanted]?.[role]),
    variants: entry.variants ?? [],
  });
}

/** The programs of a build that were asked for. A device prepares a program once, so it must be the same one whoever asks. */
const known = new WeakMap<ModelPlace["manifest"], Map<string, FedProgram>>();

/** A program of the build by its name; undefined when the build has none of that name. */
export function programOf({ manifest, build }: Pick<ModelPlace, "manifest" | "build">, name: string): FedProgram | undefined {
  const programs = known.get(manifest) ?? new Map<string, FedProgram>();
  known.set(manifest, programs);
  const found = programs.get(name) ?? readProgram(manifest, build, name);
  if (found) programs.set(name, found);
  return found;
}

function readProgram(manifest: ModelPlace["manifest"], build: string, name: string): FedProgram | undefined {
  const entry = Object.hasOwn(manifest.programs, name) ? manifest.programs[name] : undefined;
  if (entry === undefined) return undefined;
  const read = async (path: string) => {
    const file = join(build, path);
    try {
      return new Uint8Array(await readFile(file));
    } catch (error) {
      throw cannotRead(file, error, "Run `neuroc build`.");
    }
  };
  return { program: sourceOfBuild(name, entry, read), feeds: entry.feeds };
}
