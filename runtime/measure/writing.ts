/**
 * Which weights write where a recipe runs a pipeline: the version of the model that is in force there, put on the device that its run has and given back
 * once another takes its place. Elsewhere what is published of it. Knows nothing of what is written.
 */
import type { LocalModel } from "../decode/local-model.ts";
import type { QuantizationRecord } from "../decode/quantization.ts";
import type { Model } from "../decode/writer.ts";
import type { Device } from "../device/device.ts";
import type { Version } from "../train/version.ts";
import { inForce } from "./force.ts";

/** What writing needs of a model. */
export type Writes = Pick<LocalModel, "name" | "open" | "tokenizer" | "window">;

/** A version that lies on devices, for as long as somebody writes with it or no other version came. */
type Lying = {
  readonly version: Version;
  readonly opened: Map<string, Promise<Model>>;
  busy: number;
  replaced: boolean;
};

const lying = new WeakMap<LocalModel, Lying>();

/** Whether a version of the model is in force here. */
export const isInForce = (model: LocalModel): boolean => inForce().versions.has(model.name);

/** Has `work` write with the version in force, or with the model itself, and on the device of whoever asks. */
export async function writing<T>(
  model: LocalModel,
  device: () => Promise<Device>,
  work: (model: Writes, device: Device) => Promise<T>,
): Promise<T> {
  const force = inForce();
  const version = force.versions.get(model.name);
  const on = await (version && force.device ? force.device() : device());
  if (version === undefined) return work(model, on);
  const lies = taking(model, version);
  lies.busy++;
  try {
    return await work(faceOf(lies), on);
  } finally {
    lies.busy--;
    if (lies.replaced) await givenBack(lies);
  }
}

/** The place of a version; one that was there before is given back when nobody writes with it. */
function taking(model: LocalModel, version: Version): Lying {
  const known = lying.get(model);
  if (known?.version === version) return known;
  if (known) {
    known.replaced = true;
    void givenBack(known);
  }
  const made = { version, opened: new Map(), busy: 0, replaced: false };
  lying.set(model, made);
  return made;
}

function faceOf({ version, opened }: Lying): Writes {
  const { model, tensors } = version;
  const open = (device: Device, by?: QuantizationRecord): Promise<Model> => {
    const key = `${device.about} ${JSON.stringify(by ?? null)}`;
    const known = opened.get(key) ?? model.openWith(device, tensors, by, true);
    opened.set(key, known);
    known.catch(() => opened.delete(key));
    return known;
  };
  return { name: model.name, window: model.window, tokenizer: () => model.tokenizer(), open };
}

async function givenBack({ opened, busy }: Lying): Promise<void> {
  if (busy > 0) return;
  const all = [...opened.values()];
  opened.clear();
  for (const model of await Promise.allSettled(all)) if (model.status === "fulfilled") model.value.close();
}
