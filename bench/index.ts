// An index at size: how long it takes to make it, to bring it up to date when 1% of its documents changed, to open it and to ask it, what that holds in memory and on
// disk, and how many of the truly nearest passages are found. Usage: node bench/index.ts <folder with xquad/> [--passages 100000,300000] [--width 128] [--write]
// Texts are sentences of XQuAD, English and Russian, that share a paragraph's words; vectors are those of an encoder that was never trained: a drawn vector for each
// word, summed. Each step is a process of its own, so that its memory is its own. `--write` puts the table into bench/index.md.
import { spawnSync } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { failed } from "../cli/failed.ts";
import { type Seed, stream } from "../runtime/random.ts";
import { sentences } from "../runtime/retrieve/analysis/sentences.ts";
import { words } from "../runtime/retrieve/analysis/words.ts";
import { dot, type Embedder, unit } from "../runtime/retrieve/embedder.ts";
import { openIndex } from "../runtime/retrieve/library.ts";
import { makeIndex } from "../runtime/retrieve/make-index.ts";
import { records } from "../runtime/retrieve/sources/records.ts";
import { median } from "./peer.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    passages: { type: "string", default: "100000,300000" },
    width: { type: "string", default: "128" },
    write: { type: "boolean", default: false },
    step: { type: "string" },
    at: { type: "string" },
  },
});
const width = Number(flags.width);
/** Questions that are asked, and passages wanted for each. */
const asked = { questions: 200, top: 10 };

/** The paragraphs of the collections, each as its sentences. */
function paragraphs(folder: string): string[][] {
  const files = readdirSync(join(folder, "xquad")).sort();
  const data = files.flatMap((file) => JSON.parse(readFileSync(join(folder, "xquad", file), "utf8")).data as Article[]);
  return data.flatMap((article) => article.paragraphs.map(({ context }) => sentences(context).map(({ text }) => text)));
}
type Article = { readonly paragraphs: readonly { readonly context: string }[] };

/** A text about one paragraph: three of its sentences and one from elsewhere, every eighth word drawn anew out of many. */
function drawnText(pool: readonly (readonly string[])[], seed: Seed): string {
  const random = stream(seed, "texts");
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const own = pick(pool);
  const drawn = [pick(own), pick(own), pick(pick(pool)), pick(own)].join(" ");
  // Few names are everywhere, most are rare.
  return drawn.replace(/\p{L}+/gu, (word) =>
    random.below(8) === 0 ? `${word.slice(0, 3)}${Math.floor(random.uniform() ** 4 * 50_000)}` : word,
  );
}

async function writeTexts(file: string, pool: readonly (readonly string[])[], count: number, changed: number): Promise<void> {
  const out = createWriteStream(file);
  for (let i = 0; i < count; i++) {
    const anew = i % 100 === 7 && changed > 0 ? changed : 0;
    const line = JSON.stringify({ id: `d${i}`, title: `Text ${i}`, text: drawnText(pool, [i, anew]) });
    if (!out.write(`${line}\n`)) await new Promise<void>((resolve) => out.once("drain", () => resolve()));
  }
  await new Promise<void>((resolve) => out.end(() => resolve()));
}

/** An encoder that was never trained: texts are near when they share words. `seconds` is what it took. */
function drawnEmbedder(): Embedder & { seconds: number } {
  const known = new Map<string, Float32Array>();
  const of = (word: string): Float32Array => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const made = new Float32Array(width);
    let state = 2166136261;
    for (let i = 0; i < word.length; i++) state = Math.imul(state ^ word.charCodeAt(i), 16777619);
    for (let i = 0; i < width; i++) {
      state = Math.imul(state ^ (state >>> 15), 2246822519) + i;
      made[i] = ((Math.imul(state ^ (state >>> 13), 3266489917) >>> 0) / 2 ** 32 - 0.5) * Math.min(1, word.length / 6);
    }
    known.set(word, made);
    return made;
  };
  const vector = (text: string): Float32Array => {
    const sum = new Float32Array(width);
    for (const { text: word } of words(text)) {
      const own = of(word);
      for (let i = 0; i < width; i++) sum[i]! += own[i]!;
    }
    return unit(sum) ?? sum.fill(width ** -0.5);
  };
  const timed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const begun = performance.now();
    const made = texts.map(vector);
    own.seconds += (performance.now() - begun) / 1000;
    return made;
  };
  const own = {
    name: "drawn",
    seconds: 0,
    key: async () => `${width}`.padEnd(40, "0"),
    questions: timed,
    passages: (texts: readonly { text: string }[]) => timed(texts.map(({ text }) => text)),
  };
  return own;
}

/** What one step found: seconds, or what it says of itself. */
type Found = Readonly<Record<string, number>>;

const opening = (at: string) => ({
  name: "library",
  folder: join(at, "library"),
  source: records("texts.jsonl", { root: at }),
  settings: { language: "mixed" as const, block: "whole" as const },
  embedder: drawnEmbedder(),
});

async function make(at: string): Promise<Found> {
  const begun = performance.now();
  const embedder = drawnEmbedder();
  const { embedded, changed, passages } = await makeIndex({ ...opening(at), embedder });
  // An encoder's own time is its own matter.
  const seconds = (performance.now() - begun) / 1000 - embedder.seconds;
  return { seconds, embedded, changed, passages, disk: sizeOf(join(at, "library")) };
}

async function ask(at: string, pool: readonly (readonly string[])[]): Promise<Found> {
  const begun = performance.now();
  const index = openIndex(opening(at));
  const questions = Array.from({ length: asked.questions }, (_, i) => {
    const random = stream(i, "questions");
    const own = pool[random.below(pool.length)]!;
    return own[random.below(own.length)]!.split(" ").slice(0, 12).join(" ");
  });
  await index.text.lists(questions[0]!, asked.top);
  const opened = (performance.now() - begun) / 1000;
  const settled = process.memoryUsage().rss;
  const timed = async (side: typeof index.text) => {
    const times: number[] = [];
    const found: number[][] = [];
    for (const question of questions) {
      const from = performance.now();
      const [list] = await side.lists(question, asked.top);
      times.push(performance.now() - from);
      found.push(list!.map(({ score = 0 }) => score));
    }
    return { times: times.sort((a, b) => a - b), found };
  };
  const byWords = await timed(index.text);
  const byVectors = await timed(index.vectors);
  const memory = process.memoryUsage().rss;
  const exact = await nearest(at, questions);
  // Of texts that are equally near any may be told: what counts is how near it is.
  const right = byVectors.found.flatMap((scores, i) => scores.filter((score) => score >= exact[i]! - 1e-6)).length;
  const late = (times: readonly number[]) => times[Math.floor(times.length * 0.95)]!;
  return {
    opened,
    settled,
    memory,
    words: median(byWords.times),
    wordsLate: late(byWords.times),
    vectors: median(byVectors.times),
    vectorsLate: late(byVectors.times),
    recall: right / (asked.questions * asked.top),
  };
}

/** How near the last of the nearest texts is to each question, all compared. */
async function nearest(at: string, questions: readonly string[]): Promise<number[]> {
  const embedder = drawnEmbedder();
  const vectors = await embedder.questions(questions);
  const best: number[][] = questions.map(() => []);
  for await (const line of createInterface({ input: createReadStream(join(at, "texts.jsonl"), "utf8") })) {
    const { title, text } = JSON.parse(line) as { title: string; text: string };
    const [own] = await embedder.passages([{ title, text }]);
    for (const [i, list] of best.entries()) {
      const score = dot(vectors[i]!, own!);
      if (list.length === asked.top && score <= list.at(-1)!) continue;
      const before = list.findIndex((one) => one < score);
      list.splice(before < 0 ? list.length : before, 0, score);
      list.length = Math.min(list.length, asked.top);
    }
  }
  return best.map((list) => list.at(-1)!);
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Runs a step in a process of its own; what it found, with the most memory that it held. */
function step(name: string, data: string, at: string): Found {
  const own = [import.meta.filename, data, "--step", name, "--at", at, "--width", flags.width];
  const { stdout, status } = spawnSync(process.execPath, own, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return JSON.parse(stdout.toString()) as Found;
}

async function measured(data: string, count: number): Promise<Record<string, Found>> {
  const at = mkdtempSync(join(tmpdir(), "neuro-bench-index-"));
  try {
    const pool = paragraphs(data);
    await writeTexts(join(at, "texts.jsonl"), pool, count, 0);
    const built = step("make", data, at);
    const same = step("make", data, at);
    const first = step("ask", data, at);
    await writeTexts(join(at, "texts.jsonl"), pool, count, 1);
    const updated = step("make", data, at);
    await writeTexts(join(at, "texts.jsonl"), pool, count, 2);
    const again = step("make", data, at);
    const later = step("ask", data, at);
    return { built, same, first, updated, again, later };
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
const seconds = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} s`;
const times = (middle: number, late: number): string => `${middle.toFixed(1)} ms (${late.toFixed(1)})`;

function told(rows: readonly { readonly count: number; readonly found: Record<string, Found> }[]): string {
  const line = (name: string, of: (found: Record<string, Found>, count: number) => string): string =>
    `| ${name} | ${rows.map(({ count, found }) => of(found, count)).join(" | ")} |`;
  return [
    `| | ${rows.map(({ count }) => `${count.toLocaleString("en")} passages`).join(" | ")} |`,
    `| --- | ${rows.map(() => "---").join(" | ")} |`,
    line("made", ({ built }) => seconds(built!.seconds!)),
    line("of that, for 100,000 passages", ({ built }, count) => seconds((built!.seconds! * 100_000) / count)),
    line("memory while it is made, at most", ({ built }) => megabytes(built!.most!)),
    line("brought up to date, nothing changed", ({ same }) => seconds(same!.seconds!)),
    line("1% of the documents changed", ({ updated }) => seconds(updated!.seconds!)),
    line("1% changed once more", ({ again }) => seconds(again!.seconds!)),
    line("memory meanwhile, at most", ({ again }) => megabytes(again!.most!)),
    line("disk, new", ({ built }) => megabytes(built!.disk!)),
    line("disk, after both changes", ({ again }) => megabytes(again!.disk!)),
    line("opened, with the first question", ({ later }) => seconds(later!.opened!)),
    line("memory of the process that asks: opened", ({ later }) => megabytes(later!.settled!)),
    line("after all questions", ({ later }) => megabytes(later!.memory!)),
    line("a question by words, median (95%)", ({ later }) => times(later!.words!, later!.wordsLate!)),
    line("a question by vectors, median (95%)", ({ later }) => times(later!.vectors!, later!.vectorsLate!)),
    line("of the ten nearest are found", ({ later }) => `${(100 * later!.recall!).toFixed(2)}%`),
  ].join("\n");
}

async function main(data: string): Promise<void> {
  if (flags.step !== undefined) {
    const found = flags.step === "make" ? await make(flags.at!) : await ask(flags.at!, paragraphs(data));
    console.log(JSON.stringify({ ...found, most: process.resourceUsage().maxRSS * 1024 }));
    return;
  }
  const rows = [];
  for (const count of flags.passages.split(",").map(Number)) rows.push({ count, found: await measured(data, count) });
  const table = told(rows);
  console.log(table);
  const file = join(import.meta.dirname, "index.md");
  if (!flags.write) return;
  const marks = /(<!-- table -->\n)[\s\S]*(\n<!-- end -->)/;
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(marks, (_, before: string, after: string) => `${before}${table}${after}`),
  );
}

const [data] = positionals;
if (data === undefined) {
  console.error("node bench/index.ts <folder with xquad/>");
  process.exit(2);
}
try {
  await main(data);
  process.exit(0);
} catch (error) {
  failed(error);
  process.exit(1);
}
