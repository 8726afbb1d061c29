// The page that a server sends, in a real browser: asking by mouse and by keys, footnotes, stages, two pipelines side by side, Russian, a key, a server
// that is slow or fails, and documents that are no text but attacks.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { openBrowser, openPage } from "../runtime/serve/tests/browser.ts";
import { serveFake } from "../runtime/serve/tests/fake.ts";
import type { Listening } from "../runtime/serve/types.ts";

const spec = `
use std.answering { search, quote }
use std.rewards { footnotes, confirmed }

source pages = jsonl("pages.jsonl")
index library { over: pages, text: bm25 }

pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 10)
  quote(prompt, found)
}
pipeline brief(prompt: Dialog) -> Answer { quote(prompt, search(library, [last(prompt)], top: 3), most: 1) }
reward quality(answer: Answer) {
  borne = confirmed(answer)
  form  = soft(footnotes(answer) <= 2)
  total = borne + 2 * form
}
serve site { of: answer, beside: [brief], reward: quality }
`;
const attack = "<img src=x onerror=alert(1)><script>alert(2)</script>";
const rows = [
  {
    title: "Cats",
    url: "https://animals.example/cats?a=1",
    text: "Cats purr when they are content. A cat sleeps about fifteen hours a day. Kittens play.",
  },
  { title: "Dogs", url: "docs/dogs.md", text: "Dogs bark. A dog sleeps about twelve hours a day." },
  { title: "Кошки", url: "docs/koshki.md", text: "Кошка спит около пятнадцати часов в сутки. Кошки мурлычут." },
  {
    title: `Wombats ${attack}`,
    url: "javascript:alert(3)",
    text: `Wombats ${attack} dig their burrows at night. They are stout.`,
  },
];

// A document of several passages: what is cited stands in the middle of it.
const chapters = ["Arrival", "Nets", "Winters"].map(
  (name) => `${name}\n\n${"The village watched from the shore, as it did each year. ".repeat(20).trim()}`,
);
chapters[1] += " Storks mend their nests with forty twigs a day.";
rows.push({ title: "Storks", url: "docs/storks.md", text: chapters.join("\n\n") });

const folder = mkdtempSync(join(tmpdir(), "neuro-page-"));
let built: Built;
let server: Listening;
let browser: Browser;
/** What went wrong in the pages of the running test. */
let faults: string[] = [];

async function open(url = server.url, options: BrowserContextOptions = {}): Promise<Page> {
  const opened = await openPage(browser, url, options);
  faults = opened.faults;
  return opened.page;
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole("textbox").fill(question);
  await page.keyboard.press("Enter");
  await page.locator(".turn:last-child .reply.done").first().waitFor();
}

beforeAll(async () => {
  writeFileSync(join(folder, "pages.jsonl"), rows.map((row, id) => `${JSON.stringify({ id: `p${id}`, ...row })}\n`).join(""));
  writeFileSync(join(folder, "main.neuro"), spec);
  [built, browser] = await Promise.all([openBuilt(findSpec(folder), { device: "cpu", json: false, set: [] }), openBrowser()]);
  await built.system.indexes()[0]!.build({});
  server = await built.system.servers()[0]!.listen({ port: 0, warm: false });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await built?.system.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a question is answered with footnotes, and one opens its block in its document, with where it stood at each stage", async () => {
  const page = await open();
  await ask(page, "How long does a cat sleep?");
  const text = page.locator(".text");
  expect(await text.innerText()).toContain("A cat sleeps about fifteen hours a day.");
  expect(await text.innerText()).not.toContain("[1]");
  await text.getByRole("button", { name: "Source 1: Cats" }).first().click();
  const panel = page.getByRole("dialog", { name: "Cats" });
  await panel.getByRole("table").waitFor();
  expect(await panel.locator(".document").innerText()).toBe(rows[0]!.text);
  expect(rows[0]!.text).toContain(await panel.locator("mark").innerText());
  expect(await panel.locator("mark").innerText()).toContain("fifteen hours");
  expect(await panel.getByRole("link").getAttribute("href")).toBe(rows[0]!.url);
  expect(await panel.getByRole("link").getAttribute("rel")).toContain("noopener");
  expect(await panel.getByRole("row").nth(1).innerText()).toMatch(/^search\s+main\.neuro:\d+\s+1\s+[\d.]+$/);
  await page.keyboard.press("Escape");
  expect(await panel.isVisible()).toBe(false);
  expect(faults).toEqual([]);
});

test("a footnote opens its block within the whole document", async () => {
  const page = await open();
  await page.getByLabel("Answered by").selectOption("brief");
  await ask(page, "With how many twigs do storks mend their nests?");
  // What stands beside it in the document can be asked for next.
  await page.locator(".related button").first().waitFor();
  expect((await page.locator(".related button").allInnerTexts()).slice(0, 2)).toEqual(["Storks: Winters", "Storks: Arrival"]);
  await page.locator(".text .footnote").first().click();
  const panel = page.getByRole("dialog", { name: "Storks" });
  await panel.getByText("The whole document;").waitFor();
  const shown = await panel.locator(".document").innerText();
  for (const chapter of chapters) expect(shown).toContain(chapter);
  expect(await panel.locator("mark").innerText()).toContain("forty twigs");
  const inside = (): Promise<boolean> =>
    panel.locator("mark").evaluate((mark: { getBoundingClientRect(): { top: number; bottom: number } }) => {
      const { top, bottom } = mark.getBoundingClientRect();
      return top < 720 && bottom > 0;
    });
  expect(await inside()).toBe(true);
  if (process.env.NEURO_SCREENSHOTS) await page.screenshot({ path: `${process.env.NEURO_SCREENSHOTS}/whole.png` });
  expect(faults).toEqual([]);
});

test("what a checker moved or left out is told under the answer, and sentence by sentence", async () => {
  const fake = await serveFake();
  try {
    const page = await open(fake.url);
    await ask(page, "checked");
    expect(await page.locator(".text").innerText()).not.toContain("snows");
    expect(await page.locator(".note").allInnerTexts()).toEqual([
      "Sentences whose footnotes were put right: 2.",
      "Sentences that were left out because nothing bears them out: 1.",
    ]);
    await page.getByText("Why this answer").click();
    await page.locator(".why li").nth(2).waitFor();
    expect(await page.locator(".why .dropped .sentence").innerText()).toBe("It snows in Ghana.");
    expect(await page.locator(".why .check").allInnerTexts()).toEqual([
      "Borne out; its footnotes were put right. Score 1. As written it named [2].",
      "Left out: nothing that was shown bears it out. Score 0. As written it named [1].",
      "Borne out; its footnotes were put right. Score 1. As written it named [1][2].",
    ]);
    expect(await page.locator(".rest p.small", { hasText: "Checked by words:" }).innerText()).toBe(
      "Checked by words: 100% of its sentences are borne out, 100% of its footnotes are needed.",
    );
    if (process.env.NEURO_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.NEURO_SCREENSHOTS}/checks.png`, fullPage: true });
    expect(faults).toEqual([]);
  } finally {
    await fake.end();
  }
});

test("the stages have times and results, each sentence its reasons, and what was found and not cited can be asked for", async () => {
  const page = await open();
  await ask(page, "How long does a cat sleep?");
  await page.getByText("Stages", { exact: true }).click();
  const stages = page.locator(".stage");
  expect(await stages.locator("b").allInnerTexts()).toEqual(["search", "quote"]);
  for (const time of await stages.locator(".time").allInnerTexts()) expect(time).toMatch(/^[\d.]+ m?s$/);
  await page.getByText("Results: ").click();
  expect(await page.locator(".results li").first().innerText()).toMatch(/^p0\s+[\d.]+$/);
  await page.getByText("Why this answer").click();
  await page.locator(".why li").first().waitFor();
  await page.locator(".terms").waitFor();
  expect(await page.locator(".terms tr").allInnerTexts()).toEqual(["borne\t1", "form\t1", "In all\t3"]);
  const sentences = await page.locator(".sentence").allInnerTexts();
  expect(sentences).toContain("A cat sleeps about fifteen hours a day.");
  const cited = await page.locator(".sources b").allInnerTexts();
  const more = await page.locator(".related button").allInnerTexts();
  expect(more.length).toBeGreaterThan(0);
  expect(more.filter((name) => cited.includes(name))).toEqual([]);
  await page.locator(".related button").first().click();
  await page.locator(".turn:nth-child(2) .reply.done").waitFor();
  expect(await page.locator(".turn h2").last().innerText()).toBe(more[0]);
  expect(faults).toEqual([]);
});

test("two pipelines answer side by side, and an answer is found again under its address", async () => {
  const page = await open();
  await page.getByLabel("Beside it").selectOption("brief");
  await ask(page, "How long does a cat sleep?");
  await page.locator(".reply.done").nth(1).waitFor();
  expect(await page.getByRole("region", { name: "answer" }).locator(".text").innerText()).toContain("fifteen");
  expect(await page.getByRole("region", { name: "brief" }).locator(".footnote").count()).toBeGreaterThan(0);
  const [left, right] = await Promise.all([0, 1].map((i) => page.locator(".reply").nth(i).boundingBox()));
  expect(right!.x).toBeGreaterThan(left!.x + left!.width - 1);
  await page.waitForURL(/#chatcmpl-/);
  await page.reload();
  await page.locator(".reply.done").waitFor();
  expect(await page.locator(".turn h2").innerText()).toBe("How long does a cat sleep?");
  await page.locator(".text .footnote").first().click();
  expect(await page.getByRole("dialog").locator("mark").innerText()).toContain("fifteen");
  expect(faults).toEqual([]);
});

test("a Russian browser is spoken to in Russian, and the switch changes all of it", async () => {
  const page = await open(server.url, { locale: "ru-RU" });
  expect(await page.locator("html").getAttribute("lang")).toBe("ru");
  await ask(page, "Сколько спит кошка?");
  expect(await page.locator(".text").innerText()).toContain("пятнадцати часов");
  expect(await page.locator("h3").first().innerText()).toBe("Источники");
  await page.getByLabel("Язык").selectOption("en");
  expect(await page.locator("h3").first().innerText()).toBe("Sources");
  expect(await page.getByRole("button", { name: "Ask", exact: true }).innerText()).toBe("Ask");
  await page.reload();
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(faults).toEqual([]);
});

test("what documents and questions hold is text, and an address that a browser would run is no link", async () => {
  const page = await open();
  page.on("dialog", (dialog) => {
    faults.push(`alert ${dialog.message()}`);
    void dialog.dismiss();
  });
  await ask(page, `When do wombats dig burrows? ${attack}`);
  expect(await page.locator(".turn h2").innerText()).toContain("<script>");
  expect(await page.locator(".text").innerText()).toContain(attack);
  await page.getByText("Why this answer").click();
  await page.locator(".why li").first().waitFor();
  await page.locator(".text .footnote").first().click();
  await page.getByRole("dialog").getByRole("table").waitFor();
  expect(await page.getByRole("dialog").locator("h2").innerText()).toBe(rows[3]!.title);
  expect(await page.getByRole("dialog").innerText()).toContain("javascript:alert(3)");
  expect(await page.locator("img, script:not([src]), a[href^='javascript']").count()).toBe(0);
  const addresses = [
    " javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "file:///etc/passwd",
    "https://u:p@evil.example",
    "https://",
    "docs/a.md",
    "https://a.example/ü",
  ];
  const links = await page.evaluate<(string | undefined)[]>(
    `import("./links.js").then(({ safeUrl }) => ${JSON.stringify(addresses)}.map(safeUrl))`,
  );
  expect(links.filter((link) => link !== undefined)).toEqual(["https://a.example/%C3%BC"]);
  expect(faults).toEqual([]);
});

test("all of it can be done with keys, and a screen reader is told", async () => {
  const page = await open();
  await page.locator("#question:focus").waitFor();
  await page.keyboard.type("How long does");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("a cat sleep?");
  expect(await page.locator(".turn").count()).toBe(0);
  await page.keyboard.press("Enter");
  await page.locator(".reply.done").waitFor();
  expect(await page.getByRole("status").innerText()).toContain("A cat sleeps about fifteen hours a day.");
  await page.locator(".related button").first().waitFor();
  await page.locator("#question:focus").waitFor();
  // Backwards from the question: what else was found, the stages, why, the sources; then the page's first element.
  const passed: string[] = [];
  for (let i = 0; i < 20 && !passed.includes("footnote"); i++) {
    await page.keyboard.press("Shift+Tab");
    passed.push(await page.evaluate<string>("document.activeElement.className || document.activeElement.tagName"));
  }
  expect([...new Set(passed)]).toEqual(["BUTTON", "SUMMARY", "address", "footnote"]);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  expect(await page.evaluate("document.activeElement.className")).toBe("footnote");
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await page.locator("#question:focus").waitFor();
  const nameless = await page.evaluate(`[...document.querySelectorAll("button, select, textarea, input")]
    .filter((one) => one.checkVisibility() && !(one.ariaLabel || one.textContent.trim() || one.labels[0]?.textContent.trim()))
    .map((one) => one.outerHTML)`);
  expect(nameless).toEqual([]);
  expect(faults).toEqual([]);
});

test("there is one heading above all, the form has a name, and a question of many lines leaves room for its answer", async () => {
  const page = await open();
  const headings = () => page.getByRole("heading", { level: 1 }).allInnerTexts();
  expect(await headings()).toEqual(["Ask"]);
  expect(await page.getByRole("form", { name: "Your question" }).count()).toBe(1);
  await ask(page, "How long does a cat sleep? ".repeat(80));
  expect(await headings()).toEqual(["Ask"]);
  const question = page.getByRole("heading", { level: 2, name: /How long/ });
  expect((await question.boundingBox())!.height).toBeLessThan(320);
  expect(await question.getAttribute("tabindex")).toBe("0");
  expect(await page.locator(".reply .text").first().isVisible()).toBe(true);
  await page.context().close();
});

test("a pipeline is compared with another, never with itself", async () => {
  const page = await open();
  const beside = page.getByLabel("Beside it");
  const offered = () => beside.locator("option:not([disabled])").allInnerTexts();
  await page.getByLabel("Answered by").selectOption("brief");
  expect(await offered()).toEqual(["nothing", "answer"]);
  await beside.selectOption("answer");
  await page.getByLabel("Answered by").selectOption("answer");
  expect([await offered(), await beside.inputValue()]).toEqual([["nothing", "brief"], ""]);
  await page.context().close();
});

test("on a narrow screen nothing is wider than it, and dark is dark", async () => {
  const page = await open(server.url, { viewport: { width: 360, height: 640 }, colorScheme: "dark" });
  await ask(page, "How long does a cat sleep?");
  for (const summary of ["Why this answer", "Stages", "Results: "]) await page.getByText(summary).click();
  const wide = () => page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.getByLabel("Beside it").selectOption("brief");
  await ask(page, "Do dogs bark?");
  expect(await wide()).toBeLessThanOrEqual(0);
  const paper = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
  expect(await paper()).toBe("rgb(23, 23, 22)");
  await page.getByLabel("Colours").selectOption("light");
  expect(await paper()).toBe("rgb(251, 250, 247)");
});

test("an answer is shown while it is written and can be stopped; a fault is told, and the question asked again", async () => {
  const fake = await serveFake();
  try {
    const page = await open(fake.url);
    await page.getByRole("textbox").fill("slow 20000");
    await page.keyboard.press("Enter");
    await page.getByText("The", { exact: true }).waitFor();
    expect(await page.locator(".reply").getAttribute("aria-busy")).toBe("true");
    expect(await page.locator(".progress").innerText()).toContain("search");
    await page.keyboard.press("Escape");
    await page.getByText("Stopped before it was done.").waitFor();
    await expect.poll(() => fake.service.health()).toMatchObject({ running: 0 });
    expect(await page.locator("#question:focus").count()).toBe(1);
    await page.getByRole("textbox").fill("fail");
    await page.keyboard.press("Enter");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).not.toContain("secret");
    await alert.getByRole("button", { name: "Ask again" }).click();
    await alert.waitFor();
    expect(await page.locator(".turn").count()).toBe(2);
  } finally {
    await fake.end();
  }
});

test("a server with keys is asked with the one that the person has", async () => {
  const fake = await serveFake({}, { keys: ["open-sesame-123456"] });
  try {
    const page = await open(fake.url);
    const entrance = page.getByRole("dialog", { name: "This server asks for a key" });
    await entrance.getByLabel("Key").fill("wrong");
    await page.keyboard.press("Enter");
    await entrance.getByLabel("Key").fill("open-sesame-123456");
    await page.keyboard.press("Enter");
    await entrance.waitFor({ state: "hidden" });
    await ask(page, "What is the capital?");
    expect(await page.locator(".text").innerText()).toContain("The capital is Accra");
  } finally {
    await fake.end();
  }
});
