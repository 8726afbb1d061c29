/**
 * A PGlite behind a socket: whoever connects is served as by a server, one transaction at a time, because PGlite has a single session. What a message
 * says is read only as far as its kind: the database answers. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";
import { NeuroError } from "../error.ts";
import { shown } from "../files.ts";

/** A database that is lent. */
export type Lent = { close(): Promise<void> };

/** Messages before the first have no kind, and these numbers: requests for encryption, which a socket of one's own needs not, and to cancel. */
const requests = { tls: 80877103, gss: 80877104, cancel: 80877102 };
/** A group of messages is answered at its end: Query, Sync, or Terminate. */
const ends = new Set(["Q", "S", "X"].map((kind) => kind.charCodeAt(0)));

/** Opens the database of a folder and serves it at a socket. Throws `state_damaged`. */
export async function lend(folder: string, file: string): Promise<Lent> {
  const { PGlite } = await import("@electric-sql/pglite");
  let database: PGlite;
  try {
    database = await PGlite.create(folder);
  } catch (error) {
    throw new NeuroError(
      "state_damaged",
      `The state in ${shown(folder)} cannot be opened: ${(error as Error).message.split("\n")[0]}.`,
      {
        where: shown(folder),
        hint: "It holds jobs under way and nothing that could not be made again: move the folder away.",
        cause: error,
      },
    );
  }
  const turns = new Turns();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    void serve(database, socket, turns);
  });
  rmSync(file, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(file, resolve);
  });
  server.unref();
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await turns.idle();
      await database.close();
    },
  };
}

/** Who is heard: one at a time, in order of arrival. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is one's turn, with what ends it. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let end = () => {};
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }

  async idle(): Promise<void> {
    (await this.take())();
  }
}

async function serve(database: PGlite, socket: Socket, turns: Turns): Promise<void> {
  let turn: (() => void) | undefined;
  try {
    for await (const group of groupsOf(socket)) {
      turn ??= await turns.take();
      const out = await database.execProtocolRaw(group);
      if (socket.writable) socket.write(out);
      // While a transaction is open, nobody else is heard.
      if (statusOf(out) === "I") {
        turn();
        turn = undefined;
      }
    }
  } catch {
    // Who breaks off in a message, or sends none of the protocol, is left.
  } finally {
    socket.destroy();
    if (turn !== undefined) await database.exec("rollback").catch(() => {});
    turn?.();
  }
}

/** Messages in groups that are answered together. Throws for what is no protocol. */
async function* groupsOf(socket: Socket): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  let from = 0;
  for await (const piece of socket as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (;;) {
      const head = begun ? 1 : 0;
      if (rest.length < from + head + 4) break;
      const length = rest.readInt32BE(from + head);
      if (length < 4) throw new Error("no message");
      const end = from + head + length;
      if (rest.length < end) break;
      if (!begun) {
        const number = rest.readInt32BE(4);
        const opening = rest.subarray(0, end);
        rest = rest.subarray(end);
        if (number === requests.cancel) return;
        if (number === requests.tls || number === requests.gss) {
          socket.write("N");
          continue;
        }
        begun = true;
        yield opening;
        continue;
      }
      const kind = rest[from]!;
      from = end;
      if (!ends.has(kind)) continue;
      if (kind === 88) return;
      const group = rest.subarray(0, end);
      rest = rest.subarray(end);
      from = 0;
      yield group;
    }
  }
}

/** What the last ReadyForQuery of an answer says: `I` idle, `T` in a transaction, `E` in one that failed; idle where there is none. */
function statusOf(out: Uint8Array): string {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  let status = "I";
  for (let at = 0; at + 5 <= out.length; at += 1 + view.getInt32(at + 1))
    if (out[at] === 90) status = String.fromCharCode(out[at + 5]!);
  return status;
}
