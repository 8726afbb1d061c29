// The guides that train: followed command by command in an empty folder, what they print held against the page.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { replay } from "./replay.ts";
import { exportTiny } from "./tiny.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-guides-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(["my-reward", "my-objective", "dpo-to-warp", "hugging-face"])("%s", async (name) => {
  const folder = join(root, name);
  mkdirSync(folder);
  if (name === "hugging-face") await exportTiny(join(folder, "models/tiny"));
  for (const { line, status, output, missing } of await replay(name, folder))
    expect({ line, status, missing, output: missing.length > 0 || status > 0 ? output : "" }).toEqual({
      line,
      status: 0,
      missing: [],
      output: "",
    });
});
