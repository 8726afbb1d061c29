/**
 * The law of an index that is killed: whatever was under way when its process died, and whatever changed since, the next run makes what one run in one go makes, with the
 * same documents and the same scores, and reads anew only what it must. Documents, changes and moments are drawn.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type Stream, stream } from "../../random.ts";
import { type Embedder, unit } from "../embedder.ts";
import type { IndexSettings } from "../index-file.ts";
import { openIndex } from "../library.ts";
import { type IndexReport, type MakeIndex, makeIndex } from "../make-index.ts";
import { files } from "../sources/files.ts";
import { records } from "../sources/records.ts";

/** What is made where: of files or of lines, with which settings, and weights of the embedder. */
export type MakingAt = {
  readonly root: string;
  readonly of: "files" | "lines";
  readonly settings: IndexSettings;
  readonly weights: string;
};

/** The index of a folder; `wait` milliseconds for some passages to be embedded. */
export function indexAt({ root, of, settings, weights }: MakingAt, wait = 0): MakeIndex {
  const vector = (text: string): Float32Array => {
    const sum = new Float32Array(16).fill(0.01);
    for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
      const random = stream([weights, word], "words");
      for (let i = 0; i < 16; i++) sum[i]! += random.uniform() - 0.5;
    }
    return unit(sum)!;
  };
  const embedder: Embedder = {
    name: "scout",
    key: async () => weights.padEnd(40, "0"),
    questions: async (texts) => texts.map(vector),
    async passages(texts) {
      for (let i = 0; i < texts.length; i += 64)
        await new Promise((resolve) => setTimeout(resolve, wait * Math.min(64, texts.length)));
      return texts.map(({ title, text }) => vector(`${title} ${text}`));
    },
  };
  const source = of === "files" ? files("pages/**/*.md", { root }) : records("lines.jsonl", { root });
  return { name: "library", folder: join(root, ".index"), source, settings, embedder };
}

/** Documents as they stand: the text of each by its name. */
type Texts = Map<string, string>;

const words = Array.from({ length: 300 }, (_, i) => `${"bcdfghklmnprstv"[i % 15]}${"aeiou"[i % 5]}${"bdfgklmnprst"[i % 12]}${i}`);
const drawText = (random: Stream): string =>
  Array.from(
    { length: 1 + random.below(6) },
    () =>
      `${Array.from({ length: 5 + random.below(60) }, () => words[Math.floor(random.uniform() ** 2 * words.length)]).join(" ")}.`,
  ).join("\n\n");

/** Edits, removes, adds and renames some documents; what changed. */
function change(texts: Texts, random: Stream): number {
  const before = new Map(texts);
  for (const name of [...texts.keys()]) {
    const drawn = random.uniform();
    if (drawn < 0.04) texts.set(name, drawText(random));
    else if (drawn < 0.07) texts.delete(name);
    else if (drawn < 0.1) {
      texts.set(`r${random.below(1e9)}`, texts.get(name)!);
      texts.delete(name);
    }
  }
  for (let i = 0; i < 3; i++) texts.set(`n${random.below(1e9)}`, drawText(random));
  return [...texts].filter(([name, text]) => before.get(name) !== text).length;
}

function writeTexts(root: string, texts: Texts): void {
  mkdirSync(join(root, "pages"), { recursive: true });
  const there = new Set(readdirSync(join(root, "pages")).map((file) => file.slice(0, -3)));
  for (const name of there) if (!texts.has(name)) rmSync(join(root, "pages", `${name}.md`));
  for (const [name, text] of texts) {
    const file = join(root, "pages", `${name}.md`);
    if (there.has(name) && readFileSync(file, "utf8") === text) continue;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
  writeFileSync(
    join(root, "lines.jsonl"),
    [...texts].map(([id, text]) => `${JSON.stringify({ id, title: id, text })}\n`).join(""),
  );
}

/** Runs a process that makes the index, and kills it after so many milliseconds; whether it was killed before its end. */
async function killedAfter(making: MakingAt, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "killed-index.ts"), JSON.stringify(making)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  const code = await new Promise<number | null>((resolve) => child.on("close", (ended) => resolve(ended)));
  clearTimeout(timer);
  if (code !== null) expect(code).toBe(0);
  return code === null;
}

/** Everything that an index answers to some questions, by both sides, and which documents it holds. */
async function answersOf(making: MakingAt): Promise<unknown> {
  const index = openIndex(indexAt(making));
  const asked = ["", ...words.slice(0, 6), words.slice(3, 9).join(" "), words.slice(40, 44).join(" ")];
  const round = (score: number | undefined) => Math.round((score ?? 0) * 1e5) / 1e5;
  const lists = [];
  // More than there are passages: what is found twice or not at all is seen.
  for (const question of asked)
    for (const side of [index.text, index.vectors])
      lists.push(
        (await side.lists(question, 2_000)).flat().map(({ id, title, url, text, score }) => [id, title, url, text, round(score)]),
      );
  index.close();
  const { documents, passages, skipped, vectors } = JSON.parse(readFileSync(join(making.root, ".index/index.json"), "utf8"));
  const byScore = (list: unknown[][]) =>
    list.sort((a, b) => Number(b[4]) - Number(a[4]) || (String(a[0]) < String(b[0]) ? -1 : 1));
  return { documents: Object.entries(documents).sort(), passages, skipped, vectors, lists: lists.map(byScore) };
}

/** Draws `rounds` changes, each with a run that is killed once or several times, and holds the index against one made in one go. Tells how many kills hit a run. */
export async function killedLaw(seed: number, rounds: number, documents: number): Promise<number> {
  const base = mkdtempSync(join(tmpdir(), "neuro-killed-"));
  const random = stream(seed, "kills");
  const texts: Texts = new Map(Array.from({ length: documents }, (_, i) => [`d${i}`, drawText(random)]));
  let making: MakingAt = {
    root: join(base, "own"),
    of: random.below(2) === 0 ? "files" : "lines",
    settings: { language: "en" },
    weights: "1",
  };
  let hits = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const changed = round === 0 ? texts.size : change(texts, random);
      const kind = round === 0 ? "documents" : (["documents", "documents", "settings", "weights"] as const)[random.below(4)];
      if (kind === "settings")
        making = {
          ...making,
          settings: { language: random.below(2) === 0 ? "en" : "mixed", block: 40 + 10 * random.below(4), overlap: 10 },
        };
      if (kind === "weights") making = { ...making, weights: String(round + 1) };
      writeTexts(making.root, texts);
      for (let kills = 1 + random.below(2); kills > 0; kills--)
        if (await killedAfter(making, 150 + random.below(1_500))) hits += 1;
      const report = await makeIndex(indexAt(making));
      if (kind === "documents") leastWork(report, changed, texts.size);
      expect(await makeIndex(indexAt(making))).toMatchObject({ changed: 0, embedded: 0 });
      const anew = { ...making, root: join(base, "anew") };
      rmSync(anew.root, { recursive: true, force: true });
      cpSync(making.root, anew.root, { recursive: true, filter: (file) => !file.endsWith(".index") });
      await makeIndex(indexAt(anew));
      expect(await answersOf(making), `seed ${seed}, round ${round}`).toEqual(await answersOf(anew));
      const left = readdirSync(join(making.root, ".index")).map((name) =>
        name.replace(/^data-.*/, "data").replace(/^vectors-.*/, "vectors"),
      );
      // Vectors that were computed may be kept, of one set of weights.
      expect(left.filter((name) => name !== "vectors").sort()).toEqual(["data", "index.json"]);
      expect(left.length).toBeLessThanOrEqual(3);
    }
    return hits;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** No more is indexed than changed, and no more is embedded than that holds. */
function leastWork({ added, edited, embedded }: IndexReport, changed: number, all: number): void {
  expect(added + edited).toBeLessThanOrEqual(changed);
  if (changed < all) expect(embedded).toBeLessThanOrEqual(7 * changed);
}
