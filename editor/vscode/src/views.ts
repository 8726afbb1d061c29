/** The two pages of the extension, in the side bar or beside the text: the plan of a spec, and a run. What they show is made by `plan-page` and `run-page`. */
import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { Server } from "./client.ts";
import type { GraphStage } from "./graph.ts";
import { buildFolderOf, folderOf } from "./neuroc.ts";
import { nonce, shell } from "./page.ts";
import { readPlan } from "./plan.ts";
import { type Graph, planPage } from "./plan-page.ts";
import { runPage } from "./run-page.ts";
import { measured, openRun, runsOf } from "./runs.ts";

type Told = {
  readonly name: string;
  readonly word: string;
  readonly stages: readonly (Omit<GraphStage, "line"> & { readonly range: { start: { line: number } } })[];
};
type Message = { ready?: true; open?: string; line?: number; command?: string; of?: string; choose?: string };

/** What the commands of pages may do: nothing else is run for them. */
const commands = ["neuro.build", "neuro.train", "neuro.openReport"];

/** A page that may stand in the side bar and beside the text at once; both show the same. */
abstract class Page implements vscode.WebviewViewProvider {
  private readonly webviews = new Set<vscode.Webview>();
  private panel: vscode.WebviewPanel | undefined;
  protected spec: vscode.Uri | undefined;
  private shown = "";

  protected abstract readonly title: string;
  protected abstract readonly type: string;
  protected abstract html(): Promise<string>;
  protected abstract uriOf(path: string): Promise<vscode.Uri | undefined>;
  protected chosen(_value: string): void {}

  get visible(): boolean {
    return this.webviews.size > 0;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.take(view.webview);
    view.onDidDispose(() => this.webviews.delete(view.webview));
    view.onDidChangeVisibility(() => void (view.visible && this.refresh(true)));
  }

  /** Opens the page beside the text. */
  beside(): void {
    if (this.panel) {
      this.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(this.type, this.title, column, {
      enableScripts: true,
      localResourceRoots: [],
    });
    this.panel = panel;
    this.take(panel.webview);
    panel.onDidDispose(() => {
      this.webviews.delete(panel.webview);
      this.panel = undefined;
    });
  }

  /** Shows what holds now, where that differs from what is shown. */
  async refresh(always = false): Promise<void> {
    if (!this.visible) return;
    const html = await this.html();
    if (html === this.shown && !always) return;
    this.shown = html;
    for (const webview of this.webviews) void webview.postMessage({ html });
  }

  private take(webview: vscode.Webview): void {
    webview.options = { enableScripts: true, localResourceRoots: [] };
    this.webviews.add(webview);
    webview.onDidReceiveMessage((message: Message) => void this.told(message));
    webview.html = shell(nonce(), webview.cspSource);
  }

  private async told({ ready, open, line = 0, command, of, choose }: Message): Promise<void> {
    if (ready) return this.refresh(true);
    if (typeof choose === "string") this.chosen(choose);
    if (typeof command === "string" && commands.includes(command))
      await vscode.commands.executeCommand(command, of ?? this.spec?.toString());
    const uri = typeof open === "string" ? await this.uriOf(open) : undefined;
    if (uri) {
      const at = new vscode.Range(line, 0, line, 0);
      await vscode.window.showTextDocument(uri, { selection: at, viewColumn: vscode.ViewColumn.One, preview: true });
    }
  }
}

/** The plan of the spec that was looked at last. */
export class PlanPage extends Page {
  protected readonly title = "Plan";
  protected readonly type = "neuro.plan";
  private readonly server: Server;

  constructor(server: Server) {
    super();
    this.server = server;
  }

  show(spec: vscode.Uri): void {
    this.spec = spec;
    void this.refresh();
  }

  protected async html(): Promise<string> {
    const { spec } = this;
    if (!spec) return `<p class="quiet">Open a spec to see its plan.</p>`;
    const told = (await this.server.ask<Told[]>("neuro/graph", { textDocument: { uri: spec.toString() } })) ?? [];
    const graphs: Graph[] = told.map(({ name, word, stages }) => ({
      name,
      word,
      stages: stages.map(({ range, ...stage }) => ({ ...stage, line: range.start.line })),
    }));
    return planPage(vscode.workspace.asRelativePath(spec), spec.toString(), graphs, readPlan(buildFolderOf(spec)));
  }

  /** A URI, a file of the build, or the compiler's name of a spec. */
  protected async uriOf(path: string): Promise<vscode.Uri | undefined> {
    if (/^[a-z][\w+.-]+:\//i.test(path)) return vscode.Uri.parse(path);
    if (isAbsolute(path))
      return this.spec && path.startsWith(folderOf(this.spec)) && existsSync(path) ? vscode.Uri.file(path) : undefined;
    const uri = await this.server.ask<string>("neuro/uri", { path, beside: this.spec?.toString() });
    return uri === undefined ? undefined : vscode.Uri.parse(uri);
  }
}

/** The run that goes on, or the one that was chosen. */
export class RunPage extends Page {
  protected readonly title = "Run";
  protected readonly type = "neuro.run";
  private folder: string | undefined;
  private folders: readonly string[] = [];

  /** Runs are looked for beside the specs of these folders. */
  watch(folders: readonly string[]): void {
    this.folders = folders;
    void this.refresh();
  }

  show(folder: string | undefined): void {
    this.folder = folder ?? this.folder;
    void this.refresh();
  }

  protected override chosen(folder: string): void {
    if (this.folders.some((spec) => runsOf(spec).some((run) => run.folder === folder))) this.show(folder);
  }

  protected async html(): Promise<string> {
    const runs = this.folders
      .flatMap((folder) => runsOf(folder))
      .sort((a, b) => Number(b.live) - Number(a.live) || b.changed - a.changed);
    const run = this.folder !== undefined && existsSync(this.folder) ? openRun(this.folder) : runs[0];
    return runPage(run, runs, run ? measured(run.folder) : []);
  }

  protected async uriOf(): Promise<undefined> {
    return undefined;
  }
}

/** The folders of the workspace's specs. */
export async function specFolders(): Promise<string[]> {
  const specs = await vscode.workspace.findFiles("**/*.neuro", "**/{node_modules,build,runs,dist,vendor,stdlib}/**", 200);
  return [...new Set(specs.filter(({ scheme }) => scheme === "file").map(({ fsPath }) => dirname(fsPath)))].filter(
    (folder) => basename(folder) !== "stdlib",
  );
}
