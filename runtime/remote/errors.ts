/** What the package `openai` throws, as sentences that a person can act on. */

import { NeuroError } from "../error.ts";
import { duration } from "../progress.ts";
import { patienceOf, type RemoteSettings } from "./client.ts";

/** The NeuroError for what a request threw. */
export async function remoteError(error: unknown, settings: RemoteSettings): Promise<NeuroError> {
  const { default: OpenAI } = await import("openai");
  const at = `The model ${settings.name} at ${settings.url}`;
  const make = (code: string, message: string, hint: string) =>
    new NeuroError(code, message, { hint, where: settings.url, cause: error });
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    return make(
      "remote_late",
      `${at} did not answer within ${duration(patienceOf(settings) / 1000)}, again and again.`,
      "Give it more time (`timeout: 10 min` of the model), or ask a faster one. What was answered before is kept.",
    );
  }
  if (error instanceof OpenAI.APIConnectionError) {
    return make(
      "remote_unreachable",
      `${at} cannot be reached: ${causeOf(error)}.`,
      "Start the server, or correct the address in `remote:`.",
    );
  }
  if (error instanceof OpenAI.APIError && typeof error.status === "number")
    return ofStatus(error.status, said(error), at, settings, make);
  return make(
    "remote_failed",
    `${at} gave an answer that is none: ${causeOf(error)}.`,
    "Look at the server's log; it must speak OpenAI's chat protocol.",
  );
}

function ofStatus(
  status: number,
  why: string,
  at: string,
  settings: RemoteSettings,
  make: (code: string, message: string, hint: string) => NeuroError,
): NeuroError {
  if (status === 401 || status === 403) {
    return make(
      "remote_key",
      `${at} refused the key (${status}: ${why}).`,
      "Set NEURO_API_KEY (or OPENAI_API_KEY) to a key that it accepts.",
    );
  }
  if (status === 404) {
    return make(
      "remote_model",
      `${at} does not know "${settings.model}" (${why}).`,
      "Set `name:` to a model that the server lists, and check that the address ends as it should (`/v1`).",
    );
  }
  if (status === 413 || /context.{0,20}(?:length|window|size)|too many tokens|maximum context/i.test(why)) {
    return make("remote_too_long", `${at} was shown more than it can read (${why}).`, "Lower `budget:` of infocontext.");
  }
  if (status === 429)
    return make("remote_busy", `${at} is busy (429: ${why}).`, "Wait, ask less often, or raise the server's limit.");
  if (status >= 500)
    return make("remote_failed", `${at} failed (${status}: ${why}).`, "Look at the server's log, or try again later.");
  return make(
    "remote_refused",
    `${at} refused the request (${status}: ${why}).`,
    "Check the model's name and the decoding that the spec gives it.",
  );
}

/** What the server said, in one line. */
function said(error: { message: string; status?: number }): string {
  return (
    error.message
      .replace(/^\d{3}\s*/, "")
      .split("\n")[0]!
      .slice(0, 200) || "no reason given"
  );
}

/** The innermost reason: `connect ECONNREFUSED 127.0.0.1:8000` says more than `Connection error.` */
function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const text = inner instanceof Error ? inner.message || (inner as NodeJS.ErrnoException).code || inner.name : String(inner);
  return text.split("\n")[0]!.replace(/\.$/, "").slice(0, 200);
}
