// The example as it is served, asked with the curl lines of the READMEs: what stands there is what comes back.
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = import.meta.dirname;
const neuroc = join(here, "../../bin/neuroc.mjs");
const folder = mkdtempSync(join(tmpdir(), "neuro-example-"));
let server: ChildProcess;
let url = "";

const curls = (file: string) =>
  readFileSync(join(here, file), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("curl "));
const asked = async (line: string) => {
  const quiet = line.replace("curl -s", "curl -fsS").replaceAll("http://localhost:8080", url);
  return (await promisify(execFile)("bash", ["-c", quiet])).stdout;
};

beforeAll(async () => {
  for (const name of ["main.neuro", "asking.ts", "marks.ts", "world", "weights", "pages"])
    cpSync(join(here, name), join(folder, name), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [neuroc, "index"], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  server = spawn(process.execPath, [neuroc, "serve", "--port", "0"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  url = await new Promise((done, refused) => {
    createInterface({ input: server.stdout! }).once("line", done);
    server.once("exit", (code) => refused(new Error(`it ended with ${code}`)));
  });
}, 240_000);
afterAll(() => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("a conversation whose last question leaves out what it is about is answered with a footnote", async () => {
  const [line] = curls("../../README.md");
  const { choices } = JSON.parse(await asked(line!));
  expect(choices[0].message.content).toBe("1605 [1]");
  expect(choices[0].message.annotations[0].url_citation).toMatchObject({ title: "Don Quixote" });
  expect(choices[0].neuro.missing).toEqual([]);
});

test("the lines of the example's README: a stream that ends, a search, an answer that is kept with its reasons", async () => {
  const [stream, found] = await Promise.all(curls("README.md").map(asked));
  expect(stream!.trim().split("\n\n").at(-1)).toBe("data: [DONE]");
  for (const stage of ["rephrase", "search", "rerank", "infocontext", "generate"]) expect(stream).toContain(`"stage":"${stage}"`);
  expect(JSON.parse(found!).results.length).toBeGreaterThan(0);
});
