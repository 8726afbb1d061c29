/**
 * A claim reproduced in small, by one command: `npm run claim -- <name>` builds the folder's spec, runs every recipe with every seed, and writes the
 * folder's README.md and plot.svg. `--seeds 1,2` and `--recipes a,b` try a part of it, `--steps 20` shortens every fit, and then nothing but the terminal
 * is written to; `--resume` goes on with the runs that are there instead of beginning anew.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Built, openBuilt } from "../../cli/built.ts";
import { findSpec } from "../../cli/spec.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { duration, openProgress, type Progress } from "../../runtime/progress.ts";
import { gather } from "../../runtime/train/report/gathered.ts";
import { type Claim, shown, type Told } from "./claim.ts";
import { claimsIn, list, page } from "./page.ts";
import { picture } from "./picture.ts";

/** How a claim's recipes are run. */
export type RunOptions = {
  readonly seeds: readonly number[];
  readonly recipes?: readonly string[];
  /** A bound on the steps of every fit: a first look. */
  readonly steps?: number;
  readonly progress?: Progress;
};

/** Builds the spec of a folder and opens it. Always on the CPU, where equal seeds give equal bytes. Throws what checking and building refuse. */
export const openClaim = (folder: string): Promise<Built> => openBuilt(findSpec(folder), { device: "cpu", set: [], json: false });

/** Runs recipes of an opened spec with seeds, one run after another, and gives what each wrote down. Nothing is published. */
export async function runAll({ system }: Built, { seeds, recipes, steps, progress }: RunOptions): Promise<Told[]> {
  const told: Told[] = [];
  for (const recipe of system.recipes().filter(({ name }) => recipes?.includes(name) ?? true))
    for (const seed of seeds) {
      const id = steps === undefined ? `seed-${seed}` : `first-${steps}-steps-${seed}`;
      progress?.note(`\n${recipe.name}, seed ${seed}`);
      const options = { ...(steps !== undefined && { steps }), ...(progress && { progress }) };
      const { folder } = await recipe.run({ id, seed, device: "cpu", publish: false, every: 3600, ...options });
      told.push(gather(folder));
    }
  return told;
}

const here = import.meta.dirname;

/** The claim of a folder. */
export const claimOf = async (name: string): Promise<Claim> =>
  ((await import(`./${name}/claim.ts`)) as { default: Claim }).default;

async function command(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: "string" },
      recipes: { type: "string" },
      steps: { type: "string" },
      resume: { type: "boolean", default: false },
    },
  });
  const [name] = positionals;
  if (name === undefined || !existsSync(join(here, name, "claim.ts"))) {
    console.error(`npm run claim -- <name>, one of ${claimsIn(here).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const claim = await claimOf(name);
  const whole = flags.seeds === undefined && flags.recipes === undefined && flags.steps === undefined;
  const folder = join(here, name);
  // The tokenizer in weights/ is made anew too: its texts may have changed.
  if (!flags.resume) for (const made of ["runs", "weights"]) rmSync(join(folder, made), { recursive: true, force: true });
  const begun = Date.now();
  const built = await openClaim(folder);
  const seeds = flags.seeds?.split(",").map(Number) ?? claim.seeds ?? [1, 2, 3, 4, 5];
  const recipes = flags.recipes?.split(",") ?? claim.recipes;
  const runs = await runAll(built, {
    seeds,
    ...(recipes && { recipes }),
    ...(flags.steps !== undefined && { steps: Number(flags.steps) }),
    progress: openProgress(),
  });
  await built.system.close();
  const conclusion = claim.conclude(runs);
  const { table, verdict, because } = conclusion;
  console.log(`${claim.says}\n`);
  for (const row of [table.head, ...table.rows]) console.log(row.map((cell) => shown(cell).padEnd(18)).join(" "));
  console.log(`\n${verdict}: ${because}`);
  const took = duration((Date.now() - begun) / 1000);
  if (!whole) return console.log(`${took}; a part of the claim, so nothing was written`);
  writeAtomically(join(folder, "plot.svg"), picture(conclusion.panels));
  writeAtomically(join(folder, "README.md"), page(name, claim, seeds, conclusion, flags.resume ? undefined : took));
  const index = join(here, "README.md");
  const [head] = readFileSync(index, "utf8").split("| claim |");
  writeAtomically(index, `${head}${list(here)}\n`);
  console.log(`${took}; bench/claims/${name}/README.md and plot.svg are written`);
}

if (process.argv[1] === import.meta.filename) await command();
