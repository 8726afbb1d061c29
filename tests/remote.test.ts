// Models behind addresses in a recipe: one writes, others judge, and what they said is never asked again.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-remote-"));
const asked: string[] = [];
/** After so many answers the server hangs, or says nothing of use. */
let wellUpTo = Number.POSITIVE_INFINITY;
let then: "hangs" | "talks nonsense" = "hangs";
/** What it was asked and answered well. */
const answered: string[] = [];
/** Writes what it was asked with a number after it, prefers longer answers, and marks by length. */
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const { messages, seed } = JSON.parse(Buffer.concat(parts).toString()) as { messages: { content: string }[]; seed: number };
    const [system, user] = messages.map(({ content }) => content);
    const well = answered.length < wellUpTo;
    if (!well && then === "hangs") return;
    if (well) answered.push(JSON.stringify([messages, seed]));
    const kind = system!.startsWith("You compare") ? "compare" : system!.startsWith("You mark") ? "mark" : "write";
    asked.push(kind);
    const texts = [...user!.matchAll(/<answer[^>]*>\n([^<]*)\n</g)].map(([, text]) => text!.length);
    const content = !well ? "Both have their merits." : kind === "write" ? `${user}${"!".repeat(seed % 7)}` : kind === "mark" ? String(Math.min(10, texts[0]!)) : texts[0]! >= texts[1]! ? "A" : "B"; // biome-ignore format: one choice
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [{ message: { role: "assistant", content } }] }));
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(base, { recursive: true, force: true });
});

const spec = (address: string, weight: number) => `
use std.models { Remote, pairwise, scores }
use std.objectives { duel }
use std.data { sample, top, pairs, Prompt }
type Aspect = main | usefulness
model judge: Remote { remote: "${address}", name: "j", head: pairwise(over: Aspect) }
model marks: Remote { remote: "${address}", head: scores(over: Aspect) }
model writer: Remote { remote: "${address}" }
dataset questions: Prompt = jsonl("questions.jsonl")
reward quality(prompt: Dialog, documents: Docs, answer: Answer) {
  wins  = duel(judge, answer, answer, prompt)
  mark  = marks(answer | prompt, documents)
  total = wins.main + mark.main * ${weight}
}
train t {
  drawn = sample(writer, questions, n: 4, most: 12 tokens)
  best  = top(drawn, 1, by: quality)
  two   = pairs(drawn, by: quality, most: 1)
  report(mean: mean(best.reward), margin: mean(two.margin))
}
`;

async function run(at: string): Promise<void> {
  const { system } = await openBuilt(findSpec(at), { device: "cpu", set: [], json: false });
  await system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  await system.close();
}

test("a recipe samples a remote model and is judged by others; another coefficient asks nobody", async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const at = join(base, "first");
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "questions.jsonl"), ["a?", "bb?", "c?"].map((prompt) => `${JSON.stringify({ prompt })}\n`).join(""));
  writeFileSync(join(at, "main.neuro"), spec(address, 0.1));
  await run(at);
  expect(asked.filter((kind) => kind === "write").length).toBe(12);
  expect(asked.filter((kind) => kind === "mark").length).toBeGreaterThan(6);
  const before = asked.length;
  const again = join(base, "again");
  cpSync(at, again, { recursive: true });
  writeFileSync(join(again, "main.neuro"), spec(address, 0.2));
  await run(again);
  expect(asked.length).toBe(before);
}, 30_000);

test("servers that hang or talk nonsense end the run; more patience goes on, and nothing that was answered is asked again", async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const patient = (timeout: string) =>
    spec(address, 0.1).replaceAll(`remote: "${address}"`, `remote: "${address}", timeout: ${timeout}`);
  const at = join(base, "silent");
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "questions.jsonl"), ["a?", "bb?", "c?"].map((prompt) => `${JSON.stringify({ prompt })}\n`).join(""));
  writeFileSync(join(at, "main.neuro"), patient("200 ms"));
  answered.length = 0;
  // Two of the last prompt's four answers are written.
  wellUpTo = 10;
  await expect(run(at)).rejects.toMatchObject({
    code: "remote_late",
    message: expect.stringMatching(/writer at http.*within 0\.2 s/),
    hint: expect.stringContaining("timeout:"),
  });
  expect(answered.length).toBe(10);
  // A folder of its own, because a module is loaded once.
  const again = join(base, "patient");
  cpSync(at, again, { recursive: true });
  writeFileSync(join(again, "main.neuro"), patient("10 s"));
  [wellUpTo, then] = [15, "talks nonsense"];
  await expect(run(again)).rejects.toMatchObject({
    code: "remote_nonsense",
    message: expect.stringMatching(/(judge|marks) at http.*"Both have their merits\."/),
  });
  expect(answered.length).toBe(15);
  wellUpTo = Number.POSITIVE_INFINITY;
  await run(again);
  expect(answered.length).toBeGreaterThan(20);
  expect(new Set(answered).size).toBe(answered.length);
}, 60_000);

test.each(["uncertainty(judge, row)", "duel(judge, row.left, row.right, row.prompt).main + overrating(judge, rows)"])(
  "a formula around a judge behind an address is refused while building: %s",
  async (formula) => {
    const at = join(base, `refused-${formula.length}`);
    mkdirSync(at, { recursive: true });
    const head = spec("http://127.0.0.1:9/v1", 1)
      .split("reward quality")[0]!
      .replace("sample, top, pairs, Prompt", "uncertainty, overrating, Duel, Prompt");
    const train = `train t {\n  rows = pairs\n  fn worth(row) = ${formula}\n  report(mean: mean(for row in rows { worth(row) }))\n}\n`;
    writeFileSync(join(at, "main.neuro"), `${head}dataset pairs: Duel = jsonl("pairs.jsonl")\n${train}`);
    const said: string[] = [];
    const heard = vi.spyOn(console, "error").mockImplementation((text) => void said.push(String(text)));
    const written = vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
    await expect(openBuilt(findSpec(at), { device: "cpu", set: [], json: false })).rejects.toThrow("refused");
    heard.mockRestore();
    written.mockRestore();
    expect(said.join("")).toContain("formula over a judge behind an address");
  },
);
