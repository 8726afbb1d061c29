/**
 * `npm run package:vscode`: the extension as build/neuro-<version>.vsix, made without a network. Everything it needs is gathered in
 * build/vscode: the manifest, the grammar, the bundled extension, a bundled server with the standard library, and the package that
 * npm installs into folders. With `--folder` it stops there: a folder to debug with.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(root, "build/vscode");

/** What is part of the extension as it lies here. */
const plain = ["language-configuration.json", "snippets", "syntaxes", "images", "walkthrough", "README.md", "CHANGELOG.md"];

/** Gathers the extension in build/vscode. Returns its version, which is neuro's. */
export async function gather(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "out"), { recursive: true });
  for (const each of plain) cpSync(join(here, each), join(out, each), { recursive: true });
  cpSync(join(root, "grammar/generated/neuro.tmLanguage.json"), join(out, "syntaxes/neuro.tmLanguage.json"));
  cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
  cpSync(join(root, "stdlib"), join(out, "stdlib"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
  const { type: _, ...manifest } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  writeFileSync(join(out, "package.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
  await bundle(join(here, "src/extension.ts"), join(out, "out/extension.cjs"), "cjs", ["vscode"]);
  const start = join(out, "out/server.start.ts");
  const language = relative(join(out, "out"), join(root, "cli/language-server.ts")).replaceAll("\\", "/");
  writeFileSync(start, `import { serveOverStdio } from "${language}";\nserveOverStdio({ runs: false });\n`);
  await bundle(start, join(out, "out/server.mjs"), "esm", []);
  rmSync(start);
  return version;
}

async function bundle(input: string, file: string, format: "cjs" | "esm", external: string[]): Promise<void> {
  const bundled = await rolldown({ input, external, platform: "node", logLevel: "warn" });
  await bundled.write({ file, format, minify: true, codeSplitting: false, comments: { legal: true } });
  await bundled.close();
}

/** The package that folders install: the compiled form, as `npm pack` makes it. */
function npmPackage(): void {
  const made = execFileSync("npm", ["pack", "--silent", "--pack-destination", out], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  renameSync(join(out, made.trim().split("\n").at(-1)!), join(out, "neuro.tgz"));
}

async function main(): Promise<void> {
  const version = await gather();
  npmPackage();
  if (process.argv.includes("--folder")) return console.log(relative(process.cwd(), out));
  const file = join(root, `build/neuro-${version}.vsix`);
  const vsce = join(root, "node_modules/@vscode/vsce/vsce");
  const words = [
    "package",
    "--no-dependencies",
    "--skip-license",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    "--out",
    file,
  ];
  execFileSync(process.execPath, [vsce, ...words], { cwd: out, stdio: ["ignore", "inherit", "inherit"] });
  if (!existsSync(file)) throw new Error("vsce made no file");
  console.log(relative(process.cwd(), file));
}

if (import.meta.main) await main();
