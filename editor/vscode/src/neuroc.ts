/** Neuroc as the workbench runs it: in tasks that a person sees, or quietly for a result that is read. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import * as vscode from "vscode";
import { findNeuroc, type Neuroc } from "./find.ts";

/** The neuroc of the folder of a file or folder; undefined where none is installed or nothing may be run. */
export function neurocFor(folder: vscode.Uri): Neuroc | undefined {
  if (!vscode.workspace.isTrusted || folder.scheme !== "file") return undefined;
  const set = vscode.workspace.getConfiguration("neuro", folder).get<string>("server.path", "");
  return findNeuroc(folder.fsPath, set.replace(/^~(?=[/\\])/, process.env.HOME ?? "~"), nodeProgram());
}

/** A Node that runs neuroc: the one on the PATH, else the workbench's own. */
export function nodeProgram(): string {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  return found ?? process.execPath;
}

/** What a process needs to be Node when it is the workbench's own program. */
export const nodeEnvironment = (): Record<string, string> =>
  nodeProgram() === process.execPath ? { ELECTRON_RUN_AS_NODE: "1" } : {};

/** What a verb printed, and how it ended: 0 it worked. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a verb is run without a terminal. */
export interface Quiet {
  readonly cwd: string;
  /** What it reads; nothing when not given. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a verb without a terminal. Rejects where it could not be started or was stopped. */
export function quietly(neuroc: Neuroc, args: readonly string[], { cwd, input = "", signal }: Quiet): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...nodeEnvironment(), NO_COLOR: "1" };
    const words = [...neuroc.args, ...args];
    const child = execFile(neuroc.command, words, { cwd, env, maxBuffer: 2 ** 26, signal }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
    child.stdin?.on("error", () => {}); // it may end before it has read
    child.stdin?.end(input);
  });
}

/** The spec that is meant where none is named: the active one, `main.neuro` of a folder, or the only one of the workspace. */
export async function chosenSpec(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === "neuro" && active.uri.scheme === "file" && !active.uri.path.includes("/stdlib/")) return active.uri;
  const found = await vscode.workspace.findFiles("**/*.neuro", "**/{node_modules,build,runs,dist,stdlib}/**", 50);
  const mains = found.filter((uri) => uri.path.endsWith("/main.neuro"));
  const from = mains.length > 0 ? mains : found;
  if (from.length <= 1) return from[0];
  const items = from.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "Which spec?" }))?.uri;
}

/** The folder of a spec. */
export const folderOf = (spec: vscode.Uri): string => dirname(spec.fsPath);

/** Where the build of a spec lies: `build/<name>`, `main.neuro` being named after its folder. */
export function buildFolderOf(spec: vscode.Uri): string {
  const folder = folderOf(spec);
  const own = /([^/\\]+)\.neuro$/.exec(spec.fsPath)?.[1] ?? "main";
  const name = own === "main" ? (/([^/\\]+)$/.exec(folder)?.[1] ?? "") : own;
  return join(folder, "build", name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "") || "system");
}
