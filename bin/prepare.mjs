// After `npm ci` in a clone, and before `npm pack`: the compiled form of the sources in dist/ with the page that servers send, for programs that import a build
// (Node strips no types below node_modules). An installed package has it already and no TypeScript to make it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = join(root, "node_modules/typescript/bin/tsc");
if (existsSync(tsc)) {
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.dist.json")], { stdio: "inherit", cwd: root });
  cpSync(join(root, "runtime/serve/page"), join(root, "dist/runtime/serve/page"), { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
