// On a folder that is not ours: how often search finds a question's own paragraph among the first five, and how often the answer stands in
// what `quote` quotes. Usage: node bench/xquad.ts <xquad.json> [<xquad.json> ...]
// Each file's paragraphs become Markdown files of a temporary folder; then what a person would type: neuroc init, neuroc index, and asking.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { NeuroError } from "../runtime/error.ts";
import type { Doc, Pipeline } from "../runtime/index.ts";

type Xquad = {
  data: { title: string; paragraphs: { context: string; qas: { question: string; answers: { text: string }[] }[] }[] }[];
};
type Question = { readonly text: string; readonly answers: readonly string[]; readonly page: string };

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("node bench/xquad.ts xquad.en.json xquad.ru.json");
  process.exit(2);
}
for (const file of files) await measure(file);
process.exit(0);

async function measure(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "neuro-xquad-"));
  try {
    const questions = writePages(file, folder);
    const neuroc = join(import.meta.dirname, "..", "bin", "neuroc.mjs");
    for (const verb of ["init", "index"])
      execFileSync(process.execPath, [neuroc, verb], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    const built = await openBuilt(findSpec(join(folder, "main.neuro")), { json: false, device: "cpu", set: [] });
    const answer = built.answer as Pipeline;
    const [index] = built.system.indexes();
    if (index === undefined) throw new NeuroError("no_index", "neuroc init wrote a spec without an index.");
    let found = 0;
    let inside = 0;
    let refused = 0;
    let sentences = 0;
    const begun = performance.now();
    for (const { text, answers, page } of questions) {
      if ((await index.find(text, 5)).some((doc) => pageOf(doc) === page)) found += 1;
      const quoted = await answer(text);
      if (!quoted.known) refused += 1;
      sentences += quoted.footnotes.length;
      if (answers.some((one) => quoted.text.includes(one))) inside += 1;
    }
    const count = questions.length;
    const share = (n: number) => `${((100 * n) / count).toFixed(1)}%`;
    console.log(`${basename(file)}: ${count} questions, ${index.name} of ${(await index.status()).documents} pages`);
    console.log(`  own paragraph among the first five   ${share(found)}`);
    console.log(`  answer stands in the quoted sentences ${share(inside)}`);
    console.log(`  said that it does not know           ${share(refused)}`);
    console.log(`  sentences quoted                     ${(sentences / (count - refused)).toFixed(2)} an answer`);
    console.log(`  time                                 ${((performance.now() - begun) / count).toFixed(1)} ms a question`);
    await built.system.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pageOf(doc: Doc): string {
  return doc.passage?.of ?? doc.id;
}

/** A file for each paragraph, under its article's title. */
function writePages(file: string, folder: string): Question[] {
  const { data } = JSON.parse(readFileSync(file, "utf8")) as Xquad;
  mkdirSync(join(folder, "pages"));
  return data.flatMap(({ title, paragraphs }) =>
    paragraphs.flatMap(({ context, qas }, i) => {
      const page = `pages/${title.replaceAll(/[^\p{L}\p{N}_-]/gu, "-")}-${i + 1}.md`;
      writeFileSync(join(folder, page), `# ${title.replaceAll("_", " ")}\n\n${context}\n`);
      return qas.map(({ question, answers }) => ({ text: question, answers: answers.map((answer) => answer.text), page }));
    }),
  );
}
