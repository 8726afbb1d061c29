// neuroc serve: the pipelines of a spec behind HTTP, until it is told to stop; or as an MCP server over standard input and output.
import { NeuroError } from "../../runtime/error.ts";
import type { ServerHandle } from "../../runtime/serve/server.ts";
import { serverHandle } from "../../runtime/serve/server.ts";
import { type Built, openBuilt } from "../built.ts";
import { findSpec } from "../spec.ts";
import { specArgument, type Verb } from "../verb.ts";

type Options = {
  spec?: string;
  name?: string;
  host: string;
  port?: number;
  origin: string[];
  grace: number;
  body: number;
  "mcp-stdio": boolean;
  state?: string;
};

const verb: Verb<Options> = {
  command: "serve [spec]",
  describe: "answer over HTTP: the OpenAI chat API, MCP, search, metrics and a page to ask on",
  builder: (yargs) =>
    yargs
      .positional("spec", specArgument)
      .option("name", { type: "string", describe: "which `serve` of the spec; the first when not given" })
      .option("host", { type: "string", default: "127.0.0.1", describe: "the address to listen at; 0.0.0.0 is all of them" })
      .option("port", { type: "number", describe: "another port than the spec's; 0 is any that is free" })
      .option("origin", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        describe: "a site whose pages may ask, such as https://answers.example",
      })
      .option("grace", { type: "number", default: 20, describe: "seconds for answers under way when it is told to stop" })
      .option("body", { type: "number", default: 2 ** 20, describe: "the largest request, in bytes" })
      .option("state", {
        type: "string",
        describe:
          "where answers are kept for all replicas: postgres://..; NEURO_STATE, then files beside the spec, when not given",
      })
      .option("mcp-stdio", { type: "boolean", default: false, describe: "serve MCP over standard input and output, on no port" })
      .example("$0 serve", "http://127.0.0.1:8080")
      .example("NEURO_SERVE_KEYS=secret $0 serve --host 0.0.0.0", "for others, with a key") as never,
  handler: async (options) => {
    const built = await openBuilt(findSpec(options.spec), options, false);
    const server = findServer(built, options.name);
    for (const index of built.system.indexes()) {
      const { drift, problem } = await index.status();
      if (problem ?? drift) console.error(problem ?? drift);
    }
    if (options["mcp-stdio"]) await overStdio(built, server, options);
    else await overHttp(server, options);
    await built.system.close();
  },
};
export default verb;

/** The declared server, or one for the spec's first pipeline where it declares none. Throws `usage`. */
function findServer({ system }: Built, name: string | undefined): ServerHandle {
  const servers = system.servers();
  const found = name === undefined ? servers[0] : servers.find((server) => server.name === name);
  if (found) return found;
  if (servers.length > 0)
    throw new NeuroError("usage", `this spec has no server ${name}`, { hint: `it has ${servers.map((s) => s.name).join(", ")}` });
  const pipelines = system.pipelines();
  const of = pipelines.find((pipeline) => pipeline.name === "answer") ?? pipelines[0];
  if (of === undefined)
    throw new NeuroError("usage", "this spec declares no pipeline to serve", {
      hint: "add one: pipeline answer(prompt: Dialog) -> Answer { .. }",
    });
  return serverHandle(name ?? "site", of.where, { of }, () => system);
}

async function overHttp(server: ServerHandle, options: Options & { json: boolean }): Promise<void> {
  const { host, port, origin, grace, body } = options;
  const log = (line: string) => console.error(line);
  const listening = await server.listen({
    host,
    origins: origin,
    grace: grace * 1000,
    body,
    log,
    ...(port !== undefined && { port }),
    ...shared(options),
  });
  const { url } = listening;
  console.log(options.json ? JSON.stringify({ url, port: listening.port, models: listening.service.models() }) : url);
  if (!/^(127\.|localhost$|::1$)/.test(host) && !process.env.NEURO_SERVE_KEYS && !process.env.NEURO_SERVE_KEYS_FILE)
    console.error("anybody who reaches this address may ask: set NEURO_SERVE_KEYS to keys, separated by commas");
  await told();
  console.error("stopping: answers under way are finished; once more stops at once");
  await listening.close();
}

/** The state that replicas share, where one is named. */
function shared({ state = process.env.NEURO_STATE }: Options): { state?: string } {
  return state === undefined || state === "" ? {} : { state };
}

async function overStdio(built: Built, server: ServerHandle, options: Options): Promise<void> {
  const { openServed } = await import("../../runtime/serve/listen.ts");
  const { mcpFactory, mcpOverStdio } = await import("../../runtime/serve/mcp.ts");
  const { system } = built;
  const opened = await openServed(
    { name: server.name, spec: server.spec, system },
    { log: (line) => console.error(line), ...shared(options) },
  );
  const mcp = await mcpOverStdio(mcpFactory(opened.service, { name: system.name, version: system.manifest.neuro }));
  await Promise.race([told(), new Promise((resolve) => process.stdin.once("end", resolve))]);
  await mcp.close();
  await opened.stop(5_000);
}

/** Resolves when the process is told to stop; told once more, it stops at once. */
function told(): Promise<void> {
  return new Promise((resolve) => {
    let before = false;
    const stop = () => {
      if (before) process.exit(130);
      before = true;
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
