/** The JSON of a request, read no further than is allowed; and whether its client is still there. */

import { NeuroError } from "../error.ts";
import type { Ctx } from "./app.ts";
import { BadRequest } from "./errors.ts";

/** Reads a JSON body of at most `most` bytes. Throws `body_large` and {@link BadRequest}. */
export async function readJson(c: Ctx, most: number): Promise<unknown> {
  // A browser asks before it sends JSON to another site, which is then refused; a form it would just send.
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
    throw new BadRequest("The body must be JSON.", { code: "content_type", hint: "Send `content-type: application/json`." });
  const declared = Number(c.req.header("content-length") ?? 0);
  if (declared > most) throw large(most);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = c.req.raw.body?.getReader();
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader!.read()) {
    size += piece.value.length;
    if (size > most) {
      await reader!.cancel().catch(() => {});
      throw large(most);
    }
    pieces.push(piece.value);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces)));
  } catch (error) {
    throw new BadRequest(`The body is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : error}.`, {
      code: "invalid_json",
    });
  }
}

const large = (most: number): NeuroError =>
  new NeuroError("body_large", `The request is larger than ${most} bytes.`, {
    hint: "Send less, or start the server with a larger `--body`.",
  });

/** Aborted when the client leaves before it has its response. */
export function presence(c: Ctx): AbortSignal {
  const left = new AbortController();
  const { outgoing } = c.env;
  const gone = () => {
    if (!outgoing.writableFinished) left.abort(new NeuroError("client_left", "The client has left."));
  };
  outgoing.once("close", gone);
  if (outgoing.destroyed) gone();
  return left.signal;
}
