/**
 * Shared state: a Postgres server by its address, or PGlite in a folder that one process of this machine lends to the others. Either way it is asked
 * through `pg`, its tables are those of `migrations.ts`, and a connection that dies is opened anew. It knows nothing of what is kept.
 */
import type { Pool, PoolClient } from "pg";
import { NeuroError } from "../error.ts";
import { embedded } from "./embedded.ts";
import { migrate } from "./migrations.ts";

/** Rows of a table, and what a statement that wrote says. */
export type Row = Record<string, unknown>;

/** An open state. */
export type State = {
  /** As a person knows it, without passwords: an address or a folder. */
  readonly shown: string;
  /** Asks one statement with `$1`-values, or several without. Where a connection dies it is asked again, so asking twice must do no harm. Throws `state_lost`. */
  query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  close(): Promise<void>;
};

/** Which state: an address `postgres://..`, or a folder for the embedded one. */
export type StatePlace = { readonly url?: string | undefined; readonly folder: string };

/** Milliseconds in which a state that went away is looked for, where nobody says otherwise. */
const usual = 20_000;
/** Connections of one process; the embedded state has a single session anyway. */
const most = { server: 4, embedded: 2 };

/** What `--state` and `NEURO_STATE` may say: an address of a server, or a folder. Throws `state_address`. */
export function statePlace(said: string | undefined, folder: string): StatePlace {
  const given = said ?? process.env.NEURO_STATE;
  if (given === undefined || given === "") return { folder };
  if (/^postgres(ql)?:\/\//.test(given)) {
    if (URL.canParse(given)) return { url: given, folder };
    throw new NeuroError("state_address", "The address of the state cannot be read.", {
      hint: "It has the form postgres://user:password@host:5432/database.",
    });
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given))
    throw new NeuroError(
      "state_address",
      `The state is a Postgres server or a folder, not ${given.replace(/:\/\/.*/, "://..")}.`,
      {
        hint: "Write postgres://user:password@host:5432/database, or the path of a folder.",
      },
    );
  return { folder: given };
}

/** Opens a state and brings its tables up to date; `patience` is how many milliseconds a state that went away is looked for. Throws `state_unreachable`, `state_newer`, `state_taken`, `cannot_write`. */
export async function openState(place: StatePlace, patience = usual): Promise<State> {
  const { default: pg } = await import("pg");
  const home = place.url === undefined ? await embedded(place.folder) : undefined;
  const shown = home?.shown ?? withoutPassword(place.url!);
  const pool: Pool =
    home === undefined
      ? new pg.Pool({ connectionString: place.url!, max: most.server, connectionTimeoutMillis: 10_000, allowExitOnIdle: true })
      : new pg.Pool({
          host: home.host,
          port: home.port,
          user: "postgres",
          database: "postgres",
          max: most.embedded,
          allowExitOnIdle: true,
        });
  // A server that goes away while nothing is asked is told by the next query.
  pool.on("error", () => {});
  let closed = false;
  const asked = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const until = Date.now() + patience;
    for (;;) {
      try {
        await home?.ready();
        return await leased(pool, work);
      } catch (error) {
        if (!isGone(error)) throw error;
        if (closed || Date.now() > until) throw lost(shown, error, place.url);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  const close = async () => {
    closed = true;
    await pool.end().catch(() => {});
    await home?.close();
  };
  try {
    await reached(pool, shown, place.url, home);
    await asked((client) => migrate(client, shown));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    shown,
    query: (sql, values) =>
      asked(async (client) => {
        const result = (await client.query(sql, values as unknown[])) as unknown as Result | Result[];
        // Several statements at once give a result each; the rows are those of all.
        return (Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows) as never;
      }),
    close,
  };
}

type Result = { readonly rows: Row[] };

async function leased<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const breaks = (error: Error) => {
    broken = error;
  };
  client.on("error", breaks);
  try {
    return await work(client);
  } catch (error) {
    // A statement that failed may have left a transaction open.
    broken ??= error as Error;
    throw error;
  } finally {
    client.off("error", breaks);
    client.release(broken);
  }
}

/** The first connection of a server tells what is wrong with its address at once: nobody waits for what was never there. */
async function reached(pool: Pool, shown: string, url: string | undefined, home: unknown): Promise<void> {
  if (home !== undefined) return;
  try {
    (await pool.connect()).release();
  } catch (error) {
    throw new NeuroError("state_unreachable", `The state at ${shown} cannot be reached: ${reason(error, url)}.`, {
      hint: "Check the address (--state or NEURO_STATE), and that the server runs.",
    });
  }
}

const gone = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT", "57P01", "57P02", "57P03", "08006", "08003"]);

/** Whether a connection is gone, rather than a statement wrong. */
function isGone(error: unknown): boolean {
  const { code, message = "" } = (error ?? {}) as { code?: string; message?: string };
  return (
    gone.has(code ?? "") || /Connection terminated|connection timeout|Client has encountered a connection error/i.test(message)
  );
}

function lost(shown: string, error: unknown, url: string | undefined): NeuroError {
  return new NeuroError("state_lost", `The state at ${shown} went away: ${reason(error, url)}.`, {
    hint: "Nothing that was finished is lost. Start again when it is back.",
  });
}

/** What the driver says, which may hold the address. */
function reason(error: unknown, url: string | undefined): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  const said = (message || code || String(error)).split("\n")[0]!.slice(0, 200);
  return url === undefined ? said : said.replaceAll(url, "its address");
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
