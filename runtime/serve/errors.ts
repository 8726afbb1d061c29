/** What goes wrong as a response in OpenAI's form: a status, `{ error: { message, type, param, code } }`, and when to ask again. */

import { NeuroError } from "../error.ts";

/** A fault of a request, found while it is read. */
export class BadRequest extends NeuroError {
  /** The field that is wrong. */
  readonly param: string | undefined;

  constructor(message: string, more: { param?: string; code?: string; hint?: string } = {}) {
    super(more.code ?? "invalid_value", message, more.hint === undefined ? {} : { hint: more.hint });
    this.param = more.param;
  }
}

/** A response that tells a fault. */
export type Fault = {
  readonly status: number;
  readonly body: { readonly error: { message: string; type: string; param: string | null; code: string | null } };
  readonly headers: Readonly<Record<string, string>>;
};

type Kind = { readonly status: number; readonly type: string; readonly again?: number };

const refused = "invalid_request_error";
const known: Readonly<Record<string, Kind>> = {
  busy: { status: 429, type: "rate_limit_error", again: 1 },
  stopping: { status: 503, type: "server_error", again: 5 },
  model_unknown: { status: 404, type: refused },
  answer_unknown: { status: 404, type: refused },
  document_unknown: { status: 404, type: refused },
  route_unknown: { status: 404, type: refused },
  method_unknown: { status: 405, type: refused },
  prompt_long: { status: 400, type: refused },
  body_large: { status: 413, type: refused },
  body_slow: { status: 408, type: refused },
  key_wrong: { status: 401, type: "authentication_error" },
  origin_foreign: { status: 403, type: "permission_error" },
  embed_missing: { status: 404, type: refused },
  reward_missing: { status: 404, type: refused },
  index_missing: { status: 503, type: "server_error" },
  weights_missing: { status: 503, type: "server_error" },
  stage_late: { status: 504, type: "server_error" },
  answer_late: { status: 504, type: "server_error" },
};

/** The response to an error. What is our own fault is told without its inner parts; they belong into the log. */
export function faultOf(error: unknown): Fault {
  if (error instanceof BadRequest)
    return fault({ status: 400, type: refused }, error.message, error.code, error.param, error.hint);
  // What went wrong inside of a stage is told as far as the stage's name.
  if (error instanceof NeuroError && isOurs(error))
    return fault(
      { status: 500, type: "server_error" },
      `${error.message.split(" failed:")[0]} failed; the server's log says more.`,
      error.code,
    );
  if (error instanceof NeuroError)
    return fault(known[error.code] ?? { status: 500, type: "server_error" }, error.message, error.code, undefined, error.hint);
  return fault({ status: 500, type: "server_error" }, "The server has a fault of its own; its log says more.", "internal");
}

/** Whether a fault is ours, so that the log should have it whole. */
export const isOurs = (error: unknown): boolean => !(error instanceof NeuroError) || error.code === "stage_failed";

function fault({ status, type, again }: Kind, message: string, code: string, param?: string, hint?: string): Fault {
  const text = hint === undefined ? message : `${message} ${hint}`;
  const body = { error: { message: text, type, param: param ?? null, code } };
  return { status, body, headers: again === undefined ? {} : { "retry-after": String(again) } };
}
