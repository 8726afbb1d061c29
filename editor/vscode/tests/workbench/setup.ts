/** Before the workbench's tests: code-server is installed, and the extension packed. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { install } from "./code-server.ts";

export default function setup(): void {
  install();
  if (process.env.NEURO_VSIX === undefined) {
    const root = join(import.meta.dirname, "../../../..");
    const printed = execFileSync(process.execPath, [join(root, "editor/vscode/package.ts")], { cwd: root, encoding: "utf8" });
    process.env.NEURO_VSIX = join(root, printed.trim().split("\n").at(-1)!);
  }
}
