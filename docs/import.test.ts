import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decoderSpec } from "../cli/decoder-spec.ts";
import { Fields } from "../runtime/fields.ts";
import { readConfig } from "../runtime/weights/huggingface/config.ts";

test("the spec on the page of imports is what an import of that model writes", () => {
  const page = readFileSync(new URL("import.md", import.meta.url), "utf8");
  const shown = /^```neuro\n([\s\S]*?)^```$/m.exec(page)![1];
  // Qwen3-0.6B's config.json, as far as it is read.
  const published = {
    ...{ model_type: "qwen3", hidden_size: 1024, num_hidden_layers: 28, num_attention_heads: 16, num_key_value_heads: 8 },
    ...{
      head_dim: 128,
      intermediate_size: 3072,
      rms_norm_eps: 1e-6,
      rope_theta: 1000000,
      tie_word_embeddings: true,
      vocab_size: 151936,
    },
    ...{
      max_position_embeddings: 40960,
      hidden_act: "silu",
      use_sliding_window: false,
      sliding_window: null,
      max_window_layers: 28,
    },
    ...{ attention_bias: false, rope_scaling: null },
  };
  const { config, window } = readConfig(new Fields(published, "config.json"));
  expect(decoderSpec({ name: "qwen", config, window, source: "../models/Qwen3-0.6B" })).toBe(shown);
});
