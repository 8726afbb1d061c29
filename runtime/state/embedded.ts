/**
 * PGlite in a folder, for all processes of this machine: whoever is first opens it and lends it over a socket in the folder; whoever finds nobody at
 * the socket takes over. What was committed outlasts a kill: PGlite writes ahead as Postgres does. It knows no tables.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { cannotWrite, sha256, shown, writeAtomically } from "../files.ts";
import { type Lent, lend } from "./lend.ts";

/** The number in a socket's name, as `pg` and `psql -h <folder>` form it. */
const port = 5432;
/** Milliseconds that another process may take to open the database, or to leave it. */
const patience = 60_000;

/** Where the embedded state of a folder is reached. */
export type Embedded = {
  readonly shown: string;
  /** The folder of the socket, as `pg` takes it, and the number in the socket's name. */
  readonly host: string;
  readonly port: number;
  /** Resolves when somebody lends it: another process, or this one from now on. Throws `state_taken`, `cannot_write`. */
  ready(): Promise<void>;
  /** Gives it back, where this process lends it: the next who asks takes over. */
  close(): Promise<void>;
};

/** The embedded state of a folder, which is made where it is missing. Nothing is opened yet. Throws `cannot_write`. */
export async function embedded(folder: string): Promise<Embedded> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  const home = realpathSync(folder);
  const host = socketFolder(home);
  const file = join(host, `.s.PGSQL.${port}`);
  let own: { lent: Lent; leave(): void } | undefined;
  let taking: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    for (const until = Date.now() + patience; ; ) {
      if (own !== undefined || (await answers(file))) return;
      const leave = await claim(home);
      if (leave !== undefined) {
        try {
          own = { lent: await lend(join(home, "postgres"), file), leave };
          return;
        } catch (error) {
          leave();
          throw error;
        }
      }
      if (Date.now() > until)
        throw new NeuroError("state_taken", `Another process holds the state in ${shown(folder)} and does not answer.`, {
          where: shown(folder),
          hint: "Stop it, then start again.",
        });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return {
    shown: shown(folder),
    host,
    port,
    ready() {
      taking ??= ready().finally(() => {
        taking = undefined;
      });
      return taking;
    },
    async close() {
      await taking?.catch(() => {});
      const held = own;
      own = undefined;
      await held?.lent.close();
      held?.leave();
    },
  };
}

/** The folder itself; where its name is too long for a socket, one of a short name that is written down in it. */
function socketFolder(home: string): string {
  if (home.length + 20 < 100 && process.platform !== "win32") return home;
  const note = join(home, "socket");
  try {
    const noted = readFileSync(note, "utf8");
    mkdirSync(noted, { recursive: true, mode: 0o700 });
    return noted;
  } catch {
    const made = mkdtempSync(join(tmpdir(), "neuro-"));
    writeAtomically(note, made);
    return readFileSync(note, "utf8");
  }
}

/** Whether somebody listens at a socket. */
function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/**
 * The right to open the folder, which the system takes back from a process that dies, whatever it dies of: an abstract socket of Linux, a pipe of
 * Windows; elsewhere a port of this machine. Undefined while another process has it.
 */
function claim(home: string): Promise<(() => void) | undefined> {
  const name = sha256(home);
  const places: Partial<Record<NodeJS.Platform, string>> = {
    linux: `\0neuro-state-${name}`,
    win32: `\\\\.\\pipe\\neuro-state-${name}`,
  };
  const path = places[process.platform];
  const server: Server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    const listening = () => {
      server.unref();
      resolve(() => server.close());
    };
    if (path !== undefined) server.listen(path, listening);
    else server.listen(20_000 + (Number.parseInt(name.slice(0, 8), 16) % 40_000), "127.0.0.1", listening);
  });
}
