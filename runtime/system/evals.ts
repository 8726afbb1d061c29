/** The evals of a spec: handles that `neuroc eval` runs. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { EvalSpec } from "../evaluate/spec.ts";
import type { Manifest } from "./manifest.ts";

/** What an eval's results depend on besides its questions. */
export type EvalPlace = {
  readonly root: string;
  readonly manifest: Manifest;
  readonly indexes: () => readonly { readonly name: string }[];
  readonly models: () => readonly { readonly local?: { readonly path: string } }[];
  readonly forests: () => readonly { readonly path: string }[];
};

/** The handle of a declared eval. */
export function evalHandle(
  name: string,
  where: string,
  spec: EvalSpec,
  { root, manifest, indexes, models, forests }: EvalPlace,
): Evaluation {
  return {
    name,
    where,
    root,
    spec,
    identity: async () => [
      manifest.hashes,
      indexes().map((index) => stampOf(join(root, ".index", index.name, "index.json"))),
      models().map(({ local }) => (local === undefined ? "" : stampOf(local.path))),
      forests().map(({ path }) => stampOf(path)),
    ],
  };
}

/** Changes when a file is written anew. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
}
