/** The language client: the folder's own neuroc as the server, else the one that comes with the extension; started again when asked. */
import { join } from "node:path";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";
import { neurocFor, nodeEnvironment, nodeProgram } from "./neuroc.ts";

/** A client that writes its faults to the log: what a person must know is said by `Server`, once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** The server of a window. */
export class Server {
  private readonly context: vscode.ExtensionContext;
  private readonly output: vscode.LogOutputChannel;
  private client: LanguageClient | undefined;
  private starting: Promise<void> = Promise.resolve();
  /** Which server runs, for a person to read. */
  about = "not started";
  /** Whether the present client has greeted its server: one that ends before is not started again. */
  private greeted = false;
  private ends: readonly number[] = [];

  constructor(context: vscode.ExtensionContext) {
    this.context = context;
    this.output = vscode.window.createOutputChannel("neuro", { log: true });
    context.subscriptions.push(this.output, { dispose: () => void this.stop() });
  }

  /** Starts, or stops and starts again; waits for one that is under way. */
  restart(): Promise<void> {
    this.starting = this.starting.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.starting;
  }

  showLog(): void {
    this.output.show();
  }

  /** Asks the server; undefined where it does not answer. */
  async ask<R>(method: string, params: object): Promise<R | undefined> {
    await this.starting;
    try {
      return await this.client?.sendRequest<R>(method, params);
    } catch (error) {
      this.output.warn(`${method}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  private async start(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri;
    const own = folder && neurocFor(folder);
    const bundled = join(this.context.extensionPath, "out/server.mjs");
    const run = own
      ? {
          command: own.command,
          args: [...own.args, "lsp", "--stdio"],
          options: { env: { ...process.env, ...nodeEnvironment() } },
        }
      : { module: bundled, transport: TransportKind.stdio };
    this.about = own ? `${own.args[0] ?? own.command}` : "the server of the extension";
    this.output.info(`server: ${this.about}${own ? `, run by ${nodeProgram()}` : ""}`);
    this.client = new QuietClient("neuro", "neuro", run as ServerOptions, this.options());
    try {
      await this.client.start();
      this.greeted = true;
    } catch (error) {
      this.output.error(error instanceof Error ? error : String(error));
      if (own && (await this.withBundled(bundled))) return;
      void vscode.window.showErrorMessage("The language server of neuro did not start.", "Show the Log").then((pressed) => {
        if (pressed) this.showLog();
      });
    }
  }

  /** An old or broken neuroc in the folder must not leave a person without an editor. */
  private async withBundled(module: string): Promise<boolean> {
    this.output.warn("the folder's own neuroc did not start as a server; the one of the extension is used");
    this.about = "the server of the extension";
    this.client = new QuietClient("neuro", "neuro", { module, transport: TransportKind.stdio }, this.options());
    try {
      await this.client.start();
      this.greeted = true;
      return true;
    } catch (error) {
      this.output.error(error instanceof Error ? error : String(error));
      return false;
    }
  }

  private options(): LanguageClientOptions {
    const schemes = ["file", "untitled", "vscode-vfs", "git"];
    return {
      documentSelector: schemes.map((scheme) => ({ scheme, language: "neuro" })),
      outputChannel: this.output,
      initializationOptions: { ...vscode.workspace.getConfiguration("neuro"), runsCommands: true },
      markdown: { supportHtml: false },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => this.closed(),
      },
      initializationFailedHandler: (error) => {
        this.output.error(error instanceof Error ? error : String(error));
        return false;
      },
    };
  }

  /** A server that ended is started again, up to four times in three minutes. */
  private closed(): { action: CloseAction; message?: string; handled?: boolean } {
    if (!this.greeted) return { action: CloseAction.DoNotRestart, handled: true };
    const now = Date.now();
    this.ends = [...this.ends.filter((at) => now - at < 180_000), now];
    if (this.ends.length <= 4) return { action: CloseAction.Restart };
    return {
      action: CloseAction.DoNotRestart,
      message: "The language server of neuro ended five times in three minutes; its log says why.",
    };
  }

  private async stop(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    this.greeted = false;
    try {
      await client?.dispose(2000);
    } catch {
      // It did not answer in time, and was ended.
    }
  }
}
