// The page as a newcomer follows it: its commands are run over a folder of pages, and the verbs have the options that it names.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const page = readFileSync(new URL("jobs.md", import.meta.url), "utf8");
const neuroc = join(import.meta.dirname, "../bin/neuroc.mjs");
const folder = mkdtempSync(join(tmpdir(), "neuro-jobs-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the commands of the page make the index", () => {
  mkdirSync(join(folder, "pages"));
  for (let i = 0; i < 70; i++) writeFileSync(join(folder, `pages/${i}.md`), `# Page ${i}\n\nIt tells of ${i}.\n`);
  writeFileSync(join(folder, "main.neuro"), 'source pages = files("pages/*.md")\nindex library { over: pages, text: bm25 }\n');
  // The second worker may end before there is work: the first does it then.
  const lines = /```sh\n([\s\S]*?)```/.exec(page)![1]!.replaceAll("npx neuroc", `"${process.execPath}" "${neuroc}"`);
  const script = `${lines.replace(/&( +#.*)?$/m, "& index=$!").replace(/(neuroc\.mjs" work) &( +#.*)?$/m, "$1 & worker=$!")}\nwait $index; code=$?; kill $worker; wait $worker; exit $code`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, expect.stringContaining("parts wait for workers")]);
  expect(stdout).toContain("library: 70 documents");
}, 90_000);

test("verbs have the options that the page names", () => {
  const helps = ["index", "eval", "work", "serve"].map((verb) =>
    execFileSync(process.execPath, [neuroc, verb, "--help"], { encoding: "utf8" }),
  );
  for (const option of ["jobs", "state"]) expect(helps[0]).toContain(`--${option}`);
  for (const [, option] of page.matchAll(/`neuroc work --([a-z-]+)/g)) expect(helps[2]).toContain(`--${option}`);
  expect(helps[1]).toContain("--jobs");
  expect(helps[3]).toContain("--state");
});
