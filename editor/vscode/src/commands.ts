/** The commands of the palette and of code lenses. A lens says of which spec and which declaration; the palette means the active spec. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { type Answered, answerText } from "./answers.ts";
import type { Server } from "./client.ts";
import { chosenSpec, folderOf, neurocFor, quietly } from "./neuroc.ts";
import { runsOf } from "./runs.ts";
import { sample } from "./sample.ts";
import { finished, taskOf } from "./tasks.ts";

/** What the commands need of the rest of the extension. */
export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly server: Server;
  readonly showPlan: (spec: vscode.Uri) => void;
  readonly showRun: (folder: string | undefined) => void;
  /** Something was made on disk: contexts, views and tests look again. */
  readonly changed: () => void;
}

/** How a verb is told which declaration is meant. */
const naming: Readonly<Record<string, (name: string) => string[]>> = {
  train: (name) => ["--recipe", name],
  serve: (name) => ["--name", name],
  eval: (name) => ["--only", name],
  ask: (name) => ["--pipeline", name],
};

/** Registers every command. */
export function registerCommands(parts: Parts): void {
  const { context, server, showPlan, showRun } = parts;
  const on = (name: string, work: (...args: unknown[]) => unknown) =>
    context.subscriptions.push(vscode.commands.registerCommand(`neuro.${name}`, work));
  for (const verb of ["check", "build", "index", "train", "serve", "eval"])
    on(verb, async (uri, name) => {
      const spec = await specOf(uri);
      if (spec) await runVerb(parts, spec, verb, typeof name === "string" ? (naming[verb]?.(name) ?? []) : []);
    });
  on("ask", async (uri, name, question) => {
    const spec = await specOf(uri);
    if (spec) await ask(parts, spec, text(name), text(question));
  });
  on("doctor", async () => {
    const spec = await specOf(undefined);
    if (spec) await runVerb(parts, spec, "doctor", []);
  });
  on("report", async (uri, name) => openReport(await specOf(uri), text(name)));
  on("openReport", async (folder) => openReport(await specOf(undefined), undefined, text(folder)));
  on("showPlan", async (uri) => {
    const spec = await specOf(uri);
    if (spec) showPlan(spec);
  });
  on("showRun", (folder) => showRun(text(folder)));
  on("explain", (code) => explain(text(code)));
  on("init", () => init(parts));
  on("install", () => install(parts));
  on("sample", () => addSample(parts));
  on("restart", () => server.restart());
  on("showLog", () => server.showLog());
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The spec that a lens names, a menu was opened on, or that is meant. */
async function specOf(given: unknown): Promise<vscode.Uri | undefined> {
  const spec = given instanceof vscode.Uri ? given : typeof given === "string" ? vscode.Uri.parse(given) : await chosenSpec();
  if (!spec) {
    const make = "Make a Spec";
    if ((await vscode.window.showInformationMessage("There is no spec in this workspace yet.", make)) === make)
      await vscode.commands.executeCommand("neuro.init");
    return undefined;
  }
  await vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === spec.toString())?.save();
  return spec;
}

async function runVerb(parts: Parts, spec: vscode.Uri, verb: string, args: readonly string[]): Promise<void> {
  const task = taskOf(spec, verb, args);
  if (!task) return offerInstall();
  task.problemMatchers = []; // the language server shows the same problems
  const code = await finished(task);
  parts.changed();
  if (verb === "build" && code === 0) parts.showPlan(spec);
}

async function offerInstall(): Promise<void> {
  const install = "Install neuro";
  const why = vscode.workspace.isTrusted
    ? "This folder has no neuroc: it is what builds, indexes, trains and answers."
    : "Nothing is run in a folder that is not trusted.";
  const pressed = await vscode.window.showInformationMessage(why, ...(vscode.workspace.isTrusted ? [install] : []));
  if (pressed === install) await vscode.commands.executeCommand("neuro.install");
}

async function ask(parts: Parts, spec: vscode.Uri, pipeline: string | undefined, given: string | undefined): Promise<void> {
  const neuroc = neurocFor(vscode.Uri.joinPath(spec, ".."));
  if (!neuroc) return offerInstall();
  const question = given ?? (await vscode.window.showInputBox({ prompt: "What do you want to know?", ignoreFocusOut: true }));
  if (!question) return;
  const named = pipeline === undefined ? [] : ["--pipeline", pipeline];
  const cwd = folderOf(spec);
  const stopping = new AbortController();
  try {
    const printed = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "neuroc ask", cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => stopping.abort());
        const words = ["ask", "--json", "--spec", basename(spec.fsPath), ...named];
        const input = `${question.replace(/\s+/g, " ")}\n`; // a line of its input: a question may begin with a dash
        return quietly(neuroc, words, { cwd, input, signal: stopping.signal });
      },
    );
    if (printed.code !== 0) throw new Error(printed.stderr);
    const answer = JSON.parse(printed.stdout) as Answered;
    const folder = join(parts.context.globalStorageUri.fsPath, "answers");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `answer-${Date.now()}.md`);
    writeFileSync(file, answerText(answer, cwd));
    await vscode.commands.executeCommand("markdown.showPreviewToSide", vscode.Uri.file(file));
  } catch (error) {
    if (!stopping.signal.aborted) await said(parts, spec, error instanceof Error ? error.message : String(error));
  }
}

/** Shows what neuroc refused, with the verb that its hint names where there is one. */
async function said(parts: Parts, spec: vscode.Uri, message: string): Promise<void> {
  const hinted = /`neuroc (index|build|train)`/.exec(message)?.[1];
  const offer = hinted === undefined ? [] : [`Run neuroc ${hinted}`];
  const lines = message
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, 4)
    .join(" ");
  const pressed = await vscode.window.showErrorMessage(lines, ...offer);
  if (pressed && hinted) await runVerb(parts, spec, hinted, []);
}

/** The report of a run in the browser, or where the folder is on another machine in the window; of an eval its file. */
async function openReport(spec: vscode.Uri | undefined, name?: string, folder?: string): Promise<void> {
  const root = spec && folderOf(spec);
  const runs = root === undefined ? [] : runsOf(root).filter((run) => name === undefined || run.recipe === name);
  const reports = (folder ? [folder] : runs.map((run) => run.folder)).map((each) => join(each, "report.html"));
  const report = reports.find((path) => existsSync(path));
  if (report && vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop)
    return void (await vscode.env.openExternal(vscode.Uri.file(report)));
  if (report) return showHtml(report);
  const measured = root !== undefined && name !== undefined ? join(root, "evals", name, "report.json") : undefined;
  if (measured && existsSync(measured)) return void (await vscode.window.showTextDocument(vscode.Uri.file(measured)));
  void vscode.window.showInformationMessage(
    `${name ?? "This spec"} has no report yet: it is written when a run or an eval ends.`,
  );
}

/** Shows a page without scripts. */
function showHtml(path: string): void {
  const panel = vscode.window.createWebviewPanel("neuro.report", "Report", vscode.ViewColumn.Active, { enableScripts: false });
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;
  panel.webview.html = readFileSync(path, "utf8").replace(/<head>/i, `<head>${policy}`);
}

async function explain(given: string | undefined): Promise<void> {
  const near = vscode.window.activeTextEditor;
  const codes = near
    ? vscode.languages
        .getDiagnostics(near.document.uri)
        .filter(({ source }) => source === "neuro")
        .map(({ code }) => String(code))
    : [];
  const code =
    given ??
    (codes.length > 0
      ? await vscode.window.showQuickPick([...new Set(codes)], { placeHolder: "Which diagnostic?" })
      : await vscode.window.showInputBox({ prompt: "The code of a diagnostic, such as axes_differ" }));
  if (code) await vscode.commands.executeCommand("markdown.showPreviewToSide", vscode.Uri.parse(`neuro-explain:/${code}.md`));
}

async function folderForNew(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    const open = "Open a Folder";
    if ((await vscode.window.showInformationMessage("A system lives in a folder.", open)) === open)
      await vscode.commands.executeCommand("vscode.openFolder");
    return undefined;
  }
  return folders.length === 1 ? folders[0]!.uri : (await vscode.window.showWorkspaceFolderPick())?.uri;
}

async function init(parts: Parts): Promise<void> {
  const folder = await folderForNew();
  if (!folder) return;
  const spec = vscode.Uri.joinPath(folder, "main.neuro");
  if (!existsSync(spec.fsPath)) {
    const neuroc = neurocFor(folder);
    if (!neuroc) return offerInstall();
    const { code, stderr } = await quietly(neuroc, ["init"], { cwd: folder.fsPath });
    if (code !== 0) return void vscode.window.showErrorMessage(stderr.trim());
  }
  await vscode.window.showTextDocument(spec);
  parts.changed();
}

async function addSample(parts: Parts): Promise<void> {
  const folder = await folderForNew();
  if (!folder) return;
  for (const [name, content] of Object.entries(sample)) {
    const path = join(folder.fsPath, "docs", name);
    mkdirSync(join(path, ".."), { recursive: true });
    if (!existsSync(path)) writeFileSync(path, content);
  }
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, "docs", Object.keys(sample)[0]!));
  parts.changed();
}

/** Installs the package that comes with the extension, or the one that was set; the folder keeps what it was installed from. */
async function install(parts: Parts): Promise<void> {
  const folder = await folderForNew();
  if (!folder) return;
  if (!vscode.workspace.isTrusted) return void vscode.commands.executeCommand("workbench.trust.manage");
  const set = vscode.workspace.getConfiguration("neuro", folder).get<string>("package", "");
  const manifest = join(folder.fsPath, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, `${JSON.stringify({ private: true, type: "module" }, null, 2)}\n`);
  const from = set === "" ? vendored(parts.context.extensionPath, folder.fsPath) : set;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", from];
  const run = new vscode.ShellExecution(npm, words, { cwd: folder.fsPath });
  const scope = vscode.workspace.getWorkspaceFolder(folder) ?? vscode.TaskScope.Workspace;
  const code = await finished(new vscode.Task({ type: "neuro", verb: "install" }, scope, "install", "neuro", run));
  parts.changed();
  if (code === 0) await parts.server.restart();
  else
    void vscode.window.showErrorMessage(
      "npm could not install neuro; the terminal says why. Node 20 or newer with npm is needed.",
    );
}

/** Copies the package of the extension into the folder, so that it is there for everybody who works in it. */
function vendored(extension: string, folder: string): string {
  const version = JSON.parse(readFileSync(join(extension, "package.json"), "utf8")).version as string;
  const name = `neuro-${version}.tgz`;
  mkdirSync(join(folder, "vendor"), { recursive: true });
  copyFileSync(join(extension, "neuro.tgz"), join(folder, "vendor", name));
  return `./vendor/${name}`;
}
