// The playground in a real browser: faults as one types, forms beside the spec, lines linked both ways, offers, sharing by address, no other host asked.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, servePages, typescriptText } from "../cli/pages.ts";
import { make } from "../editor/playground/bundle.ts";
import { openBrowser, openPage } from "../runtime/serve/tests/browser.ts";

const folder = mkdtempSync(join(tmpdir(), "neuro-playground-"));
let browser: Browser;
let served: Served;

beforeAll(async () => {
  await make(join(folder, "page"));
  served = await servePages({ "/": join(folder, "page") }, new Map([["typescript.js", typescriptText()]]), 0);
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(hash = ""): Promise<{ page: Page; faults: string[] }> {
  const opened = await openPage(browser, `${served.url}${hash}`, { viewport: { width: 1300, height: 900 } });
  await opened.page.locator("html[data-ready]").waitFor();
  return opened;
}
const line = (page: Page, side: "spec" | "form", text: string) => page.locator(`#${side} .view-line`, { hasText: text }).first();
/** What an editor shows, its spaces as they are typed. */
const shown = async (page: Page, side: "spec" | "form"): Promise<string> =>
  (await page.locator(`#${side} .view-lines`).innerText()).replaceAll("\u00a0", " ");

test("faults are told as one types, with a link to what they mean; mended, they are gone", async () => {
  const { page, faults } = await open();
  await page.getByText("Nothing is wrong.").waitFor();
  await line(page, "spec", "quote(prompt, found)").click();
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("x)");
  const problem = page.locator("#problems li", { hasText: "unknown_name" });
  await problem.getByRole("link").waitFor();
  expect(await problem.innerText()).toContain("Did you mean `found`?");
  expect(await page.locator("#spec .squiggly-error").count()).toBeGreaterThan(0);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.getByText("Nothing is wrong.").waitFor();
  expect(faults).toEqual([]);
});

test("what the spec becomes stands beside it, and a line leads to what came from it and back", async () => {
  const { page, faults } = await open();
  await line(page, "form", '"main.neuro:9"').waitFor({ timeout: 30_000 });
  await page.getByLabel("Example").selectOption("objective");
  await page.getByRole("tab", { name: "WGSL" }).click();
  await line(page, "form", "// ── ").waitFor({ timeout: 30_000 });
  expect(await page.getByLabel("Program").inputValue()).toBe("policy.direct.step");
  await line(page, "spec", "minimize").click();
  await page.getByText(/places? from line 21/).waitFor();
  await page.locator("#form .linked").first().waitFor();
  // A line of the kernel that is in sight now leads back.
  await page.locator("#form .view-line", { hasText: "// from main.neuro" }).first().click();
  await page.locator("#origin").getByRole("button", { name: "main.neuro:21" }).waitFor();
  expect(await page.locator("#spec .linked").count()).toBeGreaterThan(0);
  // What came from the library leads into the library's own text.
  const far = page
    .locator("#origin")
    .getByRole("button", { name: /std\/models/ })
    .first();
  await far.click();
  await page.getByRole("tab", { name: "std/models.neuro", selected: true }).waitFor();
  expect(await shown(page, "spec")).toMatch(/layer|model/);
  await page.getByRole("tab", { name: "ONNX" }).click();
  await line(page, "form", "# std/models.neuro:").waitFor();
  expect(faults).toEqual([]);
});

test("completions, explanations and hints come from the language service", async () => {
  const { page, faults } = await open();
  await page.getByLabel("Example").selectOption("layer");
  await page.locator("#spec", { hasText: "weights" }).waitFor({ timeout: 30_000 });
  await line(page, "spec", "x + share").click();
  await page.keyboard.press("End");
  await page.keyboard.type(" + softpl");
  await page.keyboard.press("Control+Space");
  await page.locator(".suggest-widget").getByText("softplus").first().waitFor();
  await page.keyboard.press("Escape");
  expect(faults).toEqual([]);
});

test("an address holds the whole spec", async () => {
  const { page } = await open();
  await page.getByLabel("Example").selectOption("reward");
  await page.getByRole("button", { name: "Share" }).click();
  await page.waitForURL(/#spec=/);
  const { page: other, faults } = await open(new URL(page.url()).hash);
  expect((await shown(other, "spec")).slice(0, 60)).toBe((await shown(page, "spec")).slice(0, 60));
  expect(await shown(other, "spec")).toContain("What a good answer is worth");
  expect(faults).toEqual([]);
});
