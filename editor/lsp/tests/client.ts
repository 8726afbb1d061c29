/** A client as an editor is one: it starts `neuroc lsp --stdio`, speaks the protocol to it, and remembers what it is told. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
} from "vscode-languageserver-protocol/node";
import { marked } from "../../tests/marked.ts";

const neuroc = join(import.meta.dirname, "../../../bin/neuroc.mjs");

/** What the tests' client can do. */
export const able: ClientCapabilities = {
  general: { positionEncodings: ["utf-16"] },
  workspace: {
    workspaceFolders: true,
    configuration: true,
    workspaceEdit: { documentChanges: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
};

/** A server over a folder of files. */
export class Client {
  readonly folder = mkdtempSync(join(tmpdir(), "neuro lsp é-"));
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  /** What it said on stderr. */
  log = "";
  greeting!: InitializeResult;
  settings: unknown = {};
  private readonly waiting: (() => void)[] = [];
  private version = 1;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
    this.process = spawn(process.execPath, [neuroc, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "pipe"] });
    this.process.stderr!.on("data", (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.connection.onNotification(
      "textDocument/publishDiagnostics",
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
        this.diagnostics.set(uri, diagnostics);
        for (const look of this.waiting) look();
      },
    );
    this.connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => this.settings));
    this.connection.onRequest("client/registerCapability", () => null);
    this.connection.onRequest("window/workDoneProgress/create", () => null);
    this.connection.onRequest("workspace/inlayHint/refresh", () => null);
    this.connection.onNotification("window/logMessage", ({ message }: { message: string }) => {
      this.log += `${message}\n`;
    });
    this.connection.listen();
  }

  async greet(capabilities: ClientCapabilities = able, more: object = {}): Promise<InitializeResult> {
    const uri = this.uri("");
    this.greeting = await this.connection.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "ws" }],
      capabilities,
      ...more,
    });
    await this.connection.sendNotification("initialized", {});
    return this.greeting;
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  /** Opens a text with marks; the places of its carets. */
  async open(path: string, source: string): Promise<{ line: number; character: number }[]> {
    const { text, carets } = marked(source);
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri: path.includes(":") ? path : this.uri(path), languageId: "neuro", version: ++this.version, text },
    });
    return carets.map((offset) => {
      const before = text.slice(0, offset).split("\n");
      return { line: before.length - 1, character: before.at(-1)!.length };
    });
  }

  /** Replaces a range, or the whole where none is given. */
  async change(path: string, text: string, range?: TextEdit["range"]): Promise<void> {
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: path.includes(":") ? path : this.uri(path), version: ++this.version },
      contentChanges: [range ? { range, text } : { text }],
    });
  }

  /** Asks about a place of a document. */
  ask<R>(method: string, path: string, more: object = {}): Promise<R> {
    return this.connection.sendRequest<R>(method, { textDocument: { uri: path.includes(":") ? path : this.uri(path) }, ...more });
  }

  /** Waits until the diagnostics of a document are such. */
  async until(path: string, such: (found: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    const uri = path.includes(":") ? path : this.uri(path);
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${path} shows ${JSON.stringify(this.diagnostics.get(uri))}\n${this.log}`)),
        15_000,
      );
      const look = () => {
        const found = this.diagnostics.get(uri);
        if (!found || !such(found)) return;
        clearTimeout(late);
        this.waiting.splice(this.waiting.indexOf(look), 1);
        resolve(found);
      };
      this.waiting.push(look);
      look();
    });
  }

  /** Says farewell as the protocol asks; the exit code of the server. */
  async leave(): Promise<number | null> {
    const gone = new Promise<number | null>((resolve) => this.process.once("exit", resolve));
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    const code = await gone;
    this.connection.dispose();
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }
}

/** Edits of one document applied to its text, positions being of UTF-16. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offset = ({ line, character }: { line: number; character: number }) => (starts[line] ?? text.length) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((out, { range, newText }) => out.slice(0, offset(range.start)) + newText + out.slice(offset(range.end)), text);
}
