/** A client of a language server over standard input and output: it opens one document, types in it, asks, and hears what is wrong with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { lineStarts, positionAt } from "../../grammar/index.ts";

/** What a server is started with. */
export interface Server {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly file: string;
  readonly language: string;
}

type Heard = (count: number) => void;

export class Client {
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #uri: string;
  #text: string;
  #version = 1;
  #heard: Heard = () => {};

  constructor(server: Server, text: string) {
    this.#child = spawn(server.command, server.args, { cwd: server.folder, stdio: ["pipe", "pipe", "ignore"] });
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#child.stdout!),
      new StreamMessageWriter(this.#child.stdin!),
    );
    this.#uri = pathToFileURL(`${server.folder}/${server.file}`).href;
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Greets the server and opens the document; gives the number of its diagnostics once they stay what they are. */
  async open({ folder, language }: Server): Promise<number> {
    const connection = this.#connection;
    const uri = pathToFileURL(folder).href;
    connection.onRequest((method, params) => {
      const asked = params as { items?: unknown[] } | undefined;
      return method === "workspace/configuration" ? (asked?.items ?? []).map(() => null) : null;
    });
    connection.onNotification("textDocument/publishDiagnostics", (params: { uri: string; diagnostics: unknown[] }) => {
      if (params.uri === this.#uri) this.#heard(params.diagnostics.length);
    });
    connection.onNotification(() => {});
    connection.listen();
    const capabilities = {
      workspace: { workspaceFolders: true, configuration: true },
      textDocument: {
        publishDiagnostics: { versionSupport: true },
        completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } },
        hover: { contentFormat: ["markdown"] },
      },
    };
    const workspaceFolders = [{ uri, name: "bench" }];
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: uri, workspaceFolders, capabilities });
    await connection.sendNotification("initialized", {});
    const textDocument = { uri: this.#uri, languageId: language, version: this.#version, text: this.#text };
    await connection.sendNotification("textDocument/didOpen", { textDocument });
    let count = (await this.#next(30_000)) ?? 0;
    for (let next: number | undefined = count; next !== undefined; next = await this.#next(3_000)) count = next;
    return count;
  }

  /** One replacement, as an editor sends it. */
  async type(start: number, end: number, text: string): Promise<void> {
    const range = { start: this.#position(start), end: this.#position(end) };
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
    const textDocument = { uri: this.#uri, version: ++this.#version };
    await this.#connection.sendNotification("textDocument/didChange", { textDocument, contentChanges: [{ range, text }] });
  }

  /** The answer to a request about a place. */
  ask(method: string, offset: number): Promise<unknown> {
    const params = { textDocument: { uri: this.#uri }, position: this.#position(offset) };
    return this.#connection.sendRequest(method, params);
  }

  /** Milliseconds from now until diagnostics come of which `isIt` is true; undefined after `most`. */
  async told(isIt: (count: number) => boolean, most = 10_000): Promise<number | undefined> {
    const from = performance.now();
    for (;;) {
      const left = most - (performance.now() - from);
      const count = left > 0 ? await this.#next(left) : undefined;
      if (count === undefined) return undefined;
      if (isIt(count)) return performance.now() - from;
    }
  }

  /** The number of diagnostics that are told next. */
  #next(most: number): Promise<number | undefined> {
    return new Promise((done) => {
      const timer = setTimeout(() => done(undefined), most);
      this.#heard = (count) => {
        clearTimeout(timer);
        done(count);
      };
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  end(): void {
    this.#connection.dispose();
    this.#child.kill();
  }

  #position(offset: number): { line: number; character: number } {
    const { line, column } = positionAt(lineStarts(this.#text), offset);
    return { line: line - 1, character: column - 1 };
  }
}
