/** From an empty folder and the packed extension to a running answer engine, by nothing but the walkthrough: its buttons are pressed in their order. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../../../../runtime/serve/tests/browser.ts";
import { type CodeServer, start } from "./code-server.ts";
import { Workbench } from "./workbench.ts";

let server: CodeServer;
let browser: Browser;
let w: Workbench;
const pictures = process.env.NEURO_PICTURES ?? join(import.meta.dirname, "../../../../build/pictures");
const there = (path: string) => existsSync(join(server.workspace, path));

beforeAll(async () => {
  server = await start(process.env.NEURO_VSIX!, {}, { neuro: false });
  browser = await openBrowser();
  w = await Workbench.open(browser, server);
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await w?.picture(join(pictures, `failed-${task.name.slice(0, 40)}.png`));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the walkthrough at a step and presses its button. */
async function press(step: string, button: string): Promise<void> {
  await w.command("Welcome: Open Walkthrough...");
  await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "From an empty folder to answers" }).first().click();
  const title = w.page.locator(".getting-started-step .step-title", { hasText: step }).first();
  await title.waitFor({ timeout: 20_000 });
  if ((await w.page.locator(".getting-started-step.expanded", { hasText: step }).count()) === 0) await title.click();
  await w.page.locator(".getting-started-step.expanded .monaco-button", { hasText: button }).first().click();
}

test("the walkthrough is there, and its first step is done where a folder is open", async () => {
  await w.command("Welcome: Open Walkthrough...");
  await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "From an empty folder to answers" }).first().click();
  await w.page.locator(".getting-started-step", { hasText: "Install neuro in it" }).first().waitFor({ timeout: 30_000 });
  await w.page.waitForTimeout(1000);
  await w.picture(join(pictures, "walkthrough.png"));
});

test("neuro is installed into the folder", { timeout: 300_000 }, async () => {
  await press("Install neuro in it", "Install neuro");
  await expect.poll(() => there("node_modules/.package-lock.json"), { timeout: 280_000, interval: 1000 }).toBe(true);
  expect(there("node_modules/neuro/bin/neuroc.mjs")).toBe(true);
  expect(JSON.parse(readFileSync(join(server.workspace, "package.json"), "utf8")).dependencies.neuro).toMatch(/^file:vendor\//);
});

test("documents are put in", async () => {
  await press("Put documents in", "Add three pages about tea");
  await w.page.locator(".tab.active", { hasText: "green-tea.md" }).waitFor({ timeout: 30_000 });
  expect(there("docs/keeping-tea.md")).toBe(true);
});

test("a spec is made and opened, and it is right", async () => {
  await press("Make a spec", "Make a spec");
  await w.page.locator(".tab.active", { hasText: "main.neuro" }).waitFor({ timeout: 30_000 });
  await w.page.locator(".codelens-decoration", { hasText: "Ask" }).waitFor({ timeout: 30_000 });
  expect(await w.page.locator(".squiggly-error").count()).toBe(0);
});

test("the documents are indexed", async () => {
  await press("Index the documents", "Index");
  await expect.poll(() => there(".index/library/index.json"), { timeout: 60_000 }).toBe(true);
});

test("a question is answered with footnotes and sources", async () => {
  await press("Ask", "Ask a question");
  const input = w.page.locator(".quick-input-widget input").first();
  await input.waitFor();
  await input.fill("How is green tea steeped?");
  await w.page.keyboard.press("Enter");
  const answer = await w.webview("75 degrees");
  const text = await answer.locator("body").innerText();
  expect(text).toContain("How is green tea steeped?");
  expect(text).toContain("[1]");
  expect(text).toContain("Green tea");
  await w.picture(join(pictures, "answer.png"));
});

test("the system is served", async () => {
  await press("Serve it", "Serve");
  await expect
    .poll(async () => (await fetch("http://127.0.0.1:8080/health").catch(() => undefined))?.ok, { timeout: 40_000 })
    .toBe(true);
  const page = await (await fetch("http://127.0.0.1:8080/")).text();
  expect(page).toContain("<html");
});
