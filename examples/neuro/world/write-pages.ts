/**
 * Writes the example's pages, `pages/en/*.md` and `pages/ru/*.md`, from the tables of facts, and beside them threads in which somebody asks about every third thing and
 * nobody answers. Run: `node world/write-pages.ts`.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { random } from "./random.ts";
import { realPages } from "./real.ts";
import { crowded, thread } from "./threads.ts";
import type { Page } from "./worlds.ts";

const threads = 2;

/** A file name of lower-case words: the English name, so that both languages of a page are called alike. */
function fileName(page: Page): string {
  return `${page.thing.kind.id}-${page.thing.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}.md`;
}

export function writePages(folder: string): number {
  let written = 0;
  const write = (file: string, { title, text }: { title: string; text: string }) => {
    writeFileSync(`${file}.part`, `# ${title}\n\n${text}\n`);
    renameSync(`${file}.part`, file);
    written++;
  };
  const english = realPages("en");
  for (const language of ["en", "ru"] as const) {
    mkdirSync(`${folder}/${language}/threads`, { recursive: true });
    for (const [i, page] of (language === "en" ? english : realPages(language)).entries()) {
      const name = fileName(english[i] ?? page);
      write(`${folder}/${language}/${name}`, page);
      for (let n = 1; crowded(i) && n <= threads; n++) {
        const asked = thread(random(`${language}/${name}/${n}`), page.thing, language);
        write(`${folder}/${language}/threads/${n}-${name}`, asked);
      }
    }
  }
  return written;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = writePages(fileURLToPath(new URL("../pages", import.meta.url)));
  console.log(`${count} pages written`);
}
