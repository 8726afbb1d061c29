/** Writes the example's pages, `pages/en/*.md` and `pages/ru/*.md`, from the tables of facts. Run: `node world/write-pages.ts`. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { realPages } from "./real.ts";
import type { Page } from "./worlds.ts";

/** A file name of lower-case words: the English name, so that both languages of a page are called alike. */
function fileName(page: Page): string {
  return `${page.thing.kind.id}-${page.thing.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}.md`;
}

export function writePages(folder: string): number {
  let written = 0;
  const english = realPages("en");
  for (const language of ["en", "ru"] as const) {
    mkdirSync(`${folder}/${language}`, { recursive: true });
    for (const [i, page] of (language === "en" ? english : realPages(language)).entries()) {
      const file = `${folder}/${language}/${fileName(english[i] ?? page)}`;
      writeFileSync(`${file}.part`, `# ${page.title}\n\n${page.text}\n`);
      renameSync(`${file}.part`, file);
      written++;
    }
  }
  return written;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = writePages(fileURLToPath(new URL("../pages", import.meta.url)));
  console.log(`${count} pages written`);
}
