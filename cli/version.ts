// The version of neuro, as package.json states it.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's own folder: one up from the sources, two up from their compiled form. */
export const packageRoot = ["..", "../.."]
  .map((up) => join(dirname(fileURLToPath(import.meta.url)), up))
  .find((folder) => existsSync(join(folder, "package.json")))!;

/** The version of the installed package. */
export const version: string = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;
