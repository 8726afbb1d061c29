// Adapters of PEFT: read beside the weights they change, added as B A times alpha over rank, and written as they were read.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../runtime/files.ts";
import { stream } from "../../runtime/random.ts";
import { decoderPlaces } from "../../runtime/weights/decoder.ts";
import { ggufOf } from "../../runtime/weights/gguf/export.ts";
import { openAdapted } from "../../runtime/weights/open.ts";
import { baseOf, exportPeft, openPeft, withAdapters } from "../../runtime/weights/peft.ts";
import { outward } from "../../runtime/weights/places.ts";
import { readSafetensors, safetensorsParts } from "../../runtime/weights/safetensors.ts";
import { hashWeights, type WeightTensor } from "../../runtime/weights/tensors.ts";
import { randomDecoders, randomModel } from "./random-decoders.ts";

const decoder = randomDecoders[0]!;
const known = { architecture: "Decoder", config: decoder.config } as const;
const rank = 3;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neuro-"));
  mkdirSync(join(folder, "adapter"));
  writeAtomically(join(folder, "base.gguf"), ggufOf(randomModel(decoder), "F32").parts);
});
afterEach(() => rmSync(folder, { recursive: true }));

const random = (name: string, shape: number[]): WeightTensor => {
  const source = stream("adapter", name);
  return { shape, data: Float32Array.from({ length: shape[0]! * shape[1]! }, () => source.normal()) };
};

/** An adapter of queries, outputs and the head, as PEFT writes it; its tensors by name. */
function adapter(settings: Record<string, unknown> = {}): Map<string, WeightTensor> {
  const modules = [
    "model.layers.0.self_attn.q_proj",
    "model.layers.2.self_attn.o_proj",
    "model.layers.1.mlp.down_proj",
    "lm_head",
  ];
  const tensors = new Map<string, WeightTensor>();
  for (const module of modules) {
    const [out, into] = decoderPlaces(decoder.config).find((place) => place.huggingface === `${module}.weight`)!.outside;
    tensors.set(`base_model.model.${module}.lora_A.weight`, random(`${module} A`, [rank, into!]));
    tensors.set(`base_model.model.${module}.lora_B.weight`, random(`${module} B`, [out!, rank]));
  }
  const config = { peft_type: "LORA", r: rank, lora_alpha: 6, base_model_name_or_path: "base.gguf", bias: "none", ...settings };
  writeFileSync(join(folder, "adapter/adapter_config.json"), JSON.stringify(config));
  writeAtomically(join(folder, "adapter/adapter_model.safetensors"), safetensorsParts(tensors));
  return tensors;
}

test.each([{}, { use_rslora: true }])("the sum of a weight and its adapter is w + B A alpha / rank (%j)", (settings) => {
  const tensors = adapter(settings);
  const foreign = openAdapted(join(folder, "adapter"), join(folder, "base.gguf"));
  expect(foreign.lora).toBe(rank);
  expect([...foreign.tensors.keys()].filter((path) => path.endsWith("lora_a"))).toHaveLength(4);
  expect(foreign.tensors.get("decoder_layer.1.self_attention.wq.lora_b")!.shape).toEqual([rank, 2, 4, 8]);
  const whole = withAdapters(known, foreign.tensors);
  const scale = 6 / ("use_rslora" in settings ? Math.sqrt(rank) : rank);
  for (const place of decoderPlaces(decoder.config)) {
    const before = outward(place, randomModel(decoder).tensors.get(place.path)!.read(), false);
    const after = outward(place, whole.get(place.path)!.read(), false);
    const module = `base_model.model.${place.huggingface.replace(/\.weight$/, "")}`;
    const [a, b] = [tensors.get(`${module}.lora_A.weight`), tensors.get(`${module}.lora_B.weight`)];
    const [, into = 1] = place.outside;
    for (const i of [0, 1, into - 1, into + 2, before.length - 1].filter((each) => each < before.length)) {
      let expected = before[i]!;
      if (a && b)
        for (let r = 0; r < rank; r++)
          expected += scale * b.data[Math.floor(i / into) * rank + r]! * a.data[r * into + (i % into)]!;
      expect(after[i]).toBeCloseTo(expected, 4);
    }
  }
  foreign.close();
});

test("what was read of PEFT is written as it was", () => {
  const tensors = adapter({ lora_alpha: rank });
  const adapters = openPeft(join(folder, "adapter"), known);
  mkdirSync(join(folder, "again"));
  exportPeft(join(folder, "again"), known, adapters.tensors, "base");
  adapters.close();
  const again = readSafetensors(join(folder, "again/adapter_model.safetensors"));
  expect(hashWeights(again.tensors)).toBe(hashWeights(tensors));
  expect(baseOf(join(folder, "again"))).toBe("base");
});

test.each([
  [{ peft_type: "IA3" }, /of the kind IA3, and LORA is read/],
  [{ use_dora: true }, /DoRA/],
  [{ bias: "all" }, /it also learns biases/],
  [{ rank_pattern: { q_proj: 4 } }, /its rank_pattern gives some of its weights another rank/],
  [{ modules_to_save: ["lm_head"] }, /it keeps whole weights beside \(modules_to_save: lm_head\)/],
  [{ r: 4 }, /are not \[4, 64\] and \[64, 4\]/],
  [{ r: 0 }, /its r is 0/],
])("an adapter with %j is refused with the reason", (settings, reason) => {
  adapter(settings);
  expect(() => openAdapted(join(folder, "adapter"), join(folder, "base.gguf"))).toThrow(reason);
});
