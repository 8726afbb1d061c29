/** A headless Chromium from npm alone, for tests of pages: its package has it and the libraries that a bare machine lacks, packed. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { untar } from "../../device/swiftshader.ts";

/** Unpacks it once per machine and version; returns its folder. Safe when several processes begin at once, or one is killed. */
function unpacked(): string {
  const packs = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "../bin");
  const size = statSync(join(packs, "chromium.br")).size.toString(36);
  const folder = join(tmpdir(), `neuro-chromium-${size}-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const fresh = mkdtempSync(`${folder}-`);
  writeFileSync(join(fresh, "chromium"), brotliDecompressSync(readFileSync(join(packs, "chromium.br"))), { mode: 0o755 });
  for (const pack of ["al2023", "fonts"])
    for (const [name, bytes] of untar(brotliDecompressSync(readFileSync(join(packs, `${pack}.tar.br`))))) {
      const path = join(fresh, pack, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  try {
    renameSync(fresh, folder);
  } catch {
    // Another process was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** Starts it. Close it when done. */
export function openBrowser(): Promise<Browser> {
  const folder = unpacked();
  const libraries = [join(folder, "al2023/lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  const fonts = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
    env: { ...process.env, ...fonts, LD_LIBRARY_PATH: libraries },
  });
}

/** A page, and what went wrong in it: errors, what its policy refused, and what it asked of other hosts. */
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
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}
