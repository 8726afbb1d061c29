// Which of a build's programs an objective's name means: by the arguments and the models that it is given.
import { expect, test } from "vitest";
import { LocalModel, type LocalModelParts } from "./local-model.ts";

const model = (name: string): LocalModel => new LocalModel({ ...parts, name });
const parts: LocalModelParts = {
  name: "policy",
  weights: [],
  window: 8,
  seed: 0,
  path: "weights/policy.safetensors",
  tokenizer: () => Promise.reject(new Error("nothing is read")),
  program: () => undefined,
  objective: () => undefined,
  variants: [
    { name: "dpo", of: "dpo", trained: ["policy"], when: { per_token: 0, reference: "policy" } },
    { name: "dpo.2", of: "dpo", trained: ["policy"], when: { per_token: 1, reference: "policy" } },
    { name: "dpo.3", of: "dpo", trained: ["policy"], when: { per_token: 0, reference: "larger" } },
    { name: "a2c", of: "a2c", trained: ["policy", "value"], when: { value: "small" } },
    { name: "a2c.2", of: "a2c", trained: ["policy", "value"], when: { value: "large" } },
  ],
};
const policy = model("policy");
/** A version of a model, as far as its argument goes. */
const version = (name: string) => ({ model: { name } });

test("truths, numbers and versions of models decide", () => {
  expect(policy.variant("dpo", [policy], { per_token: false, reference: version("policy"), β: 0.1 })).toBe("dpo");
  expect(policy.variant("dpo", [policy], { per_token: true, reference: version("policy") })).toBe("dpo.2");
  expect(policy.variant("dpo", [policy], { per_token: false, reference: model("larger") })).toBe("dpo.3");
});

test("models that are trained count by their place", () => {
  expect(policy.variant("a2c", [policy, model("large")])).toBe("a2c.2");
  expect(policy.variant("a2c", [policy, model("small")], { share: 0.5 })).toBe("a2c");
});

test("an objective of one program is meant by its name alone, and none is made up", () => {
  expect(policy.variant("cross_entropy", [policy])).toBe("cross_entropy");
  expect(() => policy.variant("a2c", [policy, model("huge")])).toThrow("The build has no program policy.a2c");
});
