// neuroc train: runs a recipe of the spec. Killed at any moment, the same command goes on and ends with the same weights.
import { NeuroError } from "../../runtime/error.ts";
import type { Recipe } from "../../runtime/index.ts";
import { type Built, openBuilt } from "../built.ts";
import { interruptible } from "../interrupt.ts";
import { withLabels } from "../labels.ts";
import { findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

const verb: Verb<{ spec?: string; recipe?: string; fresh: boolean; seed: number; state?: string }> = {
  command: "train [spec]",
  describe: "run a recipe; a killed run goes on where it was",
  builder: (yargs) =>
    yargs
      .positional("spec", specArgument)
      .option("recipe", { type: "string", describe: "which `train` of the spec; the only one, or the first, when not given" })
      .option("fresh", { type: "boolean", default: false, describe: "begin a new run instead of going on with the last" })
      .option("seed", { type: "number", default: 1, describe: "the seed of everything random in the run" })
      .option("state", {
        type: "string",
        describe: "labels are shared by this state: postgres://.. or a folder; NEURO_STATE when not given",
      })
      .example("$0 train --set neuro.steps=200", "a short run") as never,
  handler: async (options) => {
    const built = await openBuilt(findSpec(options.spec), options);
    const recipe = findRecipe(built, options.recipe);
    const { fresh, seed, device } = options;
    const result = await withLabels(built.system, options.state, () =>
      interruptible("training", (signal) => recipe.run({ signal, fresh, seed, device })),
    );
    if (options.json) console.log(JSON.stringify(result, null, 2));
    else {
      for (const [model, { path, hash }] of Object.entries(result.published))
        console.log(`${model}: ${path} (sha256 ${hash.slice(0, 16)})`);
      console.log(`run ${result.id}: ${result.folder}`);
    }
  },
};
export default verb;

function findRecipe(built: Built, name: string | undefined): Recipe {
  const recipes = built.system.recipes();
  const found = name === undefined ? recipes[0] : recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  throw recipes.length === 0
    ? new NeuroError("usage", "this spec declares no `train`", {
        hint: "add one: train tune { policy = fit(policy, by: cross_entropy, on: rows, steps: 1_000 steps) }",
      })
    : new NeuroError("usage", `this spec has no recipe ${name}`, {
        hint: `it has ${recipes.map((recipe) => recipe.name).join(", ")}`,
      });
}
