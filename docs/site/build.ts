/** Writes the site: `npm run docs`, or `node docs/site/build.ts <folder>`. A folder that is written anew appears whole. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { site } from "./site.ts";

/** Writes files in place of a folder that is ours to replace. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const fresh = `${folder}.${process.pid}.tmp`;
  for (const [path, text] of files) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true });
    writeFileSync(join(fresh, path), text);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(fresh, folder);
}

/** Makes the site in place of a folder that is ours to replace. */
export async function make(folder: string): Promise<void> {
  writeFiles(folder, await site());
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("../../dist/site", import.meta.url)));
  await make(folder);
  console.log(`${folder}: open index.html`);
}
