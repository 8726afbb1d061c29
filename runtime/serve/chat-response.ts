/** Answers in the form of OpenAI's chat completions: whole, and in pieces. Plain data from plain data. */

import type { Answer, Likely, Span } from "../types.ts";
import type { Told } from "./types.ts";

/**
 * A footnote `[n]` as OpenAI writes citations: where it stands in the text (UTF-16 code units, end exclusive), and what it names.
 */
export function annotationsOf({ footnotes, sources }: Answer) {
  return footnotes.flatMap(({ number, at }) => {
    const source = sources.find((one) => one.number === number);
    if (source === undefined) return [];
    const { url, title } = source.doc;
    return [
      { type: "url_citation" as const, url_citation: { start_index: at, end_index: at + `[${number}]`.length, url, title } },
    ];
  });
}

/** What OpenAI's form has no field for: whether the answer is known, what was missing, the blocks that it cites, and what a checker made of its sentences. */
export function extrasOf({ known, missing, sources, checks }: Answer) {
  return {
    known,
    missing,
    ...(checks && { checks }),
    sources: sources.map(({ number, doc, start, end, text }) => ({
      number,
      id: doc.id,
      title: doc.title,
      url: doc.url,
      start,
      end,
      text,
    })),
  };
}

const finishOf = ({ cut }: Answer) => (cut ? ("length" as const) : ("stop" as const));

function logprobsOf(likely: readonly Likely[] | undefined) {
  if (likely === undefined) return null;
  const entry = ({ token, logp }: { token: string; logp: number }) => ({ token, logprob: logp, bytes: [...Buffer.from(token)] });
  return { content: likely.map((one) => ({ ...entry(one), top_logprobs: one.instead.map(entry) })), refusal: null };
}

export function usageBody({ usage: { read, reused, written } }: Told) {
  return {
    prompt_tokens: read,
    completion_tokens: written,
    total_tokens: read + written,
    prompt_tokens_details: { cached_tokens: reused },
  };
}

/** `chat.completion`. */
export function completion(told: Told, fingerprint: string) {
  return {
    id: told.id,
    object: "chat.completion" as const,
    created: told.created,
    model: told.model,
    system_fingerprint: fingerprint,
    choices: told.answers.map((answer, index) => ({
      index,
      message: { role: "assistant" as const, content: answer.text, refusal: null, annotations: annotationsOf(answer) },
      logprobs: logprobsOf(answer.likely),
      finish_reason: finishOf(answer),
      neuro: extrasOf(answer),
    })),
    usage: usageBody(told),
  };
}

/** The pieces of one streamed response: each call gives the next `chat.completion.chunk`s. */
export class Chunks {
  readonly #head: Readonly<Record<string, unknown>>;
  readonly #sent: string[] = [];

  constructor(id: string, model: string, created: number, fingerprint: string) {
    this.#head = { id, object: "chat.completion.chunk", created, model, system_fingerprint: fingerprint };
  }

  /** The first of an answer. */
  begin(index: number): object {
    this.#sent[index] = "";
    return this.#chunk({ index, delta: { role: "assistant", content: "", refusal: null } });
  }

  /** What the text so far adds to what was sent; nothing when it adds nothing, or no longer begins with it (a stage began anew). */
  text(index: number, soFar: string): object[] {
    const sent = this.#sent[index] ?? "";
    const text = soFar.trimStart();
    if (!text.startsWith(sent) || text.length === sent.length) return [];
    this.#sent[index] = text;
    return [this.#chunk({ index, delta: { content: text.slice(sent.length) } })];
  }

  /** A stage that has ended. */
  stage(span: Span): object {
    return { ...this.#head, choices: [], neuro: { stage: span } };
  }

  /** The rest of an answer, its probabilities and citations. False where what was sent is not its beginning. */
  end(index: number, answer: Answer): object[] | false {
    const sent = this.#sent[index] ?? "";
    if (!answer.text.startsWith(sent)) return false;
    const rest = answer.text.slice(sent.length);
    const logprobs = logprobsOf(answer.likely);
    const last = rest === "" && logprobs === null ? [] : [this.#chunk({ index, delta: { content: rest }, logprobs })];
    const finish = this.#chunk({ index, delta: { annotations: annotationsOf(answer) }, finish_reason: finishOf(answer) });
    return [...last, { ...finish, neuro: extrasOf(answer) }];
  }

  /** The numbers of tokens, after all answers. */
  usage(told: Told): object {
    return { ...this.#head, choices: [], usage: usageBody(told) };
  }

  #chunk(choice: { index: number; delta: object; logprobs?: object | null; finish_reason?: string }): object {
    const { index, delta, logprobs = null, finish_reason = null } = choice;
    return { ...this.#head, choices: [{ index, delta, logprobs, finish_reason }] };
  }
}
