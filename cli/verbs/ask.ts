// neuroc ask: one question, its answer with footnotes, and the sources they name.
import { createInterface } from "node:readline/promises";
import { NeuroError } from "../../runtime/error.ts";
import type { Answer, CitationScores, Context, Docs, Outcome, Pipeline } from "../../runtime/index.ts";
import { type Explained, explain } from "../../runtime/pipeline/explain.ts";
import { type Built, openBuilt } from "../built.ts";
import { interruptible } from "../interrupt.ts";
import { findSpec } from "../spec.ts";
import type { Verb } from "../verb.ts";

const verb: Verb<{ question?: string[]; spec?: string; pipeline?: string; trace: boolean; explain: boolean; seed: number }> = {
  command: "ask [question..]",
  describe: "answer a question from the indexed documents, with footnotes",
  builder: (yargs) =>
    yargs
      .positional("question", {
        type: "string",
        array: true,
        describe: "the question; without one, questions are read line by line",
      })
      .option("spec", { type: "string", describe: "the spec; main.neuro of this folder when not given" })
      .option("pipeline", { type: "string", describe: "which pipeline answers; `answer`, or the first, when not given" })
      .option("trace", { type: "boolean", default: false, describe: "show what ran and how long it took" })
      .option("explain", {
        type: "boolean",
        default: false,
        describe: "show which blocks each sentence comes from, and how each stage scored them",
      })
      .option("seed", { type: "number", default: 1, describe: "the seed of sampling" })
      .example("$0 ask 'Which country has the capital Accra?'", "") as never,
  handler: async (options) => {
    const built = await openBuilt(findSpec(options.spec), options, false);
    const pipeline = findPipeline(built, options.pipeline);
    for (const index of built.system.indexes()) {
      const { drift } = await index.status();
      if (drift !== undefined) console.error(drift);
    }
    const one = async (question: string) => {
      const answer = await interruptible("answering", (signal) =>
        pipeline(question, { signal, seed: options.seed, device: options.device }),
      );
      if (!isAnswer(answer)) return console.log(options.json ? JSON.stringify({ question, result: answer }) : foundText(answer));
      const explained = options.explain ? { explained: explain(answer) } : {};
      if (options.json) console.log(JSON.stringify({ question, ...answer, ...explained }));
      else console.log([answerText(answer, options.trace), ...(options.explain ? explainedText(answer) : [])].join("\n"));
    };
    // What stands behind `--` is question, too, whatever it looks like; the first word left is the verb.
    const asked = [...(options.question ?? []), ...options._.slice(1)];
    const question = asked.join(" ").trim();
    if (question !== "") await one(question);
    else if (asked.length === 0) await readQuestions(one);
    else
      throw new NeuroError("usage", "the question is empty", {
        hint: "write it, or leave it out to type questions line by line",
      });
  },
};
export default verb;

function findPipeline(built: Built, name: string | undefined): Pipeline {
  const pipelines = built.system.pipelines();
  const found =
    name === undefined ? (pipelines.find((p) => p.name === "answer") ?? pipelines[0]) : pipelines.find((p) => p.name === name);
  if (found) return found;
  throw pipelines.length === 0
    ? new NeuroError("usage", "this spec declares no pipeline", {
        hint: "add one: pipeline answer(prompt: Dialog) -> Answer { .. }",
      })
    : new NeuroError("usage", `this spec has no pipeline ${name}`, { hint: `it has ${pipelines.map((p) => p.name).join(", ")}` });
}

/** Questions from a terminal with a prompt, from a pipe line by line. */
async function readQuestions(one: (question: string) => Promise<void>): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: Boolean(process.stdin.isTTY) });
  if (process.stdin.isTTY) lines.setPrompt("question> ");
  if (process.stdin.isTTY) lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== "") await one(line.trim());
    if (process.stdin.isTTY) lines.prompt();
  }
}

/** A pipeline may end before an answer is written. */
const isAnswer = (value: Answer | Docs | Context | unknown): value is Answer =>
  typeof value === "object" && value !== null && "text" in value && "sources" in value;

/** What a pipeline gives that is no answer: documents or blocks, best first, each by its title, place and score; anything else as JSON. */
function foundText(value: unknown): string {
  const blocks = (value as Context | null)?.blocks?.map(({ doc, start, end, score, text }) => ({
    ...doc,
    text,
    score,
    url: `${doc.url}, characters ${start} to ${end}`,
  }));
  const docs = blocks ?? (Array.isArray(value) && value.every((one) => one?.id !== undefined) ? (value as Docs) : undefined);
  if (docs === undefined) return JSON.stringify(value, null, 2);
  if (docs.length === 0) return "nothing was found";
  return docs
    .map(({ title, url, score, text }, at) => {
      const place = [title, url].filter(Boolean).join(" — ");
      const begin = text.slice(0, 200).replace(/\s+/g, " ").trim();
      return `${at + 1}. ${place}${score === undefined ? "" : `  (${score.toPrecision(4)})`}\n   ${begin}${text.length > 200 ? "…" : ""}`;
    })
    .join("\n");
}

function answerText(answer: Answer, trace: boolean): string {
  const sources = answer.sources.map((source) => `  [${source.number}] ${source.doc.title} — ${source.doc.url}`);
  const missing = answer.missing.length > 0 ? [`  (without ${answer.missing.join(", ")})`] : [];
  const spans = trace
    ? answer.trace.spans.flatMap(({ stage, start, end, where, outcome, texts = [], error }) => [
        `  ${stage.padEnd(14)} ${(end - start).toFixed(0).padStart(6)} ms  ${where}  ${outcome}${error === undefined ? "" : `: ${error}`}`,
        ...texts.map((text) => `      ${text}`),
      ])
    : [];
  return [answer.text, ...sources, ...checkedText(answer), ...missing, ...spans].join("\n");
}

/** What a checker changed, or leaves to the reader, in one line; nothing where all holds. */
function checkedText({ checks }: Answer): string[] {
  const count = (outcome: Outcome) => checks?.sentences.filter((one) => one.outcome === outcome).length ?? 0;
  const said = [
    told(count("repaired"), "sentence has other footnotes than were written", "sentences have other footnotes than were written"),
    told(count("dropped"), "sentence was left out", "sentences were left out"),
    told(count("unsupported"), "sentence is not borne out by what it names", "sentences are not borne out by what they name"),
  ].filter((text) => text !== "");
  return said.length === 0 ? [] : [`  (checked by ${checks!.by}: ${said.join(", ")})`];
}

const told = (count: number, one: string, many: string): string => (count === 0 ? "" : `${count} ${count === 1 ? one : many}`);

/** Each sentence, its blocks, what each stage thought of them, and what became of it; then what its citations are worth. */
function explainedText(answer: Answer): string[] {
  const { checks } = answer;
  const sentences = explain(answer).flatMap(({ text, blocks, check }) => [
    "",
    text,
    ...(check === undefined ? [] : [`  ${checkText(check, checks!.by)}`]),
    ...(blocks.length === 0 && check?.outcome !== "dropped" ? ["  no source is named"] : []),
    ...blocks.flatMap((block) => [
      `  [${block.number}] ${block.title} — ${block.url}, characters ${block.start} to ${block.end}`,
      ...block.scores.map(
        ({ stage, where, rank, score }) =>
          `      ${stage.padEnd(14)} place ${rank}${score === undefined ? "" : `, score ${score.toPrecision(4)}`}  ${where}`,
      ),
    ]),
  ]);
  if (checks === undefined) return sentences;
  const { written, told: now } = checks;
  return [...sentences, "", scoresText("as written", written), ...(now ? [scoresText("as told", now)] : [])];
}

function checkText({ outcome, cited, support }: NonNullable<Explained["check"]>, by: string): string {
  const named = cited.length === 0 ? "named nothing" : `named ${cited.map((number) => `[${number}]`).join("")}`;
  const sure = `${by} ${Number(support.toPrecision(3))}`;
  switch (outcome) {
    case "supported":
      return `borne out (${sure})`;
    case "repaired":
      return `borne out (${sure}); as written it ${named}`;
    case "dropped":
      return `left out: nothing that was shown bears it out (${sure}); it ${named}`;
    case "unsupported":
      return `not borne out (${sure}); as written it ${named}`;
    default:
      return "says that something is not known";
  }
}

const scoresText = (when: string, { recall, precision, sentences, citations }: CitationScores): string =>
  `citations ${when}: recall ${percent(recall)} of ${sentences}, precision ${percent(precision)} of ${citations}`;

const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;
