/** What every request needs: the service, the open documents, what the client can do and wishes; and the way from a request to its answer. */
import {
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
  ErrorCodes,
  LSPErrorCodes,
  type Position,
  ResponseError,
} from "vscode-languageserver";
import type { Times } from "../features/inlay-hints.ts";
import type { Service, View } from "../service.ts";
import type { Range } from "../words.ts";
import type { Documents } from "./documents.ts";
import type { Lines } from "./positions.ts";
import type { Settings } from "./settings.ts";
import type { Uris } from "./uris.ts";

/** One client, from its greeting to its farewell. */
export interface Session {
  readonly connection: Connection;
  readonly service: Service;
  readonly documents: Documents;
  readonly uris: Uris;
  readonly client: ClientCapabilities;
  /** As the client last told them. */
  settings: Settings;
  /** How long programs take, by the path of a spec, where that is known. */
  readonly times: Map<string, Times>;
  /** Says on the log what went wrong; never throws. */
  fault(what: string, error: unknown): void;
}

/** A document that is asked about. */
export interface Asked {
  readonly path: string;
  readonly lines: Lines;
  /** The checked program that begins at the document; made when it is first read. */
  readonly view: View;
}

type OfDocument = { readonly textDocument: { readonly uri: string } };

/**
 * A handler of requests about one document. Keystrokes and cancellations that wait in line go first: an answer about a text that is no
 * longer there is `ContentModified`. A request without a document is `InvalidParams`; a fault of ours is logged and answered with `empty`.
 */
export function about<P extends OfDocument, R>(
  session: Session,
  empty: R,
  work: (asked: Asked, params: P) => R | ResponseError<void>,
): (params: P, token?: CancellationToken) => Promise<R | ResponseError<void>> {
  return async (params, token) => {
    const uri: unknown = params?.textDocument?.uri;
    if (typeof uri !== "string") return invalid("a request about a document names it: textDocument.uri");
    const path = session.uris.path(uri);
    const version = session.documents.version(path);
    await new Promise(setImmediate);
    if (token?.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    if (session.documents.version(path) !== version) return new ResponseError(LSPErrorCodes.ContentModified, "the text changed");
    const asked: Asked = {
      path,
      lines: session.documents.lines(path),
      get view() {
        return session.service.view(path);
      },
    };
    return guarded(session, empty, () => work(asked, params));
  };
}

/** What `work` answers; after a fault of ours `empty`, after bad parameters why they are. */
export function guarded<R>(session: Session, empty: R, work: () => R | ResponseError<void>): R | ResponseError<void> {
  try {
    return work();
  } catch (error) {
    if (error instanceof ResponseError) return error;
    session.fault("a request failed", error);
    return empty;
  }
}

/** The offset of a position that a client sent. Throws `InvalidParams` where it is none. */
export function offsetOf(lines: Lines, position: Position | undefined): number {
  if (typeof position?.line !== "number" || typeof position.character !== "number")
    throw invalid("a position has a line and a character");
  return lines.offset(position);
}

/** The offsets of a range that a client sent. Throws `InvalidParams` where it is none. */
export function rangeOf(lines: Lines, range: { start?: Position; end?: Position } | undefined): Range {
  const [a, b] = [offsetOf(lines, range?.start), offsetOf(lines, range?.end)];
  return a <= b ? { start: a, end: b } : { start: b, end: a };
}

export const invalid = (message: string): ResponseError<void> => new ResponseError(ErrorCodes.InvalidParams, message);
/** A request that was understood and cannot be met; the client shows why. */
export const refusal = (message: string): ResponseError<void> => new ResponseError(LSPErrorCodes.RequestFailed, message);
