// The pages that come with neuro, the playground and the documentation: made ready, written to a folder, or served to this machine alone.
import { type Dirent, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { NeuroError } from "../runtime/error.ts";
import { shown, writeAtomically } from "../runtime/files.ts";
import { readPage } from "../runtime/serve/page.ts";
import { packageRoot } from "./version.ts";

/** Files by their path from the root of a page. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** How each page is made from sources, and what it is made of. The package that is installed has them made. */
const makers = {
  playground: { program: "editor/playground/bundle.ts", of: ["grammar", "compiler", "kernels", "editor", "stdlib"] },
  site: {
    program: "docs/site/build.ts",
    of: ["grammar", "compiler", "stdlib", "docs", "cli", "README.md", "examples/neuro/README.md"],
  },
} as const;

/** The folder of a page. In a clone it is made anew where its sources are newer, or only where it is not there. Throws `page_missing`. */
export async function readyPage(name: keyof typeof makers, made: "newest" | "any" = "newest"): Promise<string> {
  const folder = join(packageRoot, "dist", name);
  const { program, of } = makers[name];
  const source = join(packageRoot, program);
  const inClone = existsSync(join(packageRoot, "tsconfig.json")) && existsSync(source);
  const there = changed(join(folder, "index.html"));
  if (inClone && (there === 0 || (made === "newest" && newest(of.map((path) => join(packageRoot, path))) > there))) {
    console.error(`making the ${name === "site" ? "documentation" : name} of these sources`);
    const { make } = (await import(pathToFileURL(source).href)) as { make(folder: string): Promise<void> };
    await make(folder);
  }
  if (!existsSync(join(folder, "index.html")))
    throw new NeuroError("page_missing", `this copy of neuro came without its ${name}`, {
      hint: "install the package that npm has, or run this in a clone after npm ci",
    });
  return folder;
}

const changed = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** When the youngest of these files was changed; what is made or installed does not count. */
function newest(paths: readonly string[]): number {
  const of = (path: string): number => {
    if (!existsSync(path)) return 0;
    if (!statSync(path).isDirectory()) return changed(path);
    return newest(
      readdirSync(path, { withFileTypes: true })
        .filter(counts)
        .map(({ name }) => join(path, name)),
    );
  };
  return Math.max(0, ...paths.map(of));
}
const counts = ({ name }: Dirent): boolean => !["node_modules", "build", "runs", "dist"].includes(name);

/** Every file of a folder. */
export function filesOf(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path)]));
}

/** The TypeScript that ts-morph carries; the playground loads it when TypeScript is first asked for. */
export function typescriptText(): Uint8Array {
  const morph = createRequire(import.meta.url).resolve("ts-morph");
  return readFileSync(join(dirname(createRequire(morph).resolve("@ts-morph/common")), "typescript.js"));
}

/** What the playground has besides its folder when the documentation lies below it in `docs/`: TypeScript, and that specs there can be tried. */
export const together = (): Files =>
  new Map<string, string | Uint8Array>([
    ["typescript.js", typescriptText()],
    ["docs/assets/beside.js", 'self.neuroPlayground = "../index.html";\n'],
  ]);

/** Writes a page into a folder that is empty, not there, or holds an earlier one. Throws `usage` for any other. */
export function writePages(folder: string, files: Files): void {
  const before = existsSync(folder) ? readdirSync(folder) : [];
  const first = join(folder, "index.html");
  const ours = existsSync(first) && /<title>neuro/.test(readFileSync(first, "utf8"));
  if (before.length > 0 && !ours)
    throw new NeuroError("usage", `${shown(folder)} is not empty`, { hint: "name a folder that is not there yet: --out site" });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeAtomically(join(folder, path), content);
  }
}

/** A page that is being served. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

const kinds: Readonly<Record<string, string>> = { js: "text/javascript", json: "application/json", html: "text/html" };

/**
 * Serves folders by the address they lie under, and `more` files over them, on this machine alone: a page of another host that makes a browser ask
 * here under that host's name is refused.
 */
export async function servePages(folders: Readonly<Record<string, string>>, more: Files, port: number): Promise<Served> {
  const pages = Object.entries(folders).map(([under, folder]) => ({ under, files: readPage(folder) }));
  const app = new Hono();
  app.use(async (c, next) => {
    const host = (c.req.header("host") ?? "").replace(/:\d+$/, "");
    if (!["127.0.0.1", "localhost", "[::1]"].includes(host)) return c.text("this page is for this machine alone", 403);
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("cache-control", "no-cache");
    return undefined;
  });
  app.get("*", (c) => {
    const asked = decoded(new URL(c.req.url).pathname);
    const path = asked.endsWith("/") ? `${asked}index.html` : asked;
    const own = more.get(path.slice(1));
    if (own !== undefined)
      return c.body(own as string, 200, { "content-type": `${kinds[path.split(".").at(-1)!] ?? "text/plain"}; charset=utf-8` });
    for (const { under, files } of pages) {
      const file = path.startsWith(under) ? files.get(`/${path.slice(under.length)}`) : undefined;
      if (file) return c.body(file.bytes, 200, { "content-type": file.type });
    }
    return c.text("there is no such page", 404);
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new NeuroError("port_taken", `port ${port} is taken`, { hint: "--port 0 takes any that is free" })
          : error,
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** An address's path as it was meant; one that means nothing is left as it is, and there is no such page. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Waits until the program is told to stop. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
