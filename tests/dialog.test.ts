// A dialog over HTTP: its last turn is rephrased by a model that is shown the turns before, searched for, answered and checked; and what happens to the
// answer when the rephraser is silent, slow or gone.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import type { Listening } from "../runtime/serve/types.ts";
import type { Checks, Span } from "../runtime/types.ts";

type Message = { role: string; content: string };
const shown: Message[][] = [];
/** What the rephraser does next. */
let rephraser: "list" | "prose" | "slow" | "fails" = "list";
const model = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    const { messages } = JSON.parse(Buffer.concat(parts).toString()) as { messages: Message[] };
    const rephrases = messages[0]!.content.startsWith("Write the search queries");
    if (rephrases) shown.push(messages);
    if (rephrases && rephraser === "slow") await sleep(4_000);
    if (rephrases && rephraser === "fails") return response.writeHead(500).end("{}");
    const list = rephraser === "prose" ? "I would search the web." : '["people in Lillehammer", "Lillehammer population"]';
    const content = rephrases ? list : "Lillehammer has 28 thousand people [2]. It hosted the games of 1996 [1].";
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] }));
  });
});
await new Promise<void>((resolve) => model.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;

const root = mkdtempSync(join(tmpdir(), "neuro-dialog-"));
let built: Built;
let server: Listening;
beforeAll(async () => {
  mkdirSync(join(root, "pages"));
  writeFileSync(
    join(root, "pages", "town.md"),
    "# Lillehammer\nLillehammer has 28 thousand people. It hosted the games of 1994.",
  );
  writeFileSync(join(root, "pages", "river.md"), "# Gudbrandsdalslågen\nThe river runs past the town of the games.");
  writeFileSync(
    join(root, "main.neuro"),
    `use std.models { Remote }
use std.answering { rephrase, search, infocontext, generate }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
model gpt: Remote { remote: "${address}", name: "fake" }
pipeline answer(prompt: Dialog) -> Answer {
  queries = rephrase(prompt, by: gpt, most: 3, within: 1500 ms, otherwise: [last(prompt)])
  found   = search(library, queries, top: 5)
  context = infocontext(found, given: queries)
  generate(gpt, prompt, context, checked: words, unsupported: drop)
}
serve site { of: answer }
`,
  );
  built = await openBuilt(findSpec(root), { device: "cpu", json: false, set: [] });
  await built.system.indexes()[0]!.build({});
  server = await built.system.servers()[0]!.listen({ port: 0, warm: false });
});
afterAll(async () => {
  await server?.close();
  await built?.system.close();
  model.closeAllConnections();
  model.close();
  rmSync(root, { recursive: true, force: true });
});

const dialog: Message[] = [
  { role: "user", content: "Which town hosted the games of 1994?" },
  { role: "assistant", content: "Lillehammer [1]." },
  { role: "user", content: "How many people live there?" },
];

type Kept = { answers: { trace: { spans: Span[] }; text: string; missing: string[]; checks: Checks }[] };

/** Asks the dialog, and what is kept of the answer. */
async function ask(does: typeof rephraser) {
  rephraser = does;
  shown.length = 0;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ model: "answer", messages: dialog });
  const response = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", headers, body });
  const { id } = (await response.json()) as { id: string };
  const { answers } = (await (await fetch(`${server.url}/v1/answers/${id}`)).json()) as Kept;
  const [answer] = answers;
  const span = answer!.trace.spans.find(({ stage }) => stage === "rephrase")!;
  return { answer: answer!, span };
}

test("a model rephrases the last turn by the whole dialog; its questions are searched for, and stand in the trace", async () => {
  const { answer, span } = await ask("list");
  expect(shown[0]!.slice(1)).toEqual(dialog);
  expect(span).toMatchObject({ outcome: "ok", texts: ["people in Lillehammer", "Lillehammer population"] });
  expect(answer.text).toBe("Lillehammer has 28 thousand people [1].");
  expect(answer.checks.sentences.map(({ outcome }) => outcome)).toEqual(["repaired", "dropped"]);
  expect(answer.missing).toEqual([]);
});

test("a model that writes no questions leaves it to rules, which take along who was named", async () => {
  const { span } = await ask("prose");
  expect(span).toMatchObject({ outcome: "ok", notes: { "by rules": true } });
  expect(span.texts![0]).toMatch(/^Lillehammer\b.*: How many people live there\?$/);
});

test.each(["slow", "fails"] as const)("a rephraser (%s) is replaced as the spec says, and the answer names it", async (does) => {
  const { answer, span } = await ask(does);
  expect(answer.missing).toEqual(["rephrase"]);
  expect(span).toMatchObject({ outcome: "replaced", error: expect.any(String) });
  expect(answer.text).toContain("28 thousand");
});
