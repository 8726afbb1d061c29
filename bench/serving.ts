/**
 * Many clients at once against one at a time: `neuroc serve` in a process of its own, streamed answers, each compared with what the same question gave
 * alone. Both take turns in one run, so that a busy machine slows both.
 *   node bench/serving.ts [--spec examples/neuro] [--clients 64] [--seconds 120] [--rounds 3] [--questions 2000] [--steady 0] [--write]
 * `--steady` goes on with all clients for so many seconds and tells what of the server's memory grows meanwhile. `--write` puts the tables into serving.md.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { in_their_words } from "../examples/neuro/world/exams.ts";
import { gainTable, prefixGains } from "./serving/prefixes.ts";
import { programs, programTable } from "./serving/programs.ts";

const root = resolve(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: {
    spec: { type: "string", default: join(root, "examples/neuro") },
    clients: { type: "string", default: "64" },
    seconds: { type: "string", default: "120" },
    rounds: { type: "string", default: "3" },
    questions: { type: "string", default: "2000" },
    steady: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
  },
});
const [clients, seconds, rounds, steady] = [flags.clients, flags.seconds, flags.rounds, flags.steady].map(Number) as [
  number,
  number,
  number,
  number,
];
const questions = [...in_their_words({ count: Number(flags.questions), seed: 11 })].map((row) => row.prompt[0]!.content);

/** One answer: when it began and ended after it was asked, in milliseconds, and whether it came whole. */
type Asked = {
  readonly question: string;
  readonly first: number;
  readonly all: number;
  readonly text: string;
  readonly whole: boolean;
  /** Whether it says that a stage was late or failed and was replaced: such an answer may differ. */
  readonly replaced: boolean;
};

async function ask(url: string, question: string): Promise<Asked> {
  const begun = performance.now();
  const body = JSON.stringify({ model: "answer", stream: true, messages: [{ role: "user", content: question }] });
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  let [text, rest, first, whole, replaced] = ["", "", 0, false, false];
  const decoder = new TextDecoder();
  for await (const piece of response.body!) {
    rest += decoder.decode(piece, { stream: true });
    const events = rest.split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      if (event === "data: [DONE]") whole = true;
      else if (event.startsWith("data: ")) {
        const { choices, neuro } = JSON.parse(event.slice(6));
        const content = choices?.[0]?.delta?.content ?? "";
        replaced ||= neuro?.missing?.length > 0;
        if (content !== "") first ||= performance.now() - begun;
        text += content;
      }
    }
  }
  return { question, first, all: performance.now() - begun, text, whole, replaced };
}

/** Asks on and on with so many clients for so long. */
async function load(
  url: string,
  many: number,
  forSeconds: number,
  next: () => string,
): Promise<{ asked: Asked[]; failed: number; seconds: number }> {
  const begun = performance.now();
  const asked: Asked[] = [];
  let failed = 0;
  const client = async () => {
    while (performance.now() - begun < forSeconds * 1000) {
      try {
        asked.push(await ask(url, next()));
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: many }, client));
  return { asked, failed, seconds: (performance.now() - begun) / 1000 };
}

const at = (values: readonly number[], share: number): string =>
  `${(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0).toFixed(0)} ms`;

/** A figure of the server's metrics, over all of its labels. */
async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)`, "gm"))].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Megabytes of the server: all, what JavaScript uses, its arrays (tensors), and of these what is kept of sources that were read. */
const parts = [
  "process_resident_memory_bytes",
  "nodejs_heap_size_used_bytes",
  "nodejs_external_memory_bytes",
  "neuro_kept_bytes",
];
const memoryOf = async (url: string): Promise<readonly number[]> =>
  (await Promise.all(parts.map((part) => figure(url, part)))).map((bytes) => bytes / 2 ** 20);

const server = spawn(process.execPath, [join(root, "bin/neuroc.mjs"), "serve", flags.spec, "--port", "0", "--device", "cpu"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise<string>((done, refused) => {
  createInterface({ input: server.stdout }).once("line", done);
  server.once("exit", (code) => refused(new Error(`neuroc serve ended with ${code}`)));
});
const turns = { alone: 0, together: questions.length >> 1 };
const next = (who: keyof typeof turns) => () => questions[turns[who]++ % questions.length]!;
const alone: Awaited<ReturnType<typeof load>>[] = [];
const together: Awaited<ReturnType<typeof load>>[] = [];
const memory: number[] = [];
const watching = setInterval(() => void memoryOf(url).then(([all]) => memory.push(all!)), 10_000);
/** Seconds of the processor that the server took while the work was done: what a busy machine changes least. */
const taken = async <T>(of: "alone" | "together", work: () => Promise<T>): Promise<T> => {
  const before = await figure(url, "process_cpu_seconds_total");
  const done = await work();
  processor[of] += (await figure(url, "process_cpu_seconds_total")) - before;
  return done;
};
const processor = { alone: 0, together: 0 };
const busy: number[] = [];
for (let round = 0; round < rounds; round++) {
  alone.push(await taken("alone", () => load(url, 1, seconds / rounds / 2, next("alone"))));
  together.push(await taken("together", () => load(url, clients, seconds / rounds, next("together"))));
  busy.push(loadavg()[0]!);
}
clearInterval(watching);
const long: { at: number; parts: readonly number[] }[] = [];
if (steady > 0) {
  const begun = performance.now();
  const look = async () => {
    const at = (performance.now() - begun) / 1000;
    long.push({ at, parts: await memoryOf(url) });
  };
  await look();
  const looking = setInterval(() => void look(), 1000 * Math.max(1, steady / 20));
  together.push(await load(url, clients, steady, next("together")));
  clearInterval(looking);
}
const [steps, sources, reused] = await Promise.all(
  ["steps", "sources", "sources_reused"].map((name) => figure(url, `neuro_${name}_total`)),
);
// What was asked among others is asked alone once more: a mixed answer would differ.
const expected = new Map<string, string>();
for (const { asked } of alone) for (const one of asked) expected.set(one.question, one.text);
const all = together.flatMap(({ asked }) => asked);
const distinct = [...new Set(all.map(({ question }) => question))].filter((question) => !expected.has(question));
for (const question of distinct) expected.set(question, (await ask(url, question)).text);
const differing = all.filter(({ question, text, replaced }) => !replaced && text !== expected.get(question));
const replaced = all.filter((one) => one.replaced).length;
for (const { question, text } of differing)
  console.error(`${question}\n  alone: ${expected.get(question)}\n  among others: ${text}`);
const mixed = differing.length;
const lost = together.reduce((sum, { failed }) => sum + failed, 0) + all.filter(({ whole }) => !whole).length;
const exit = new Promise((done) => server.once("exit", done));
server.removeAllListeners("exit").once("exit", () => {});
server.kill("SIGTERM");
await Promise.race([exit, new Promise((done) => setTimeout(done, 30_000))]);

/** Megabytes a minute by which the server grew in the second half of the long run (least squares). */
function growth(): number {
  const half = long.slice(long.length >> 1).map(({ at, parts: [all] }) => ({ at: at / 60, all: all! }));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(half.map(({ at }) => at)), mean(half.map(({ all }) => all))];
  const covariance = half.reduce((sum, { at, all }) => sum + (at - x) * (all - y), 0);
  return covariance / half.reduce((sum, { at }) => sum + (at - x) ** 2, 0);
}

function steadyTable(): string {
  if (long.length === 0) return "";
  const every = long.filter((_, i) => i % 2 === 0);
  const line = (name: string, part: number) => `| ${name} | ${every.map(({ parts }) => parts[part]!.toFixed(0)).join(" | ")} |`;
  return [
    `\n## Memory\n\n${clients} clients go on for ${steady} s more. In the second half its resident memory changes by ${growth().toFixed(1)} MB a minute. Megabytes:\n`,
    `| seconds | ${every.map(({ at }) => at.toFixed(0)).join(" | ")} |`,
    `| --- | ${every.map(() => "---").join(" | ")} |`,
    ...["resident", "JavaScript objects, garbage too", "arrays: tensors kept, in use and spare", "of these kept of sources"].map(
      line,
    ),
  ].join("\n");
}

const row = (name: string, runs: typeof alone) => {
  const asked = runs.flatMap((run) => run.asked);
  const rate = asked.length / runs.reduce((sum, run) => sum + run.seconds, 0);
  const [first, whole] = [asked.map((one) => one.first), asked.map((one) => one.all)];
  const cells = [
    name,
    asked.length,
    rate.toFixed(1),
    ...[0.5, 0.95, 0.99].map((share) => at(first, share)),
    ...[0.5, 0.95, 0.99].map((share) => at(whole, share)),
  ];
  return { rate, text: `| ${cells.join(" | ")} |` };
};
const each = (of: "alone" | "together", runs: typeof alone) =>
  (1000 * processor[of]) / runs.reduce((sum, { asked }) => sum + asked.length, 0);
const inTurn = together.slice(0, rounds);
const [one, many] = [row("one at a time", alone), row(`${clients} clients`, inTurn)];
const table = [
  "| | answers | a second | first token p50 | p95 | p99 | whole answer p50 | p95 | p99 |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  one.text,
  many.text,
].join("\n");
const told = [
  table,
  `\nBatching gains ${(many.rate / one.rate).toFixed(2)} times the answers. Of ${all.length} answers among others ${lost} were lost and ${mixed} differed from the same question's answer alone; ${replaced} more say that a stage was late and was replaced (as the example's \`within: 10 s, otherwise: ..\` has it).`,
  `The server's processor time for an answer: ${each("alone", alone).toFixed(1)} ms alone, ${each("together", inTurn).toFixed(1)} ms among others, ${(each("alone", alone) / each("together", inTurn)).toFixed(2)} times less. The machine's load was ${busy.map((value) => value.toFixed(0)).join(", ")} on ${availableParallelism()} cores (others worked on it, too).`,
  `Memory of the server every 10 s: ${memory.map((mb) => mb.toFixed(0)).join(", ")} MB.`,
  `In ${steps} steps ${sources} sources were to be read, of which ${reused} had been read before.`,
  steadyTable(),
].join("\n");
console.log(told);
const where = programTable(await programs(resolve(flags.spec), questions, [1, clients], Math.min(10, seconds / 6), rounds));
console.log(`\n${where}`);
const measured = await prefixGains();
const gains = `A decoder of ${(measured.weights / 1e6).toFixed(0)} million drawn weights reads prompts with that and without, in turn; medians.\n\n${gainTable(measured.gains)}`;
console.log(`\n${gains}`);
if (flags.write)
  writeFileSync(
    join(import.meta.dirname, "serving.md"),
    `# Serving: many at once\n\nThe example's whole chain (search, blocks, answer) behind \`neuroc serve\`, streamed, on two cores that the clients use, too. One client and ${clients} take turns in ${rounds} rounds, ${seconds} s for the many in all; of ${questions.length} questions ${new Set(questions).size} are different ones.\n\n${told}\n\n## Where the time goes\n\nThe same pipeline without HTTP, the two again in turn. Reading a source is as much work alone as among others, since it is bounded by products and not by memory; what batching saves is in the steps, whose weights are read once for all rows. An answer of the example has about six tokens, so its source weighs more than its steps.\n\n${where}\n\n## Beginnings that are read once\n\nA model without an encoder reads a prompt from where it first differs from those that it has read or written. ${gains}\n\n\`node bench/serving.ts --clients ${clients} --seconds ${seconds} --rounds ${rounds} --questions ${questions.length}${steady > 0 ? ` --steady ${steady}` : ""} --write\`\n`,
  );
process.exit(lost + mixed > 0 ? 1 : 0);
