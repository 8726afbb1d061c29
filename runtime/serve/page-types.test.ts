// The page's scripts, checked by TypeScript as the browser runs them: with its names and none of Node's, and with the server's own types.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the scripts of the page are well typed", () => {
  const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
  const project = fileURLToPath(new URL("tsconfig.page.json", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  expect([stdout, status]).toEqual(["", 0]);
});
