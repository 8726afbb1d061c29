/**
 * Adapters of low rank as PEFT keeps them: `adapter_config.json` and `adapter_model.safetensors`. Here an adapter counts once (w + a b), so PEFT's
 * scale is multiplied into b when it is read. Knows nothing of training.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fields } from "../fields.ts";
import { writeAtomically } from "../files.ts";
import type { Archive, Stored } from "./archive.ts";
import { disagreement } from "./foreign.ts";
import { type Known, placesOf } from "./known.ts";
import { type Place, transposed } from "./places.ts";
import { openSafetensors, streamedParts } from "./safetensors.ts";
import { elements } from "./tensors.ts";

/** Adapters of one model: `<path>.lora_a` [summed axes.., rank] and `<path>.lora_b` [rank, other axes..], by path. */
export type Adapters = {
  readonly rank: number;
  readonly tensors: ReadonlyMap<string, Stored>;
  /** Of what model, as PEFT says. */
  readonly base: string | undefined;
  readonly files: readonly string[];
  close(): void;
};

const prefix = "base_model.model.";

/** Whether a folder holds an adapter. */
export const isAdapter = (folder: string): boolean => existsSync(join(folder, "adapter_config.json"));

/** What an adapter says of its base model; undefined where it says nothing. */
export const baseOf = (folder: string): string | undefined =>
  Fields.read(join(folder, "adapter_config.json")).text("base_model_name_or_path");

/** Opens an adapter of a model. Throws `model_config` for kinds other than plain LoRA, `weights_differ` where it does not fit. */
export function openPeft(folder: string, known: Known): Adapters {
  const fields = Fields.read(join(folder, "adapter_config.json"));
  refuseOddities(fields);
  const rank = fields.size("r");
  const scale = fields.number("lora_alpha", 8) / (fields.flag("use_rslora", false) ? Math.sqrt(rank) : rank);
  const archive = openSafetensors(join(folder, "adapter_model.safetensors"), "Save the adapter as safetensors.");
  try {
    const tensors = inside(archive, known, rank, scale);
    const files = [fields.path, ...archive.files];
    return { rank, tensors, base: fields.text("base_model_name_or_path"), files, close: archive.close };
  } catch (error) {
    archive.close();
    throw error;
  }
}

function refuseOddities(fields: Fields): void {
  const type = fields.text("peft_type") ?? "LORA";
  if (type !== "LORA") throw fields.fault(`it is an adapter of the kind ${type}, and LORA is read`);
  if (fields.flag("use_dora", false))
    throw fields.fault("it also learns the lengths of its weights (DoRA), which neuro's adapters do not");
  if ((fields.text("bias") ?? "none") !== "none") throw fields.fault("it also learns biases, which neuro's adapters do not");
  for (const name of ["rank_pattern", "alpha_pattern"]) {
    const pattern = fields.get(name);
    if (pattern !== undefined && Object.keys(pattern as object).length > 0)
      throw fields.fault(`its ${name} gives some of its weights another rank or scale than others`);
  }
  const saved = fields.get("modules_to_save");
  if (Array.isArray(saved) && saved.length > 0)
    throw fields.fault(`it keeps whole weights beside (modules_to_save: ${saved.join(", ")})`);
}

/** The adapters by their paths here; every pair must be whole and of the shapes that the model has. */
function inside(archive: Archive, known: Known, rank: number, scale: number): Map<string, Stored> {
  const found = new Map(archive.tensors);
  const tensors = new Map<string, Stored>();
  const faults: string[] = [];
  for (const place of placesOf(known).filter(({ outside }) => outside.length === 2)) {
    const [a, b] = namesOf(place);
    const [first, second] = [found.get(a), found.get(b)];
    if (first === undefined && second === undefined) continue;
    found.delete(a);
    found.delete(b);
    const [out, into] = place.outside as [number, number];
    const fits = first?.shape.join() === `${rank},${into}` && second?.shape.join() === `${out},${rank}`;
    if (!fits) faults.push(`${a} and ${b} are not [${rank}, ${into}] and [${out}, ${rank}]`);
    else for (const stored of turned(place, first!, second!, rank, scale)) tensors.set(stored.name, stored);
  }
  for (const name of found.keys()) faults.push(`${name} changes no weight of a ${known.architecture}`);
  if (faults.length > 0) throw disagreement(archive.path, faults);
  return tensors;
}

const namesOf = ({ huggingface }: Place): [string, string] => {
  const module = `${prefix}${huggingface.replace(/\.weight$/, "")}`;
  return [`${module}.lora_A.weight`, `${module}.lora_B.weight`];
};

function turned(place: Place, first: Stored, second: Stored, rank: number, scale: number): [Stored, Stored] {
  const [out, into] = place.outside as [number, number];
  const [summed, others] = axesOf(place);
  const a = (): Float32Array => transposed(first.read(), rank, into);
  const b = (): Float32Array => transposed(second.read(), out, rank).map((x) => x * scale);
  return [
    { name: `${place.path}.lora_a`, shape: [...summed, rank], dtype: first.dtype, read: a },
    { name: `${place.path}.lora_b`, shape: [rank, ...others], dtype: scale === 1 ? second.dtype : "F32", read: b },
  ];
}

/** The axes of a weight that products sum, and the others: a matrix here is [in, out], but a table of words is [words, in]. */
function axesOf({ shape, outside, lay }: Place): [readonly number[], readonly number[]] {
  if (lay === "same") return [shape.slice(1), shape.slice(0, 1)];
  for (let count = 1; ; count++)
    if (elements(shape.slice(0, count)) === outside[1]) return [shape.slice(0, count), shape.slice(count)];
}

/** Fills an empty folder with the adapters among weights, as PEFT reads them. */
export function exportPeft(folder: string, known: Known, tensors: ReadonlyMap<string, Stored>, base: string): void {
  const places = placesOf(known).filter(({ path }) => tensors.has(`${path}.lora_a`) && tensors.has(`${path}.lora_b`));
  const rank = tensors.get(`${places[0]!.path}.lora_a`)!.shape.at(-1)!;
  const written = places.flatMap((place) => {
    const [a, b] = namesOf(place);
    const [out, into] = place.outside as [number, number];
    const read = (name: string) => tensors.get(`${place.path}.${name}`)!.read();
    return [
      { name: a, shape: [rank, into], dtype: "F32" as const, read: () => transposed(read("lora_a"), into, rank) },
      { name: b, shape: [out, rank], dtype: "F32" as const, read: () => transposed(read("lora_b"), rank, out) },
    ];
  });
  const modules = new Set(places.map(({ huggingface }) => huggingface.split(".").at(-2)!));
  const facts = {
    peft_type: "LORA",
    task_type: known.architecture === "T5" ? "SEQ_2_SEQ_LM" : "CAUSAL_LM",
    base_model_name_or_path: base,
    r: rank,
    lora_alpha: rank,
  };
  const rest = {
    lora_dropout: 0,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    target_modules: [...modules].sort(),
  };
  writeAtomically(join(folder, "adapter_config.json"), `${JSON.stringify({ ...facts, ...rest }, null, 2)}\n`);
  writeAtomically(join(folder, "adapter_model.safetensors"), streamedParts(written, { format: "pt" }));
}

/** Weights with their adapters added where there are any (w + a b), read one at a time; none of the adapters is left. */
export function withAdapters(known: Known, tensors: ReadonlyMap<string, Stored>): Map<string, Stored> {
  return new Map(
    placesOf(known).flatMap((place): [string, Stored][] => {
      const [w, a, b] = [place.path, `${place.path}.lora_a`, `${place.path}.lora_b`].map((path) => tensors.get(path));
      if (w === undefined || a === undefined || b === undefined) return w === undefined ? [] : [[place.path, w]];
      return [[place.path, { ...w, dtype: "F32", read: () => summed(place, w.read(), a, b) }]];
    }),
  );
}

function summed(place: Place, w: Float32Array, a: Stored, b: Stored): Float32Array {
  const rank = a.shape.at(-1)!;
  const [out, into] = place.outside as [number, number];
  const [down, up] = [a.read(), b.read()];
  const [rowStep, columnStep] = place.lay === "same" ? [1, into] : [out, 1];
  for (let i = 0; i < into; i++) {
    for (let o = 0; o < out; o++) {
      let total = 0;
      for (let r = 0; r < rank; r++) total += down[i * rank + r]! * up[r * out + o]!;
      w[i * rowStep + o * columnStep]! += total;
    }
  }
  return w;
}
