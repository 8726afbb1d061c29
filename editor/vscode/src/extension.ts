/** The extension: a language server, the verbs of neuroc as commands and tasks, two pages, a status bar, tests and a walkthrough. This file only joins them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { Server } from "./client.ts";
import { registerCommands } from "./commands.ts";
import { neurocFor, quietly } from "./neuroc.ts";
import { Status } from "./status.ts";
import { taskProvider } from "./tasks.ts";
import { testing } from "./testing.ts";
import { PlanPage, RunPage, specFolders } from "./views.ts";

/** Called by the workbench when a spec is opened or a folder holds one; tests of the extension are handed its parts. */
export async function activate(
  context: vscode.ExtensionContext,
): Promise<{ readonly server: Server; readonly plan: PlanPage; readonly run: RunPage }> {
  const server = new Server(context);
  const plan = new PlanPage(server);
  const run = new RunPage();
  const status = new Status(context, () => void run.refresh());
  const tests = testing(context, server);
  const firstFolder = () => vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri;
  const look = async () => {
    const folders = await specFolders();
    status.watch(folders);
    run.watch(folders);
    await plan.refresh();
    await contexts(folders);
  };
  const changed = () => {
    void look();
    void status.examine(firstFolder());
    tests.look();
  };
  registerCommands({
    context,
    server,
    changed,
    showPlan: (spec) => {
      plan.show(spec);
      plan.beside();
    },
    showRun: (folder) => {
      run.show(folder);
      run.beside();
    },
  });
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider("neuro", taskProvider),
    vscode.window.registerWebviewViewProvider("neuro.plan", plan),
    vscode.window.registerWebviewViewProvider("neuro.run", run),
    vscode.workspace.registerTextDocumentContentProvider("neuro-explain", {
      provideTextDocumentContent: (uri) => explained(server, uri),
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => follow(plan, editor)),
    vscode.workspace.onDidSaveTextDocument((document) => void (document.languageId === "neuro" && plan.refresh())),
    vscode.workspace.onDidChangeWorkspaceFolders(changed),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      changed();
      void server.restart();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => void (event.affectsConfiguration("neuro.server") && server.restart())),
  );
  watchDisk(context, look);
  await server.restart();
  follow(plan, vscode.window.activeTextEditor);
  changed();
  return { server, plan, run };
}

/** The plan is that of the spec that is looked at. */
function follow(plan: PlanPage, editor: vscode.TextEditor | undefined): void {
  const { languageId, uri } = editor?.document ?? {};
  if (languageId === "neuro" && uri?.scheme === "file" && !uri.path.includes("/stdlib/")) plan.show(uri);
}

/** Specs and builds that come and go are looked at again, not more often than every half second. */
function watchDisk(context: vscode.ExtensionContext, look: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), 500);
  };
  for (const glob of ["**/*.neuro", "**/build/*/manifest.json", "**/.index/*/index.json"]) {
    const watcher = vscode.workspace.createFileSystemWatcher(glob);
    watcher.onDidCreate(soon);
    watcher.onDidDelete(soon);
    if (!glob.endsWith(".neuro")) watcher.onDidChange(soon);
    context.subscriptions.push(watcher);
  }
}

/** Says to the walkthrough and the menus what there is. */
async function contexts(folders: readonly string[]): Promise<void> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  const documents = await vscode.workspace.findFiles("**/*.{md,txt,html}", "**/{node_modules,build,runs,vendor}/**", 1);
  const told: Readonly<Record<string, boolean>> = {
    installed: root !== undefined && neurocFor(root) !== undefined,
    documents: documents.length > 0,
    spec: folders.length > 0,
    indexed: folders.some((folder) => existsSync(join(folder, ".index"))),
  };
  for (const [name, value] of Object.entries(told)) await vscode.commands.executeCommand("setContext", `neuro.${name}`, value);
}

/** The page of a diagnostic, from the server, or from the folder's neuroc where the server is older than the question. */
async function explained(server: Server, uri: vscode.Uri): Promise<string> {
  const code = uri.path.replace(/^\/|\.md$/g, "");
  const page = await server.ask<string | null>("neuro/explain", { code });
  if (page) return page;
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  const neuroc = root && neurocFor(root);
  const printed = neuroc && (await quietly(neuroc, ["explain", code], { cwd: root.fsPath }));
  return printed?.code === 0 ? printed.stdout : `# ${code}\n\nNo diagnostic is called \`${code}\`.`;
}

/** The workbench ends the server with the window; nothing is left to do. */
export function deactivate(): void {}
