/**
 * A server on a port: its parts are opened, requests are taken, and when it is told to stop it finishes what is under way, tells the others, and
 * gives everything back but the system.
 */

import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { batchOf } from "../decode/batching.ts";
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import type { System } from "../system.ts";
import { makeApp } from "./app.ts";
import { Gate } from "./gate.ts";
import { History, type Keeps } from "./history.ts";
import { openKeys } from "./keys.ts";
import { mcpFactory, mcpOverHttp } from "./mcp.ts";
import { type Moment, openMetrics } from "./metrics.ts";
import { originsOf } from "./origins.ts";
import { readPage } from "./page.ts";
import type { ServerSpec } from "./server.ts";
import { openService, standard } from "./service.ts";
import { openTraces } from "./traces.ts";
import type { Listening, ListenOptions, Service } from "./types.ts";

/** Which server of which system. */
export type Serving = { readonly name: string; readonly spec: ServerSpec; readonly system: System };

/** What holds where nobody says otherwise: milliseconds and bytes. */
const usual = { port: 8080, grace: 20_000, patience: 30_000, body: 2 ** 20 };

/** Milliseconds in which a state that went away is looked for: whoever waits for an answer should not wait long for its being kept. */
const lookedFor = 1_000;

/** A service that is not on any port, and what ends it. */
export type OpenedService = {
  readonly service: Service;
  readonly metrics: Awaited<ReturnType<typeof openMetrics>>;
  /** Refuses what comes from now on, waits for what is under way as long as the grace, and ends the rest. */
  stop(grace: number): Promise<void>;
};

/** Opens the service of a server without a port: what MCP over stdio needs. */
export async function openServed({ name, spec, system }: Serving, options: ListenOptions): Promise<OpenedService> {
  const limit = spec.limit ?? standard.limit;
  const gate = new Gate(limit, spec.queue ?? limit);
  const ending = new AbortController();
  const history = await historyOf({ name, spec, system }, options);
  const traces = await openTraces(name);
  const metrics = await openMetrics(() => momentOf(system, gate));
  const log = options.log ?? (() => {});
  const service = openService({ name, spec, system, history, metrics, traces, gate, ending: ending.signal, log });
  return {
    service,
    metrics,
    async stop(grace) {
      const told = new NeuroError("stopping", "The server is stopping.", { hint: "Ask again soon." });
      const late = setTimeout(() => ending.abort(told), grace);
      await gate.close(told);
      clearTimeout(late);
      await history.close();
      await traces.close().catch((error: Error) => log(`traces could not be sent: ${error.message}`));
    },
  };
}

/** Where answers are kept: in files beside the spec, or in a state that is named. */
async function historyOf({ name, system }: Serving, { folder, state }: ListenOptions): Promise<Keeps> {
  if (state === undefined) return new History(folder ?? join(system.root, ".serve", name));
  const { openState, statePlace } = await import("../state/state.ts");
  const { SharedHistory } = await import("./shared-history.ts");
  return new SharedHistory(await openState(statePlace(state, join(system.root, ".state")), lookedFor), `${system.name} ${name}`);
}

/** Opens the port. Throws `port_taken`, `keys_unreadable`, and `state_unreachable` and its kind. */
export async function listen(serving: Serving, options: ListenOptions): Promise<Listening> {
  const { name, spec, system } = serving;
  const keys = openKeys(options.keys);
  const host = options.host ?? "127.0.0.1";
  const opened = await openServed(serving, options);
  const { service, metrics } = opened;
  const body = options.body ?? usual.body;
  const version = system.manifest.neuro;
  const mcp = await mcpOverHttp(mcpFactory(service, { name: `${system.name}-${name}`, version }), body);
  const app = makeApp({
    service,
    metrics,
    keys,
    page: spec.page?.kind === "none" ? new Map() : readPage(join(import.meta.dirname, "page")),
    origins: originsOf(host, options.origins ?? []),
    fingerprint: `neuro-${sha256(canonicalJson(system.manifest.hashes)).slice(0, 12)}`,
    version,
    body,
    mcp: mcp.fetch,
    log: options.log ?? (() => {}),
  });
  if (options.warm ?? true) await warmed(serving, options);
  const patience = options.patience ?? usual.patience;
  const server = createServer(
    {
      requestTimeout: patience,
      headersTimeout: Math.min(patience, 10_000),
      connectionsCheckingInterval: Math.min(1000, patience),
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  // Answers may be quiet until their deadline; a client that takes nothing for longer is gone.
  server.timeout = (spec.deadline ?? standard.deadline) + patience;
  server.maxHeadersCount = 100;
  const port = await bound(server, host, options.port ?? spec.port ?? usual.port);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    service,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await opened.stop(options.grace ?? usual.grace);
      await mcp.close();
      // Responses that are written already go out; whoever does not take them is not waited for.
      const late = setTimeout(() => server.closeAllConnections(), 2_000);
      server.closeIdleConnections();
      await closed;
      clearTimeout(late);
    },
  };
}

/** Asks once, so that indexes and weights are open; models behind addresses, which may cost something, are not asked. What fails will be told to who asks. */
async function warmed({ spec, system }: Serving, { log }: ListenOptions): Promise<void> {
  if (system.models().some(({ remote }) => remote !== undefined)) return;
  try {
    await spec.of("Is anybody there?", { deadline: spec.deadline ?? standard.deadline });
  } catch (error) {
    log?.(error instanceof Error ? error.message : String(error));
  }
}

function bound(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const message = taken ? `The port ${port} is taken.` : `The port ${port} of ${host} cannot be opened (${error.code}).`;
      reject(
        new NeuroError(taken ? "port_taken" : "port_closed", message, { hint: "Take another one: `--port 8081`.", cause: error }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function momentOf(system: System, gate: Gate): Promise<Moment> {
  const batches = new Map<string, NonNullable<ReturnType<typeof batchOf>>["facts"]>();
  for (const { name, local } of system.models()) {
    for (const model of (await local?.running()) ?? []) {
      const facts = batchOf(model)?.facts;
      if (facts) batches.set(name, facts);
    }
  }
  return { running: gate.running, waiting: gate.waiting, batches };
}
