// neuroc init: a first spec that answers from the Markdown files of a folder, without weights.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { globSync } from "tinyglobby";
import { NeuroError } from "../../runtime/error.ts";
import { writeAtomically } from "../../runtime/files.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{ folder: string; docs?: string }> = {
  command: "init [folder]",
  describe: "make a first spec that answers from the Markdown and text files of a folder",
  builder: (yargs) =>
    yargs
      .positional("folder", { type: "string", default: ".", describe: "where main.neuro is written" })
      .option("docs", {
        type: "string",
        describe: "which files to answer from, as a glob; every .md, .txt and .html file below when not given",
      })
      .example("$0 init && $0 index && $0 ask 'How do I install it?'", "from a folder of Markdown to an answer") as never,
  handler: (options) => {
    const folder = resolve(options.folder);
    const file = join(folder, "main.neuro");
    if (existsSync(file))
      throw new NeuroError("spec_exists", `there is a ${relative(process.cwd(), file) || file} already`, {
        hint: "edit it, or init another folder",
      });
    mkdirSync(folder, { recursive: true });
    const glob = options.docs ?? "**/*.md, **/*.txt, **/*.html";
    const files = globSync(
      glob.split(",").map((one) => one.trim()),
      { cwd: folder, ignore: ["**/node_modules/**", "build/**", "runs/**", ".index/**"] },
    );
    writeAtomically(file, template(glob, language(folder, files)));
    ignore(folder);
    const name = relative(process.cwd(), file) || file;
    if (options.json) return console.log(JSON.stringify({ spec: name, documents: files.length }));
    console.log(
      `${name} answers from ${files.length === 0 ? `${glob}, which matches no file yet` : `${files.length} file${files.length === 1 ? "" : "s"}`}.`,
    );
    const cd = folder === process.cwd() ? "" : `cd ${relative(process.cwd(), folder)} && `;
    console.log(`Next: ${cd}neuroc index, then neuroc ask "your question".`);
  },
};
export default verb;

/** The language of most letters in a sample of the files; one index serves both scripts all the same. */
function language(folder: string, files: readonly string[]): "en" | "ru" {
  let cyrillic = 0;
  let latin = 0;
  for (const file of files.slice(0, 50)) {
    const text = readFileSync(join(folder, file)).subarray(0, 20_000).toString("utf8");
    cyrillic += text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
    latin += text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  }
  return cyrillic > latin ? "ru" : "en";
}

/** What neuro makes beside a spec does not belong into version control. */
function ignore(folder: string): void {
  const path = join(folder, ".gitignore");
  if (!existsSync(path)) writeAtomically(path, "build/\nruns/\n.index/\n.serve/\n.state/\nevals/\n");
}

function template(glob: string, lang: "en" | "ru"): string {
  return `/// Answers questions from the documents of this folder, with footnotes that name their sources.
use std.answering { search, quote }

source pages = files("${glob}")
index library { over: pages, text: bm25(language: "${lang}") }

pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  quote(prompt, found)
}

// \`quote\` answers with the documents' own best sentences and needs no weights. To have a model write instead, take these lines in
// and make the last line of the pipeline
//   generate(writer, prompt, infocontext(found, given: [last(prompt)], budget: 1500 tokens))
//
// use std.answering { infocontext, generate }
// use std.models { Remote }
// model writer: Remote { remote: "http://localhost:8000/v1", name: "qwen3-8b", window: 8192 tokens }
`;
}
