/** The extension as a person uses it: what is underlined, offered, shown, renamed, mended, formatted, built and drawn. One window, in order. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../../../../runtime/serve/tests/browser.ts";
import { type CodeServer, start } from "./code-server.ts";
import { Workbench } from "./workbench.ts";

const spec = `use std.models { EncoderDecoder }
use std.answering { search, infocontext, generate }
use std.objectives { cross_entropy }
use std.data { Instruct }

source pages = files("docs/**/*.md")
index library { over: pages, text: bm25(language: "en") }
dataset lessons: Instruct = jsonl("lessons.jsonl")
tokenizer words = bpe(vocab: 512, from: pages)

model policy: EncoderDecoder { tokenizer: words, width: 64, encoder: 1 layers, decoder: 1 layers, window: 256 tokens }

/// Answers from the pages, with footnotes.
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  context = infocontext(found, given: [last(prompt)], block: 32 tokens, overlap: 8 tokens, budget: 128 tokens)
  generate(policy, prompt, context)
}

train tune {
  policy = fit(policy, by: cross_entropy, on: lessons, steps: 20 steps)
}
`;
const rewards = `/// Long enough, and no longer.
reward quality(answer: Answer) { total = soft(tokens(answer) in 10..20 tokens) }
reward better(answer: Answer) { total = quality(answer) }
`;
const guide = `# Guide

\`\`\`neuro
source pages = files("*.md")
\`\`\`

\`\`\`neuro wrong name_case
fn Large() = 1
\`\`\`

\`\`\`neuro
source pages = file("*.md")
\`\`\`
`;
const lesson = { prompt: [{ role: "user", content: "How is tea steeped?" }], answer: "In hot water." };

let server: CodeServer;
let browser: Browser;
let w: Workbench;
const pictures = process.env.NEURO_PICTURES ?? join(import.meta.dirname, "../../../../build/pictures");

beforeAll(async () => {
  const files = {
    "main.neuro": spec.replace('use "./rewards.neuro" { quality }\n', ""),
    "rewards.neuro": rewards,
    "guide.md": guide,
    "docs/tea.md": "# Tea\n\nTea is steeped in hot water.\n",
    "lessons.jsonl": `${JSON.stringify(lesson)}\n`,
  };
  server = await start(process.env.NEURO_VSIX!, files, { neuro: true });
  browser = await openBrowser();
  w = await Workbench.open(browser, server, "main.neuro");
  await w.page.locator(".codelens-decoration", { hasText: "Ask" }).waitFor({ timeout: 60_000 });
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await w?.picture(join(pictures, `failed-${task.name.slice(0, 40)}.png`));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const disk = (path: string) => readFileSync(join(server.workspace, path), "utf8");

test("a spec is opened in its language, in colours, and nothing is wrong with it", async () => {
  expect(await w.page.locator("#status\\.editor\\.mode").innerText()).toBe("neuro");
  const colours = await w
    .line("pipeline answer")
    .locator("span > span")
    .evaluateAll((spans) => [
      ...new Set(
        spans.map(
          (span) =>
            (globalThis as unknown as { getComputedStyle: (of: unknown) => { color: string } }).getComputedStyle(span).color,
        ),
      ),
    ]);
  expect(colours.length).toBeGreaterThan(3);
  expect(await w.page.locator(".squiggly-error").count()).toBe(0);
});

test("inlay hints stand beside the text and are not part of it", async () => {
  await expect.poll(async () => w.shown(), { timeout: 20_000 }).toMatch(/policy.*weights|found: /);
  await w.picture(join(pictures, "editor.png"));
  expect(disk("main.neuro")).not.toContain("found: ");
});

test("a mistake is underlined and listed, and its quick fix mends it", async () => {
  await w.caret("top: 20");
  for (let i = 0; i < 7; i++) await w.page.keyboard.press("Backspace");
  await w.page.keyboard.type("tap: 20", { delay: 30 });
  await w.page.keyboard.press("Escape");
  await w.page.locator(".squiggly-error").first().waitFor({ state: "attached", timeout: 20_000 });
  await w.page.keyboard.press("Control+Shift+M");
  const row = w.page.locator(".markers-panel .monaco-list-row", { hasText: "tap" }).first();
  await row.waitFor();
  await w.caret("tap");
  const fix = w.page.locator(".action-widget .monaco-list-row", { hasText: "top" }).first();
  await expect
    .poll(async () => {
      await w.page.keyboard.press("Control+.");
      return fix.waitFor({ timeout: 4000 }).then(
        () => true,
        () => false,
      );
    })
    .toBe(true);
  await w.picture(join(pictures, "quick-fix.png"));
  await w.page.keyboard.press("Enter");
  await w.page.locator(".squiggly-error").first().waitFor({ state: "detached", timeout: 20_000 });
  expect(await w.shown()).toContain("top: 20");
  await w.hidePanel();
});

test("completion offers what may stand there, with its documentation", async () => {
  await w.caret("steps: 20 steps");
  await w.page.keyboard.type(", ", { delay: 30 });
  await w.page.keyboard.press("Control+Space");
  const offer = w.page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "rate" }).first();
  await offer.waitFor({ timeout: 20_000 });
  await w.page.waitForTimeout(500);
  await w.picture(join(pictures, "completion.png"));
  await w.page.keyboard.press("Escape");
  await w.page.keyboard.press("Escape");
  await w.page.keyboard.press("Backspace");
  await w.page.keyboard.press("Backspace");
});

test("hover says what a model is and how many weights it has", async () => {
  await w.page.keyboard.press("Control+1");
  await w.caret("model polic");
  await w.command("Show or Focus Hover");
  const hover = w.page.locator(".monaco-hover:not(.hidden) .monaco-hover-content", { hasText: "policy" }).first();
  await hover.waitFor({ timeout: 20_000 });
  expect(await hover.innerText()).toContain("weights");
  await w.picture(join(pictures, "hover.png"));
  await w.page.keyboard.press("Escape");
});

test("a name is renamed in every file that says it", async () => {
  await w.caret("use std.data { Instruct }");
  await w.page.keyboard.press("Enter");
  await w.page.keyboard.type('use "./rewards.neuro" { quality }', { delay: 5 });
  await w.page.keyboard.press("Escape");
  await w.save();
  await w.file("rewards.neuro");
  await w.caret("reward qualit");
  await w.page.keyboard.press("F2");
  const box = w.page.locator(".rename-box input");
  await box.waitFor();
  await box.fill("worth");
  await w.page.keyboard.press("Enter");
  await box.waitFor({ state: "hidden" });
  await expect.poll(() => w.shown()).toContain("worth(answer)");
  await w.command("File: Save All Files");
  await expect.poll(() => disk("main.neuro")).toContain('use "./rewards.neuro" { worth }');
  expect(disk("rewards.neuro")).toBe(rewards.replaceAll("quality", "worth"));
});

test("formatting is that of neuroc fmt", async () => {
  await w.file("rewards.neuro");
  await w.caret("reward better(answer");
  await w.page.keyboard.type("   ");
  await w.command("Format Document");
  await expect.poll(() => w.shown()).toContain("reward better(answer: Answer)");
  await w.save();
  await expect.poll(() => disk("rewards.neuro")).toBe(rewards.replaceAll("quality", "worth"));
});

test("the lens Build builds, and the plan shows stages, programs and what was fused", async () => {
  await w.file("main.neuro");
  await w.page.locator(".codelens-decoration a", { hasText: "Build" }).first().click();
  const plan = await w.webview("policy.step");
  expect(existsSync(join(server.workspace, "build/my-docs/manifest.json"))).toBe(true);
  await w.hidePanel();
  const text = await plan.locator("body").innerText();
  for (const words of ["pipeline answer", "train tune", "search", "infocontext", "generate"]) expect(text).toContain(words);
  await plan.locator("summary", { hasText: "policy.step" }).first().click();
  await plan.locator("details[open] td.fused", { hasText: "contract" }).first().waitFor();
  await w.picture(join(pictures, "plan.png"));
});

test("a click on a stage opens its line, a click on a line of the library opens the library", async () => {
  const plan = await w.webview("policy.step");
  await plan.locator(".graph g", { hasText: "infocontext" }).first().click();
  await expect.poll(() => w.page.locator("#status\\.editor\\.selection").innerText()).toContain("Ln 17");
  await plan.locator("details[open] a", { hasText: "std/models.neuro" }).first().click();
  await w.page.locator(".tab.active", { hasText: "models.neuro" }).waitFor();
});

test("a training shows in the status bar and draws its curves while it goes on", async () => {
  const run = join(server.workspace, "runs/tune/1");
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, "lock"), JSON.stringify({ pid: process.pid, host: hostname() }));
  const step = (at: number) =>
    appendFileSync(
      join(run, "metrics.jsonl"),
      `${JSON.stringify({ fit: "policy by cross_entropy", key: "k", step: at, loss: 6 * Math.exp(-at / 40) + 0.3 * Math.sin(at), gradient_norm: 5 + Math.cos(at), rate: 1e-3, tokens_per_second: 1500 + 50 * Math.sin(at) })}\n`,
    );
  for (let at = 1; at <= 120; at++) step(at);
  const item = w.page.locator(".statusbar-item", { hasText: "tune: step 120" });
  await item.waitFor({ timeout: 30_000 });
  await item.click();
  const page = await w.webview("gradient_norm");
  expect(await page.locator("figure").count()).toBe(4);
  step(121);
  await w.page.locator(".statusbar-item", { hasText: "step 121" }).waitFor({ timeout: 20_000 });
  await w.picture(join(pictures, "run.png"));
  rmSync(join(run, "lock"));
  await item.waitFor({ state: "detached", timeout: 20_000 }).catch(() => undefined);
});

test("examples of pages are tests: those that hold pass, the one that does not fails at its line", async () => {
  await w.command("Testing: Focus on Test Explorer View");
  const tree = w.page.locator(".test-explorer");
  await tree.locator(".monaco-list-row", { hasText: "guide.md" }).first().waitFor({ timeout: 20_000 });
  await w.command("Test: Run All Tests");
  await w.page.locator(".test-explorer", { hasText: "2/3" }).first().waitFor({ timeout: 30_000 });
  await w.picture(join(pictures, "tests.png"));
});

test("the plan and the run stand in the side bar too", async () => {
  await w.file("main.neuro");
  await w.page.locator(".activitybar .action-label[aria-label*='neuro']").first().click();
  await w.page.locator(".pane-header", { hasText: "Plan" }).first().waitFor();
  await w.webview("pipeline answer");
});

test("nothing was asked of another machine", () => {
  expect([...w.outside]).toEqual([]);
});
