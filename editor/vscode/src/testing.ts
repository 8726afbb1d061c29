/** The test explorer: evals of specs are run, examples of pages and of documentation are checked. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { Server } from "./client.ts";
import { type Example, evalsIn, examplesIn, verdict } from "./examples.ts";
import { folderOf, neurocFor, quietly } from "./neuroc.ts";

type Fault = { readonly code: string; readonly message: string; readonly range: { start: { line: number; character: number } } };
type Tried = { readonly kind: "eval"; readonly name: string } | { readonly kind: "example"; readonly example: Example };

const elsewhere = "**/{node_modules,build,runs,dist,vendor,.index}/**";

/** The tests of a workspace. */
export function testing(context: vscode.ExtensionContext, server: Server): { readonly look: () => void } {
  const controller = vscode.tests.createTestController("neuro", "neuro");
  const tried = new WeakMap<vscode.TestItem, Tried>();
  const read = async (uri: vscode.Uri) => {
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    try {
      file(controller, tried, uri, open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
      controller.items.delete(uri.toString()); // it is gone
    }
  };
  const look = async () => {
    const specs = await vscode.workspace.findFiles("**/*.neuro", elsewhere, 500);
    const pages = await vscode.workspace.findFiles("**/*.md", elsewhere, 500);
    for (const uri of [...specs, ...pages]) await read(uri);
  };
  controller.resolveHandler = async (item) => (item?.uri ? read(item.uri) : look());
  controller.refreshHandler = look;
  controller.createRunProfile(
    "Run",
    vscode.TestRunProfileKind.Run,
    (request, token) => run(controller, tried, server, request, token),
    true,
  );
  const watcher = vscode.workspace.createFileSystemWatcher("**/*.{neuro,md}");
  const ours = (uri: vscode.Uri) => !/[/\\](node_modules|build|runs|dist|vendor)[/\\]/.test(uri.fsPath);
  const changed = (uri: vscode.Uri) => void (ours(uri) && read(uri));
  watcher.onDidChange(changed);
  watcher.onDidCreate(changed);
  watcher.onDidDelete((uri) => controller.items.delete(uri.toString()));
  context.subscriptions.push(controller, watcher);
  void look();
  return { look: () => void look() };
}

/** Makes the items of one file anew. */
function file(controller: vscode.TestController, tried: WeakMap<vscode.TestItem, Tried>, uri: vscode.Uri, text: string): void {
  const spec = uri.path.endsWith(".neuro");
  const evals = spec ? evalsIn(text) : [];
  const examples = examplesIn(text, spec);
  if (evals.length + examples.length === 0) {
    controller.items.delete(uri.toString());
    return;
  }
  const item = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
  const child = (id: string, label: string, line: number, what: Tried) => {
    const made = controller.createTestItem(`${uri}#${id}`, label, uri);
    made.range = new vscode.Range(line, 0, line, 0);
    tried.set(made, what);
    return made;
  };
  item.children.replace([
    ...evals.map(({ name, line }) => child(`eval ${name}`, `eval ${name}`, line, { kind: "eval", name })),
    ...examples.map((example, at) =>
      child(`example ${at}`, `example, line ${example.line + 1}`, example.line, { kind: "example", example }),
    ),
  ]);
  controller.items.add(item);
}

async function run(
  controller: vscode.TestController,
  tried: WeakMap<vscode.TestItem, Tried>,
  server: Server,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  const chosen: vscode.TestItem[] = [];
  const gather = (item: vscode.TestItem) => {
    if (request.exclude?.includes(item)) return;
    if (tried.has(item)) chosen.push(item);
    item.children.forEach(gather);
  };
  if (request.include) request.include.forEach(gather);
  else controller.items.forEach(gather);
  const running = controller.createTestRun(request);
  for (const item of chosen) running.enqueued(item);
  for (const item of chosen) {
    if (token.isCancellationRequested) running.skipped(item);
    else await one(item, tried.get(item)!, running, server, token);
  }
  running.end();
}

async function one(
  item: vscode.TestItem,
  what: Tried,
  running: vscode.TestRun,
  server: Server,
  token: vscode.CancellationToken,
): Promise<void> {
  running.started(item);
  const began = Date.now();
  const failed = (message: string) => {
    const shown = new vscode.TestMessage(message);
    shown.location = new vscode.Location(item.uri!, item.range!);
    running.failed(item, shown, Date.now() - began);
  };
  const said = (text: string) => running.appendOutput(`${text.trim().replaceAll(/\r?\n/g, "\r\n")}\r\n`, undefined, item);
  try {
    if (what.kind === "example") {
      const { example } = what;
      const params = { uri: item.uri!.toString(), text: example.text, whole: example.kind !== "fragment" };
      const faults = await server.ask<Fault[]>("neuro/example", params);
      const why = faults ? verdict(example, faults) : "the language server did not answer";
      said(`${vscode.workspace.asRelativePath(item.uri!)}, line ${example.line + 1}: ${why ?? "holds"}`);
      return why === undefined ? running.passed(item, Date.now() - began) : failed(why);
    }
    const neuroc = neurocFor(vscode.Uri.joinPath(item.uri!, ".."));
    if (!neuroc)
      return running.errored(
        item,
        new vscode.TestMessage("This folder has no neuroc: run “neuro: Install neuro in This Folder”."),
      );
    const stopping = new AbortController();
    token.onCancellationRequested(() => stopping.abort());
    const words = ["eval", basename(item.uri!.fsPath), "--only", what.name];
    const { code, stdout, stderr } = await quietly(neuroc, words, { cwd: folderOf(item.uri!), signal: stopping.signal });
    said(stdout || stderr);
    if (code === 0) running.passed(item, Date.now() - began);
    else failed(stderr || stdout);
  } catch (error) {
    running.errored(item, new vscode.TestMessage(error instanceof Error ? error.message : String(error)));
  }
}
