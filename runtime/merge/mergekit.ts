/**
 * mergekit's YAML (https://github.com/arcee-ai/mergekit, docs/merge_methods.md) as a plan: which tensors of which models make which tensor,
 * by which merge and with which numbers. Reads text only; what it does not know it refuses by name.
 */
import { parseDocument } from "yaml";
import { NeuroError } from "../error.ts";

/** The methods that are read, with the numbers that each takes for a run, for the whole, and whether it needs a base. */
export const methods = {
  linear: { base: false, runs: ["weight"], whole: ["normalize"] },
  slerp: { base: true, runs: [], whole: ["t"] },
  task_arithmetic: { base: true, runs: ["weight"], whole: ["normalize", "lambda"] },
  ties: { base: true, runs: ["weight", "density"], whole: ["normalize", "lambda"] },
  dare_linear: { base: true, runs: ["weight", "density"], whole: ["normalize", "lambda"] },
  dare_ties: { base: true, runs: ["weight", "density"], whole: ["normalize", "lambda"] },
  passthrough: { base: false, runs: ["scale"], whole: [] },
} as const;

/** One of mergekit's merge methods. */
export type Method = keyof typeof methods;

/** A number, one that runs through a list along the layers, or one chosen by what a tensor's name contains. */
export type Setting = number | readonly number[] | readonly { readonly filter: string | undefined; readonly value: Setting }[];
type Settings = Readonly<Record<string, Setting>>;

/** Layers of a model that go into a slice: `first` to before `end`; all of them where a merge has no slices. */
export type Source = {
  readonly model: string;
  readonly first: number;
  readonly end: number | undefined;
  readonly settings: Settings;
};
/** Layers of the result, made from as many layers of each source. */
export type Slice = { readonly sources: readonly Source[]; readonly settings: Settings };

/** A whole merge. */
export type MergePlan = {
  readonly method: Method;
  readonly base: string | undefined;
  readonly slices: readonly Slice[];
  readonly settings: Settings;
  readonly dtype: "F32" | "F16" | "BF16" | undefined;
};

/** Fields that say nothing about the numbers of the result. */
const ignored = new Set(["name", "tokenizer_source", "chat_template", "tokenizer", "out_dtype"]);
const dtypes: Readonly<Record<string, MergePlan["dtype"]>> = { float32: "F32", float16: "F16", bfloat16: "BF16" };

/** Reads a configuration. Throws `merge_config`, saying where in the file and what to write. */
export function readMergekit(text: string, path: string): MergePlan {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw refused(path, fault.message.split("\n")[0]!, "Mend the YAML.");
  const config: unknown = document.toJS();
  if (!isRecord(config)) throw refused(path, "it is no mapping of names", "A merge begins with `merge_method: linear`.");
  const { merge_method: method, base_model: base, models, slices, parameters, dtype, ...rest } = config;
  const known = Object.keys(methods);
  if (typeof method !== "string" || !known.includes(method))
    throw refused(path, `the merge method is ${JSON.stringify(method)}`, `These are read: ${known.join(", ")}.`);
  const strange = Object.keys(rest).find((name) => !ignored.has(name));
  if (strange !== undefined) throw refused(path, `\`${strange}\` is not read`, "Leave it out if the merge does not need it.");
  if (base !== undefined && typeof base !== "string")
    throw refused(path, "`base_model` is not a path", "Name a folder or a file.");
  const { base: needs } = methods[method as Method];
  if (needs && base === undefined)
    throw refused(path, `${method} needs a \`base_model\``, "Add `base_model:` with the model that the others began from.");
  if ((models === undefined) === (slices === undefined))
    throw refused(path, "exactly one of `models` and `slices` must be there", "List what is merged under `models:`.");
  if (dtype !== undefined && dtypes[String(dtype)] === undefined)
    throw refused(path, `dtype ${String(dtype)} is not written`, `Use ${Object.keys(dtypes).join(", ")}.`);
  const at = new Reader(path, method as Method);
  const read =
    slices === undefined
      ? [at.slice({ sources: models }, "models")]
      : at.list(slices, "slices").map((one, i) => at.slice(one, `slices ${i + 1}`));
  const plan: MergePlan = {
    method: method as Method,
    base: base as string | undefined,
    slices: read,
    settings: at.settings(parameters ?? {}, "parameters"),
    dtype: dtype === undefined ? undefined : dtypes[String(dtype)],
  };
  checkCounts(plan, path);
  return plan;
}

function checkCounts({ method, base, slices }: MergePlan, path: string): void {
  for (const { sources } of slices) {
    const others = sources.filter(({ model }) => model !== base);
    if (sources.length === 0) throw refused(path, "a slice has no sources", "Name at least one model.");
    if (method === "passthrough" && sources.length !== 1)
      throw refused(path, "passthrough takes one source in each slice", "Use another method to merge several.");
    if (method === "slerp" && (others.length !== 1 || sources.length > 2))
      throw refused(
        path,
        "slerp is between two models, one of them `base_model`",
        "Name those two; merge more one after another.",
      );
    const lengths = new Set(sources.map(({ first, end }) => (end === undefined ? undefined : end - first)));
    if (lengths.size > 1)
      throw refused(path, "the sources of a slice have different numbers of layers", "Give ranges of one length.");
  }
}

/** Reads the parts of a configuration, with where they stand for messages. */
class Reader {
  #path: string;
  #method: Method;

  constructor(path: string, method: Method) {
    this.#path = path;
    this.#method = method;
  }

  list(value: unknown, where: string): readonly unknown[] {
    if (!Array.isArray(value)) throw refused(this.#path, `\`${where}\` is not a list`, "Begin each entry with a dash.");
    return value;
  }

  slice(value: unknown, where: string): Slice {
    if (!isRecord(value)) throw refused(this.#path, `${where} is not a mapping`, "Give it `sources:`.");
    const sources = this.list(value.sources, where === "models" ? where : `${where} sources`);
    return {
      sources: sources.map((one, i) => this.#source(one, `${where}, source ${i + 1}`)),
      settings: this.settings(value.parameters ?? {}, `${where} parameters`),
    };
  }

  #source(value: unknown, where: string): Source {
    if (!isRecord(value) || typeof value.model !== "string")
      throw refused(this.#path, `${where} names no \`model\``, "Write `model:` with a folder or a file.");
    const range = value.layer_range;
    const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
    if (range !== undefined && !(Array.isArray(range) && range.length === 2 && range.every(whole) && range[0] < range[1]))
      throw refused(
        this.#path,
        `${where} has the layer_range ${JSON.stringify(range)}`,
        "Write `[first, end]`; the end is not part of it.",
      );
    const [first, end] = (range as [number, number] | undefined) ?? [0, undefined];
    return { model: value.model, first, end, settings: this.settings(value.parameters ?? {}, where) };
  }

  settings(value: unknown, where: string): Settings {
    if (!isRecord(value)) throw refused(this.#path, `${where} are no mapping`, "Write `weight: 0.5`.");
    const { runs, whole: all } = methods[this.#method];
    // mergekit lets any of them stand further out, where it counts for all runs.
    const known: readonly string[] = [...runs, ...all];
    const found: Record<string, Setting> = {};
    for (const [name, setting] of Object.entries(value)) {
      if (name === "int8_mask" || name === "rescale") continue;
      if (!known.includes(name))
        throw refused(
          this.#path,
          `${where}: ${this.#method} has no \`${name}\``,
          known.length > 0 ? `It has ${known.join(", ")}.` : "It has none.",
        );
      found[name] = this.#setting(setting, `${where}: ${name}`);
    }
    return found;
  }

  #setting(value: unknown, where: string): Setting {
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (Array.isArray(value) && value.length > 0) {
      if (value.every((one) => typeof one === "number")) return value;
      if (value.every(isRecord))
        return value.map(({ filter, value: inner }) => ({
          filter: filter === undefined || filter === null || filter === "*" ? undefined : String(filter),
          value: this.#setting(inner, where),
        }));
    }
    throw refused(
      this.#path,
      `${where} is ${JSON.stringify(value)}`,
      "Give a number, a list of numbers, or entries with `filter` and `value`.",
    );
  }
}

/** The number that a setting is for a tensor: `t` in 0..1 says how far its layer is through its slice. Undefined where no filter fits. */
export function settingAt(setting: Setting | undefined, tensor: string, t: number): number | undefined {
  if (setting === undefined || typeof setting === "number") return setting;
  if (isNumbers(setting)) {
    const place = t * (setting.length - 1);
    const low = Math.floor(place);
    const high = Math.min(setting.length - 1, low + 1);
    return setting[low]! + (place - low) * (setting[high]! - setting[low]!);
  }
  for (const { filter, value } of setting) {
    const found = filter === undefined || tensor.includes(filter) ? settingAt(value, tensor, t) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const isNumbers = (setting: readonly unknown[]): setting is readonly number[] => typeof setting[0] === "number";
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function refused(path: string, what: string, hint: string): NeuroError {
  return new NeuroError("merge_config", `${path} is no merge that can be run: ${what}.`, { where: path, hint });
}
