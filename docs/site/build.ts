/** Writes the site: `npm run docs`, or `node docs/site/build.ts <folder>`. A folder that is written anew appears whole. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { site } from "./site.ts";

/** Makes the site in a folder that is ours to replace. Gives how many files it has. */
export async function writeSite(folder: string): Promise<number> {
  const files = await site();
  const fresh = `${folder}.${process.pid}.tmp`;
  for (const [path, text] of files) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true });
    writeFileSync(join(fresh, path), text);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(fresh, folder);
  return files.size;
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("../../dist/site", import.meta.url)));
  const count = await writeSite(folder);
  console.log(`${folder}: ${count} files; open index.html`);
}
