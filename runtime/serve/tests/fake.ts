/** A system for tests of servers: pipelines that answer as they are told, over documents that are given, behind real HTTP. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answerOver } from "../../answer/footnotes.ts";
import { generate } from "../../answer/generate.ts";
import type { LanguageModel } from "../../answer/model.ts";
import { saysUnknown } from "../../answer/unknown.ts";
import { type Pipeline, pipelineOf } from "../../pipeline/pipeline.ts";
import type { Run } from "../../pipeline/run.ts";
import { infocontext, roughOffsets } from "../../retrieve/infocontext.ts";
import type { System } from "../../system.ts";
import { type Answer, type Context, type Dialog, type Docs, last, type StageContext } from "../../types.ts";
import { type ServerSpec, serverHandle } from "../server.ts";
import type { Listening, ListenOptions } from "../types.ts";

export const docs: Docs = [
  { id: "ghana.md", title: "Ghana", url: "pages/ghana.md", text: "Ghana is a state. Accra is the capital of Ghana.", score: 2 },
  { id: "oslo.md", title: "Oslo", url: "pages/oslo.md", text: "Oslo is the capital of Norway.", score: 1 },
];

/** What questions make the pipeline do: `slow 200` takes so many milliseconds, `fail` fails, and anything else is answered from the first document. */
async function body(run: Run, prompt: Dialog) {
  const question = last(prompt);
  const found = run.stage("search", "main.neuro:3", async () => docs);
  const sizes = { block: 40, overlap: 10, budget: 80 };
  const context = run.stage("infocontext", "main.neuro:4", async (at) => infocontext(await found, [question], sizes, at));
  return run.stage("generate", "main.neuro:5", async (at) => {
    const { blocks } = await context;
    if (question.startsWith("checked")) return checkedAnswer(prompt, await context, at);
    if (question.startsWith("fail")) throw new Error("/secret/path: no such disk");
    const [, ms] = /^slow (\d+)/.exec(question) ?? [];
    const text = question.startsWith("unknown")
      ? "I do not know."
      : `${question.startsWith("echo") ? `${question.slice(5)} ${at.seed}` : "The capital is Accra"} [1]. It is in Ghana.`;
    const words = text.split(/(?<= )/);
    const kept = at.wishes?.most === undefined ? words : words.slice(0, at.wishes.most);
    let written = "";
    for (const word of kept) {
      if (ms) await sleep(Number(ms) / words.length, undefined, { signal: at.signal });
      written += word;
      at.onText?.(written.trimEnd());
    }
    at.note("source tokens", 21);
    at.note("tokens", kept.length);
    const answer = answerOver(written, blocks, { known: !saysUnknown(written) });
    const likely = kept.map((token) => ({ token, logp: -0.5, instead: [] }));
    return {
      ...answer,
      ...(kept.length < words.length && { cut: true as const }),
      ...(at.wishes?.likely !== undefined && { likely }),
    };
  });
}

/** An answer of three sentences, the first with a wrong footnote, the second borne out by nothing, the third with one footnote too many. */
function checkedAnswer(prompt: Dialog, context: Context, at: StageContext): Promise<Answer> {
  const model: LanguageModel = {
    name: "fake",
    async write(_prompt, _blocks, _decoding, { onText }) {
      const text = "Accra is the capital of Ghana [2]. It snows in Ghana [1]. Oslo is the capital of Norway [1][2].";
      for (let end = 1; end <= text.length; end += 9) onText?.(text.slice(0, end).trimEnd());
      return { text };
    },
  };
  const checked = { kind: "words" } as const;
  return generate(model, prompt, context, { checked, unsupported: { kind: "drop" } }, at);
}

/** A server over such a pipeline on any free port, and its folder. Call `end` when done. */
export async function serveFake(
  spec: Partial<ServerSpec> = {},
  options: ListenOptions = {},
  pipelines: readonly string[] = ["answer"],
) {
  const root = mkdtempSync(join(tmpdir(), "neuro-serve-"));
  const made = pipelines.map(
    (name) => pipelineOf(name, "main.neuro:2", body, { offsets: async () => roughOffsets, defaults: {} }) as unknown as Pipeline,
  );
  const system = {
    name: "fake",
    root,
    manifest: { neuro: "0.1.0", hashes: { inputs: "abc" }, models: {} },
    models: () => [],
    indexes: () => [
      { name: "library", lists: async () => [docs], document: async (id: string) => docs.find((doc) => doc.id === id) },
    ],
    pipelines: () => made,
  } as unknown as System;
  const whole: ServerSpec = { of: made[0]!, beside: made.slice(1), ...spec };
  const start = (more: ListenOptions = {}): Promise<Listening> =>
    serverHandle("site", "main.neuro:9", whole, () => system).listen({ port: 0, warm: false, grace: 2_000, ...options, ...more });
  let listening = await start();
  return {
    root,
    get url() {
      return listening.url;
    },
    get port() {
      return listening.port;
    },
    get service() {
      return listening.service;
    },
    close: () => listening.close(),
    /** The same server in a new process's place. */
    async again() {
      listening = await start();
    },
    async end() {
      await listening.close().catch(() => {});
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Asks for JSON. */
export async function post(url: string, value: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof value === "string" ? value : JSON.stringify(value),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, never> };
}

/** A chat request of one question. */
export const question = (content: string, more: object = {}) => ({
  model: "answer",
  messages: [{ role: "user", content }],
  ...more,
});
