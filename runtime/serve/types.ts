/**
 * What lies between the protocols of a server (OpenAI's chat API, MCP, the page) and the pipelines of a spec: every protocol turns what it is told
 * into an {@link Asked} and gets a {@link Told}. Plain data; nothing here knows HTTP.
 */

import type { Explained } from "../pipeline/explain.ts";
import type { Answer, Dialog, Doc, Docs, Span, Wishes } from "../types.ts";
import type { Worth } from "./worth.ts";

/** How a server is started, beside what its spec says. */
export type ListenOptions = {
  /** The address to listen at; this machine only without it. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** Names under which browsers may reach it, beside its own: `https://answers.example`. */
  readonly origins?: readonly string[];
  /** Where answers are kept; `.serve/<name>` in the spec's folder without it. */
  readonly folder?: string;
  /** Keeps answers in a state instead, which servers elsewhere share: an address `postgres://..`, or a folder. */
  readonly state?: string;
  /** Who may ask; by `NEURO_SERVE_KEYS` and `NEURO_SERVE_KEYS_FILE` without it. */
  readonly keys?: readonly string[];
  /** Milliseconds for answers under way when it is told to stop. */
  readonly grace?: number;
  /** Milliseconds that a client may take to send a request, or to take what it is sent. */
  readonly patience?: number;
  /** Bytes of a request. */
  readonly body?: number;
  /** Whether a first question is asked before the port opens, so that models are loaded when the first person asks; true without it. */
  readonly warm?: boolean;
  /** Told about what happens, a line each. */
  readonly log?: (line: string) => void;
};

/** A server that listens. */
export type Listening = {
  readonly url: string;
  readonly port: number;
  readonly service: Service;
  /** Takes no more requests, finishes those under way within the grace, tells the others, and gives everything back but the system. */
  close(): Promise<void>;
};

/** A request for answers, whichever protocol brought it. */
export type Asked = {
  /** Under which its answers are found again; a new one without it. */
  readonly id?: string | undefined;
  /** The pipeline's name; the server's first without it. */
  readonly model?: string | undefined;
  readonly prompt: Dialog;
  readonly seed?: number | undefined;
  /** How many answers. */
  readonly count?: number | undefined;
  readonly wishes?: Wishes | undefined;
  /** Milliseconds; the server's own deadline if that is sooner. */
  readonly deadline?: number | undefined;
  /** The caller has left. */
  readonly signal?: AbortSignal | undefined;
  /** Told when it has passed the gate: from here on it is being answered. */
  readonly onBegin?: (() => void) | undefined;
  /** Told the text so far of the answer of a number (from 0). */
  readonly onText?: ((index: number, text: string) => void) | undefined;
  /** Told about each stage of the first answer as it ends. */
  readonly onSpan?: ((span: Span) => void) | undefined;
  /** The `traceparent` of the caller's trace. */
  readonly parent?: string | undefined;
};

/** Tokens that were read, of these read before, and written. */
export type Usage = { readonly read: number; readonly reused: number; readonly written: number };

/** What came of a request. */
export type Told = {
  /** Finds it again: `/v1/answers/<id>`. */
  readonly id: string;
  /** Epoch seconds. */
  readonly created: number;
  readonly model: string;
  readonly prompt: Dialog;
  readonly answers: readonly Answer[];
  readonly usage: Usage;
};

/** A pipeline that may be asked. */
export type Served = { readonly id: string; readonly where: string };

/** Scores of documents against a question, in the order of the documents, and what they were scored by. */
export type Scored = { readonly scores: readonly number[]; readonly by: string };

/** What a reward (its name, its line of the spec) thinks of answers. */
export type Judged = { readonly by: string; readonly where: string; readonly answers: readonly Worth[] };

/** How the server is: whether it takes requests, and how many it has. */
export type Health = {
  readonly status: "ok" | "stopping";
  readonly running: number;
  readonly waiting: number;
};

/**
 * What protocols call. Each throws a NeuroError: `busy` (too many wait), `stopping`, `model_unknown`, `prompt_long`, `answer_late`, and what stages
 * throw.
 */
export type Service = {
  models(): readonly Served[];
  answer(asked: Asked): Promise<Told>;
  /** Passages of the server's index, best first. Throws `index_missing` where the spec has none. */
  search(query: string, top: number, signal?: AbortSignal): Promise<Docs>;
  /** A document that an index of the spec holds, whole; undefined where none does. */
  document(id: string, signal?: AbortSignal): Promise<Doc | undefined>;
  rank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<Scored>;
  /** Throws `embed_missing` where the server has no such model. */
  embed(
    texts: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ model: string; vectors: readonly (readonly number[])[]; tokens: number }>;
  /** An answer that was told before; undefined when it is not known (any more). */
  told(id: string): Promise<Told | undefined>;
  /** Where the sentences of each of the answers come from. */
  explain(id: string): Promise<readonly (readonly Explained[])[] | undefined>;
  /** What the spec's reward thinks of each of its answers; undefined when it is not known. Throws `reward_missing` where the server has none. */
  worth(id: string, signal?: AbortSignal): Promise<Judged | undefined>;
  /** Whether the server has a reward. */
  readonly rewarded: boolean;
  health(): Promise<Health>;
};
