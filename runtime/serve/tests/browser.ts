/** A headless Chromium from npm alone, for tests of pages; unpacked once per machine. */

import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** Starts it. Close it when done. */
export async function openBrowser(): Promise<Browser> {
  const { default: chromium } = await import("@sparticuz/chromium");
  const { chromium: driver } = await import("playwright-core");
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  return driver.launch({
    executablePath,
    args: chromium.args.filter((one) => one !== "--single-process" && one !== "--no-zygote"),
    headless: true,
  });
}

/** A page, and what went wrong in it: errors, and what its policy refused. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1100, height: 800 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(url);
  return { page, faults };
}
