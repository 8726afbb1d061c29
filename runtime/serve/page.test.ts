// The files of the page: those of kinds that a browser is sent, by their paths, and nothing that lies or leads elsewhere.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pageHeaders, readPage } from "./page.ts";

test("files are known by their paths, the index also as /, and links and other kinds are not there", () => {
  const folder = mkdtempSync(join(tmpdir(), "neuro-page-"));
  mkdirSync(join(folder, "parts"));
  for (const [path, text] of Object.entries({ "index.html": "<p>", "parts/chat.js": "1", "notes.md": "x", "chat.ts": "x" }))
    writeFileSync(join(folder, path), text);
  symlinkSync("/etc/passwd", join(folder, "passwd.html"));
  const page = readPage(folder);
  expect([...page.keys()].sort()).toEqual(["/", "/index.html", "/parts/chat.js"]);
  expect(page.get("/")).toBe(page.get("/index.html"));
  expect(page.get("/parts/chat.js")).toMatchObject({
    type: "text/javascript; charset=utf-8",
    tag: expect.stringMatching(/^"[0-9a-f]{16}"$/),
  });
  rmSync(folder, { recursive: true });
});

test("a folder that is not there has no files", () => {
  expect(readPage("/no/such/folder").size).toBe(0);
});

test("nothing inline runs, nothing from elsewhere is loaded, and no other page frames it", () => {
  expect(pageHeaders["content-security-policy"]).not.toContain("unsafe");
  expect(pageHeaders["content-security-policy"]).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/);
});
