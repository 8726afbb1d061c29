/** The TextMate grammar by what it says of a text: assertions beside the text, and snapshots of whole specs that must be there before the test. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const here = import.meta.dirname;
const root = join(here, "../../..");
const grammar = join(root, "grammar/generated/neuro.tmLanguage.json");

function tool(name: "unit" | "snapshot", ...words: string[]): string {
  try {
    return execFileSync(
      process.execPath,
      [join(root, `node_modules/vscode-tmgrammar-test/dist/${name}.js`), "-g", grammar, ...words],
      { encoding: "utf8", cwd: root },
    );
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}

test.each(readdirSync(join(here, "scopes")).filter((name) => name.endsWith(".neuro")))(
  "the scopes of %s are those written below its lines",
  (name) => {
    expect(tool("unit", join(here, "scopes", name))).toMatch(/run successfull?y/);
  },
);

test("the scopes of a spec with every construct are those of its snapshot", () => {
  const snapshot = join(here, "snapshots/kitchen-sink.neuro.snap");
  expect(existsSync(snapshot)).toBe(true); // the tool would write a missing one and be content
  const folder = mkdtempSync(join(tmpdir(), "neuro-scopes-"));
  try {
    copyFileSync(join(root, "grammar/kitchen-sink.neuro"), join(folder, "kitchen-sink.neuro"));
    copyFileSync(snapshot, join(folder, "kitchen-sink.neuro.snap"));
    expect(tool("snapshot", "-s", "source.neuro", join(folder, "kitchen-sink.neuro"))).toMatch(/run successfull?y/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
