/**
 * One request to a server that a spec names. The address in the spec is trusted, wherever it is; where that server sends on to is not: a redirect to a
 * private address, or to one that a name turns out to be, is refused. Time and size are bounded. It knows nothing of what is asked.
 */
import { lookup } from "node:dns";
import { request as overHttp, type RequestOptions } from "node:http";
import { request as overHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import ipaddr from "ipaddr.js";
import { NeuroError } from "../../error.ts";

/** What is asked, and how far. */
export type Request = {
  /** The source's name in the spec, for messages. */
  readonly name: string;
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Whether a redirect may lead to a private address. */
  readonly private?: boolean;
  /** Milliseconds, 10,000 by default; bytes of the answer, 8 MB by default. */
  readonly timeout?: number;
  readonly most?: number;
};

/** An answer that was read to its end. */
export type Reply = { readonly status: number; readonly text: string; readonly type: string; readonly url: URL };

const redirects = 5;

/**
 * Asks, following redirects. Throws `source_unreachable`, `source_late`, `source_too_large`, `source_private` and `source_refused` (a status of 400 or
 * above), or the signal's reason.
 */
export async function ask(request: Request): Promise<Reply> {
  const { timeout = 10_000, signal } = request;
  const late = AbortSignal.timeout(timeout);
  const both = signal === undefined ? late : AbortSignal.any([late, signal]);
  let hop: Request = { ...request, signal: both };
  for (let count = 0; ; count++) {
    const reply = await once(hop, request.url).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (late.aborted) throw problem("late", request, `did not answer within ${timeout / 1000} s`);
      throw error instanceof NeuroError ? error : problem("unreachable", request, `cannot be asked (${reasonOf(error)})`, error);
    });
    if ("text" in reply) {
      if (reply.status >= 400) throw refused(request, reply);
      return reply;
    }
    if (count === redirects) throw problem("unreachable", request, `sends on more than ${redirects} times`);
    hop = following(hop, reply);
  }
}

/** The address in a spec. Throws `source_address` for one that is none, or that holds a password. */
export function addressOf(name: string, url: string): URL {
  const wrong = (why: string) =>
    new NeuroError("source_address", `The source ${name} is at "${url}", ${why}.`, { hint: 'Write "https://host/path".' });
  if (!URL.canParse(url)) throw wrong("which is no address");
  const parsed = new URL(url);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") throw wrong(`and ${parsed.protocol} is not spoken`);
  if (parsed.username !== "" || parsed.password !== "")
    throw wrong("which holds a password: name an environment variable instead");
  return parsed;
}

/** The value of an environment variable that a spec names; nothing for an empty name. Throws `secret_missing`. */
export function secretOf(name: string, variable: string): string | undefined {
  if (variable === "") return undefined;
  const value = process.env[variable];
  if (value !== undefined && value !== "") return value;
  throw new NeuroError("secret_missing", `The source ${name} reads its secret from ${variable}, which is not set.`, {
    hint: `Set the environment variable ${variable}.`,
  });
}

/** The JSON of a reply. Throws `source_misfit`. */
export function jsonOf(name: string, { text, url, type }: Reply): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const [start, end] = [text.trim().slice(0, 60), text.trim().slice(-60)];
    const what = /json/i.test(type)
      ? `answered with JSON that breaks off or is damaged: ..${end}`
      : `did not answer with JSON but with ${type || "text"}: ${start}`;
    throw new NeuroError("source_misfit", `The source ${name} ${what}`, {
      where: shownUrl(url),
      hint: "Look at what the address answers.",
    });
  }
}

/** Whether an address is one of the public internet. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  // NAT64 and 6to4 carry an IPv4 address inside.
  return !(parsed.kind() === "ipv6" && /^(64:ff9b|2002):/.test(parsed.toNormalizedString()));
}

type Redirect = { readonly to: URL; readonly status: number };

function once(request: Request, origin: URL): Promise<Reply | Redirect> {
  const { url, method = "GET", headers = {}, body, signal, most = 8 << 20 } = request;
  const trusted = request.private === true || url.origin === origin.origin;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!trusted && isIP(host) !== 0 && !isPublic(host)) throw isPrivate(request, host);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = {
    accept: "application/json",
    "accept-encoding": "gzip, deflate, br",
    "user-agent": "neuro",
    ...(text !== undefined && { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
    ...headers,
  };
  const open: typeof overHttp = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const options = { method, headers: sent, signal, agent: false, ...(!trusted && { lookup: publicLookup(request) }) };
    const made = open(url.href, options as RequestOptions, (reply) => {
      const { statusCode: status = 0, headers: told } = reply;
      if (status >= 300 && status < 400 && told.location !== undefined) {
        reply.destroy();
        if (URL.canParse(told.location, url.href)) resolve({ to: new URL(told.location, url), status });
        else reject(new Error("it sends on to what is no address"));
        return;
      }
      const encoding = told["content-encoding"];
      const plain = encoding === undefined ? reply : reply.pipe(decoder(encoding));
      // An error of the connection is not passed on by `pipe`.
      reply.on("error", (error) => void plain.destroy(error));
      read(plain, most, request).then((all) => resolve({ status, text: all, type: told["content-type"] ?? "", url }), reject);
    });
    made.on("error", reject);
    made.end(text);
  });
}

function decoder(encoding: string) {
  if (encoding === "br") return createBrotliDecompress();
  return encoding === "deflate" ? createInflate() : createGunzip();
}

/** Names are looked up once, and what they turn out to be is what is connected to. */
function publicLookup(request: Request): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const hidden = addresses.find(({ address }) => !isPublic(address));
      if (hidden) return callback(isPrivate(request, hidden.address), "", 0);
      if ((options as { all?: boolean }).all) return callback(null, addresses as never, 0);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

async function read(stream: Readable, most: number, request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Uint8Array).length;
    if (size > most) {
      stream.destroy();
      throw problem("too_large", request, `answers with more than ${Math.round(most / 1024)} KB`);
    }
    chunks.push(chunk as Uint8Array);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The next request. What is secret stays with the server that it was meant for; only 307 and 308 repeat a POST. */
function following(request: Request, { to, status }: Redirect): Request {
  if (to.protocol !== "http:" && to.protocol !== "https:") throw problem("private", request, `sends on to ${to.protocol}`);
  const own = to.origin === request.url.origin;
  const { body, headers = {}, method = "GET", ...rest } = request;
  const again = method === "GET" || (own && (status === 307 || status === 308));
  return { ...rest, url: to, ...(own && { headers }), ...(again && method === "POST" && { method, body }) };
}

function isPrivate(request: Request, address: string): NeuroError {
  return problem("private", request, `sends on to the private address ${address}`);
}

const hints = {
  late: "Give the stage `otherwise:`, or look at the server.",
  unreachable: "Check the address, and that the server runs.",
  too_large: "Ask it for less.",
  private: "Where that is meant, write `private: true`.",
  refused: "Look at the address, the key and the server's log.",
} as const;

function problem(kind: keyof typeof hints, { name, url }: Request, what: string, cause?: unknown): NeuroError {
  return new NeuroError(`source_${kind}`, `The source ${name} ${what}.`, { where: shownUrl(url), hint: hints[kind], cause });
}

function refused(request: Request, { status, text }: Reply): NeuroError {
  const said = text.replace(/\s+/g, " ").trim().slice(0, 160);
  return problem("refused", request, `answers with status ${status}${said === "" ? "" : `: ${said}`}`);
}

/** Without what is asked: a question may be private. */
const shownUrl = (url: URL): string => `${url.origin}${url.pathname}`;

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message).slice(0, 120) : String(error);
