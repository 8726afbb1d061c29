/** Writes what is generated from the tokens and the grammar: the highlighter and the railroad page. Run it after changing either. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { page } from "./generate/page.ts";
import { textmate } from "./generate/textmate.ts";

/** Every generated file, by its path beside this one. */
export const generated: Readonly<Record<string, () => string>> = {
  "generated/neuro.tmLanguage.json": textmate,
  "generated/railroad.html": page,
};

if (import.meta.main) {
  for (const [path, make] of Object.entries(generated)) {
    const target = new URL(path, import.meta.url);
    const temporary = new URL(`${path}.tmp`, import.meta.url);
    mkdirSync(new URL(".", target), { recursive: true });
    writeFileSync(temporary, make());
    renameSync(temporary, target);
  }
}
