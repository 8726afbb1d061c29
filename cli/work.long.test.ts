// neuroc work as several processes: workers killed without warning, and the process that lends the state too; with NEURO_TEST_STATE on a server as well.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stream } from "../runtime/random.ts";

const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
const folder = mkdtempSync(join(tmpdir(), "neuroc-work-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { ...process.env, NO_COLOR: "1", NEURO_INDEX: "memory" };

const documents = Array.from({ length: 3_000 }, (_, i) => ({
  _id: `d${i}`,
  title: `Page ${i}`,
  text: Array.from({ length: 60 }, (_, j) => `Sentence ${j} of page ${i} tells of ${(i * 7919 + j * 104_729) % 9973}.`).join(" "),
}));
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
mkdirSync(join(folder, "zoo/qrels"), { recursive: true });
writeFileSync(join(folder, "zoo/corpus.jsonl"), lines(documents));
writeFileSync(
  join(folder, "zoo/queries.jsonl"),
  lines(documents.slice(0, 200).map(({ _id, title }) => ({ _id: `q${_id}`, text: title }))),
);
writeFileSync(
  join(folder, "zoo/qrels/test.tsv"),
  `query-id\tcorpus-id\tscore\n${documents
    .slice(0, 200)
    .map(({ _id }) => `q${_id}\t${_id}\t1\n`)
    .join("")}`,
);
writeFileSync(
  join(folder, "main.neuro"),
  `use std.answering { search }
source corpus = beir("zoo")
index library { over: corpus, text: bm25(language: "en") }
pipeline words(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 20)
eval ranks { of: words, task: retrieval(beir: "zoo"), report: [ndcg(at: 10), mrr] }
`,
);

type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
  err(): string;
};
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

function start(...words: string[]): Running {
  const child = spawn(process.execPath, [neuroc, ...words], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code, out, err });
    }),
  );
  return { child, ended, err: () => err };
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** What lies in the index, without the folder's name. */
function held(): string[] {
  const at = join(folder, ".index/library");
  const { data, ...file } = JSON.parse(readFileSync(join(at, "index.json"), "utf8"));
  return [JSON.stringify(file), readFileSync(join(at, data, "passages.jsonl"), "utf8")];
}

const places = [join(folder, "state"), ...(process.env.NEURO_TEST_STATE ? [process.env.NEURO_TEST_STATE] : [])];

test.each(places)(
  "with the state in %s nothing is lost with workers that are killed, and the results are those of one process",
  async (place) => {
    const alone = (...words: string[]) => spawnSync(process.execPath, [neuroc, ...words], { cwd: folder, env, encoding: "utf8" });
    expect(alone("index", "--fresh")).toMatchObject({ status: 0 });
    const [index, scores] = [held(), JSON.parse(alone("eval", "--fresh", "--json").stdout)[0].systems[0].scores];

    // The first worker lends the embedded state to the others; it is killed in the middle of a part.
    const first = start("work", "--state", place);
    await until(() => first.err().includes("taking parts"));
    const indexing = start("index", "--fresh", "--jobs", "--state", place);
    await until(() => first.err().includes("part 3 in"));
    const second = start("work", "--state", place);
    await until(() => /part \d+ in/.test(second.err()));
    first.child.kill("SIGKILL");
    const made = await indexing.ended;
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining("library: 3000 documents") });
    expect(held()).toEqual(index);

    const evaluating = start("eval", "--fresh", "--jobs", "--json", "--state", place);
    const { code, out } = await evaluating.ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)[0].systems[0].scores).toEqual(scores);

    // Whoever divides the work may be killed as well: the same command goes on.
    const broken = start("index", "--fresh", "--jobs", "--state", place);
    const before = second.err().length;
    await until(() => /part \d+ in/.test(second.err().slice(before)));
    broken.child.kill("SIGKILL");
    await broken.ended;
    expect((await start("index", "--fresh", "--jobs", "--state", place).ended).code).toBe(0);
    expect(held()).toEqual(index);

    second.child.kill("SIGTERM");
    expect(await second.ended).toMatchObject({ code: 0, out: expect.stringMatching(/\d+ parts done/) });
    const listed = await start("work", "--list", "--json", "--state", place).ended;
    expect(JSON.parse(listed.out)).toEqual([]);
    const done = await start("work", "--until-done", "--json", "--state", place).ended;
    expect(JSON.parse(done.out)).toEqual({ done: 0, failed: 0 });
  },
  240_000,
);

test.each(places)(
  "with the state in %s whoever is killed at whatever moment, workers or who divides, the index is the one of one process",
  async (place) => {
    expect(spawnSync(process.execPath, [neuroc, "index", "--fresh"], { cwd: folder, env, encoding: "utf8" })).toMatchObject({
      status: 0,
    });
    const whole = held();
    const random = stream(1, "kills");
    for (let round = 0; round < 4; round++) {
      rmSync(join(folder, ".index"), { recursive: true, force: true });
      const workers = [start("work", "--state", place), start("work", "--state", place)];
      let divider = start("index", "--jobs", "--state", place);
      for (let kills = 0; kills < 3; kills++) {
        await new Promise((resolve) => setTimeout(resolve, 300 + random.below(2_500)));
        const which = random.below(3);
        const killed = which === 2 ? divider : workers[which]!;
        killed.child.kill("SIGKILL");
        await killed.ended;
        if (which === 2) divider = start("index", "--jobs", "--state", place);
        else workers[which] = start("work", "--state", place);
      }
      const made = await divider.ended;
      expect(made, made.err).toMatchObject({ code: 0 });
      expect(held(), `round ${round}`).toEqual(whole);
      for (const { child } of workers) child.kill("SIGTERM");
      await Promise.all(workers.map(({ ended }) => ended));
    }
  },
  600_000,
);
