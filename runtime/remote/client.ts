/** How a server is spoken to: where it is, what the model is called there, whose key opens it, how long one waits. Knows nothing of what is asked. */
import type OpenAI from "openai";
import { NeuroError } from "../error.ts";

/** Where a remote model is and what it is called there. */
export type RemoteSettings = {
  /** The model's name in the spec. */
  readonly name: string;
  /** The base URL, such as `http://localhost:8000/v1`. */
  readonly url: string;
  /** What the server calls the model. */
  readonly model: string;
  /** The environment variable that holds the key; by default `NEURO_API_KEY`, then `OPENAI_API_KEY`: servers of one's own want none. */
  readonly key?: string;
  /** Tries after the first for lost connections, late answers, 429 and 5xx; the package waits twice as long each time. */
  readonly retries?: number;
  /** Milliseconds for one request. */
  readonly timeout?: number;
};

/** Milliseconds that a request may take where nobody says: long answers of a large model on one's own machine take a minute. */
const patience = 120_000;

/** How long a request may take, in ms. */
export const patienceOf = ({ timeout = patience }: Pick<RemoteSettings, "timeout">): number => timeout;

/** What stands for a remote model in the keys of steps: who it is. How patient one is with it, and who pays, decides nothing. */
export const identityOf = ({ url, model }: RemoteSettings): string => `remote ${url} ${model}`;

/** A client; the package is loaded with the first. Throws `remote_key` where the variable that the spec names is not set. */
export async function clientOf(settings: RemoteSettings, timeout: number, retries: number): Promise<OpenAI> {
  const { default: Client } = await import("openai");
  return new Client({ baseURL: settings.url, apiKey: keyOf(settings), maxRetries: settings.retries ?? retries, timeout });
}

function keyOf({ name, url, key }: RemoteSettings): string {
  if (key === undefined) return process.env.NEURO_API_KEY ?? process.env.OPENAI_API_KEY ?? "none";
  const value = process.env[key];
  if (value) return value;
  throw new NeuroError("remote_key", `The model ${name} at ${url} wants the key in ${key}, which is not set.`, {
    where: url,
    hint: `Set the environment variable ${key}, or leave out \`key:\` where the server wants none.`,
  });
}

/** How many tokens a reply may have, as the server calls it. */
export const bounded = ({ url }: RemoteSettings, most: number): { max_tokens: number } | { max_completion_tokens: number } =>
  url.includes("api.openai.com") ? { max_completion_tokens: most } : { max_tokens: most };
