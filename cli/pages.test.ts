// Pages are served to this machine alone, and written only into folders that are theirs.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesOf, type Served, servePages, writePages } from "./pages.ts";

let folder: string;
let served: Served | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neuro-pages-"));
});
afterEach(async () => {
  await served?.close();
  served = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const page = "<!doctype html><title>neuro playground</title>";

/** Asks for an address under a host's name, the path as it is. */
function ask(url: string, path: string, host = new URL(url).host): Promise<{ status: number; text: string; type: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, headers: { host } }, (answer) => {
      let text = "";
      answer.on("data", (piece) => {
        text += piece;
      });
      answer.on("end", () => resolve({ status: answer.statusCode!, text, type: String(answer.headers["content-type"]) }));
    })
      .on("error", reject)
      .end();
  });
}

test("folders lie under their addresses, files over them, and nothing else is there", async () => {
  mkdirSync(join(folder, "page"));
  mkdirSync(join(folder, "docs"));
  writeFileSync(join(folder, "page/index.html"), page);
  writeFileSync(join(folder, "docs/index.html"), "docs");
  writeFileSync(join(folder, "secret.txt"), "secret");
  served = await servePages({ "/docs/": join(folder, "docs"), "/": join(folder, "page") }, new Map([["given.json", "{}"]]), 0);
  const { url } = served;
  expect(await ask(url, "/")).toMatchObject({ status: 200, text: page, type: "text/html; charset=utf-8" });
  expect(await ask(url, "/docs/")).toMatchObject({ status: 200, text: "docs" });
  expect(await ask(url, "/given.json")).toMatchObject({ status: 200, text: "{}", type: "application/json; charset=utf-8" });
  for (const path of ["/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/docs/../../secret.txt", "/nothing"])
    expect((await ask(url, path)).status).toBe(404);
  expect((await ask(url, "/%")).status).toBe(404);
});

test("a page of another host that makes a browser ask here gets nothing", async () => {
  served = await servePages({}, new Map([["given.json", "{}"]]), 0);
  const { port } = new URL(served.url);
  expect(await ask(served.url, "/given.json", `evil.example:${port}`)).toMatchObject({ status: 403 });
  expect(await ask(served.url, "/given.json", `localhost:${port}`)).toMatchObject({ status: 200 });
});

test("a port that is taken is said so", async () => {
  served = await servePages({}, new Map(), 0);
  const port = Number(new URL(served.url).port);
  await expect(servePages({}, new Map(), port)).rejects.toMatchObject({
    code: "port_taken",
    hint: "--port 0 takes any that is free",
  });
});

test("pages are written into an empty folder or over their own, and into no other", () => {
  const out = join(folder, "out");
  writePages(out, new Map([["index.html", page]]));
  writePages(
    out,
    new Map<string, string | Uint8Array>([
      ["index.html", page],
      ["docs/a.html", "a"],
    ]),
  );
  expect([...filesOf(out).keys()].sort()).toEqual(["docs/a.html", "index.html"]);
  writeFileSync(join(folder, "mine.txt"), "mine");
  expect(() => writePages(folder, new Map([["index.html", page]]))).toThrow(/is not empty/);
  expect(readdirSync(folder).sort()).toEqual(["mine.txt", "out"]);
  expect(readFileSync(join(folder, "mine.txt"), "utf8")).toBe("mine");
});
