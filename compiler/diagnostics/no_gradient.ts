/** A gradient passes only through mathematics. */
import { defineDiagnostic } from "./define.ts";

export const noGradient = defineDiagnostic<{ through: string; why: string }>({
  code: "no_gradient",
  severity: "error",
  title: "No gradient",
  label: ({ through }) => `${through} has no gradient`,
  text: ({ through, why }) => `The loss reaches its trained weights through ${through}, ${why}.`,
  hint: () => "Move it into the reward of the rows.",
  wrong: {
    "main.neuro": `use std.data { Instruct }
extern fn bend(x: Float) -> Float from "./bend.ts"
objective bent(train policy: LanguageModel, row: Instruct) {
  minimize bend(-mean(log(policy(row.answer | row.prompt))))
}`,
    "bend.ts": `export function bend(x: number): number {
  return x;
}
`,
  },
  right: `use std.data { Rollout }
objective plain(train policy: LanguageModel, row: Rollout) {
  minimize -mean(row.reward * log(policy(row.answer | row.prompt)))
}`,
  page: "Externs, argmax and remote models cannot be differentiated. What they measure belongs in the rows: as a reward it weighs log-probabilities.",
});
