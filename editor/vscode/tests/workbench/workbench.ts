/** The workbench as a person works it: keys, menus, what stands on the screen. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import type { CodeServer } from "./code-server.ts";

/** One window. */
export class Workbench {
  readonly page: Page;
  private readonly server: CodeServer;
  /** Requests that left the machine. */
  readonly outside = new Set<string>();

  private constructor(page: Page, server: CodeServer) {
    this.page = page;
    this.server = server;
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (hostname !== "127.0.0.1" && !["data:", "blob:"].includes(protocol)) this.outside.add(request.url());
    });
  }

  /** Opens the folder, and a file in it. */
  static async open(browser: Browser, server: CodeServer, file?: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    context.setDefaultTimeout(60_000);
    context.setDefaultNavigationTimeout(150_000);
    const page = await context.newPage();
    const workbench = new Workbench(page, server);
    const opened =
      file === undefined ? "" : `&payload=${encodeURIComponent(JSON.stringify([["openFile", workbench.remote(file)]]))}`;
    await page.goto(`${server.url}/?folder=${encodeURIComponent(server.workspace)}${opened}`);
    await page.waitForSelector(file === undefined ? ".monaco-workbench .activitybar" : ".editor-instance .view-line", {
      timeout: 120_000,
    });
    return workbench;
  }

  private remote(file: string): string {
    return `vscode-remote://${new URL(this.server.url).host}${this.server.workspace}/${file}`;
  }

  /** Runs a command by its title. */
  async command(title: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input").first();
    await this.until(
      () => this.page.keyboard.press("F1"),
      () => input.isVisible(),
    );
    await input.fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  /** Opens a file of the folder by its name. */
  async file(name: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input").first();
    const last = name.split("/").at(-1)!;
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: last }).first();
    const tab = this.page.locator(".tab.active", { hasText: last }).first();
    // The list is filled as files are found: a row that is clicked may be another one by then.
    for (let tries = 0; tries < 5 && !(await tab.isVisible()); tries++) {
      await this.until(
        () => this.page.keyboard.press("Control+p"),
        () => input.isVisible(),
      );
      await input.fill(name);
      await row.click();
      await tab.waitFor({ timeout: 5_000 }).catch(() => undefined);
    }
    await tab.waitFor();
  }

  /** The line of the editor that holds a text. */
  line(text: string): Locator {
    return this.page.locator(".editor-instance .view-line", { hasText: text }).first();
  }

  /** Gives the keys to the first group's editor. */
  async focus(): Promise<void> {
    await this.until(
      () => this.page.keyboard.press("Control+1"),
      () => this.page.evaluate<boolean>(`document.activeElement?.closest(".editor-instance") != null`),
    );
  }

  /** Does a thing again, a second apart, until it had its effect: a machine with much to do loses no key, but is late with what it opens. */
  private async until(act: () => Promise<unknown>, done: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 30; tries++) {
      if (tries % 4 === 0) await act();
      if (await done()) return;
      await this.page.waitForTimeout(300);
    }
    throw new Error("the workbench does not answer to its keys");
  }

  /** Puts the caret behind a text, found with the editor's own search. */
  async caret(text: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.press("Control+Home");
    const find = this.page.locator(".find-widget.visible .find-part textarea").first();
    await this.until(
      () => this.page.keyboard.press("Control+f"),
      () => find.isVisible(),
    );
    await find.fill(text);
    await this.page.locator(".find-widget.visible .matchesCount", { hasText: /^1 of/ }).waitFor();
    await this.page.keyboard.press("Escape");
    await this.page.locator(".find-widget.visible").waitFor({ state: "detached" });
    await this.focus();
    await this.until(
      () => this.page.keyboard.press("ArrowRight"),
      async () => /^Ln \d+, Col \d+$/.test(await this.page.locator("#status\\.editor\\.selection").innerText()), // nothing is selected any more
    );
  }

  /** What the active editor shows, hints included. */
  async shown(): Promise<string> {
    const lines = await this.page.evaluate<string[]>(
      `[...document.querySelectorAll(".editor-group-container.active .editor-instance .view-line")]
        .sort((a, b) => Number.parseInt(a.style.top, 10) - Number.parseInt(b.style.top, 10))
        .map((line) => line.textContent.replaceAll("\\u00a0", " ").replaceAll("\\u200c", ""))`,
    );
    return lines.join("\n");
  }

  /** Closes the panel of problems and terminals, where it is open. */
  async hidePanel(): Promise<void> {
    const panel = this.page.locator(".part.panel");
    if (await panel.isVisible()) await this.page.keyboard.press("Control+j");
    await panel.waitFor({ state: "hidden" });
  }

  async save(): Promise<void> {
    await this.page.keyboard.press("Control+s");
    await this.page.locator(".tab.active.dirty").waitFor({ state: "detached" });
  }

  /** The inside of a page of the extension whose text has these words. */
  async webview(words: string): Promise<FrameLocator> {
    for (let tries = 0; tries < 250; tries++) {
      for (const outer of await this.page.locator("iframe.webview").all()) {
        const inner = outer.contentFrame().frameLocator("iframe#active-frame");
        const text = await inner
          .locator("body")
          .innerText({ timeout: 500 })
          .catch(() => "");
        if (text.includes(words)) return inner;
      }
      await this.page.waitForTimeout(200);
    }
    throw new Error(`no page shows “${words}”`);
  }

  /** A picture of the window. */
  async picture(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
