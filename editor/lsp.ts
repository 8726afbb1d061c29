/**
 * The language server: the service behind the Language Server Protocol. It is given a connection and the disk, and knows nothing of
 * processes; whatever a client sends, it answers or refuses, and goes on.
 */
import {
  type CodeLensOptions,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  type PositionEncodingKind,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import type { Host } from "../compiler/host.ts";
import { findCosts } from "./features/costs.ts";
import type { Times } from "./features/inlay-hints.ts";
import { type Command, commands } from "./lsp/commands.ts";
import { Diagnosing } from "./lsp/diagnosing.ts";
import { Documents } from "./lsp/documents.ts";
import { extras } from "./lsp/extras.ts";
import { navigating, navigatingCapabilities } from "./lsp/navigating.ts";
import { negotiated } from "./lsp/positions.ts";
import { reading, readingCapabilities } from "./lsp/reading.ts";
import type { Session } from "./lsp/session.ts";
import { defaults, settingsOf } from "./lsp/settings.ts";
import { structure, structureCapabilities } from "./lsp/structure.ts";
import { pathOf, Uris } from "./lsp/uris.ts";
import { writing, writingCapabilities } from "./lsp/writing.ts";
import { Service } from "./service.ts";

/** The machine as the server sees it. */
export interface Disk {
  /** Files by absolute path with `/`, the standard library under `std/`; relative paths are looked for below `roots`. */
  readonly host: (roots: () => readonly string[]) => Host;
  /** The absolute path of the standard library's folder. */
  readonly stdlib: string;
  /** The specs below some folders, as absolute paths with `/`. */
  readonly specs: (roots: readonly string[]) => readonly string[];
  /** How long programs of a built spec take here; nothing where that is not known. */
  readonly times: (spec: string) => Promise<Times | undefined>;
  /** Runs neuroc beside the server, for clients that cannot; absent where nothing may be run. */
  readonly run?: (command: Command) => Promise<{ readonly ok: boolean; readonly said: string }>;
  readonly version: string;
}

/** Serves one client on a connection that listens once this returns. */
export function serveLanguage(connection: Connection, disk: Disk): void {
  connection.onInitialize((params) => greeted(connection, disk, params));
  connection.listen();
}

function greeted(connection: Connection, disk: Disk, params: InitializeParams): InitializeResult {
  const { general, workspace } = params.capabilities ?? {};
  const encoding = negotiated(general?.positionEncodings);
  let roots = rootsOf(params);
  const uris = new Uris(disk.stdlib);
  const service = new Service(disk.host(() => roots));
  const session: Session = {
    connection,
    service,
    uris,
    documents: new Documents(service, uris, encoding),
    client: params.capabilities ?? {},
    settings: settingsOf(params.initializationOptions),
    times: new Map(),
    fault: (what, error) => connection.console.error(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
  };
  const diagnosing = new Diagnosing(session, () => roots);
  diagnosing.onQuiet = (unchanged) => void priced(session, disk, unchanged);
  const lookAround = () => {
    service.workspace(disk.specs(roots));
    diagnosing.soon(0);
  };
  synchronized(session, diagnosing);
  for (const answer of [reading, writing, navigating, structure, extras]) answer(session);
  connection.onDidChangeConfiguration(({ settings }) => void configured(session, settings).then(() => diagnosing.soon(0)));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const paths = changes.map(({ uri }) => uris.path(uri));
    service.touched(paths);
    if (changes.some(({ type }) => type !== FileChangeType.Changed)) lookAround();
    else diagnosing.soon(0);
  });
  connection.onInitialized(() => {
    void registered(session)
      .then(() => configured(session))
      .then(lookAround);
    if (workspace?.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
        roots = [...roots.filter((root) => !gone.has(root)), ...added.map(({ uri }) => pathOf(uri))];
        lookAround();
      });
  });
  connection.onShutdown(() => diagnosing.stop());
  const executes = params.initializationOptions?.runsCommands === true ? undefined : disk.run;
  if (executes) connection.onExecuteCommand(commands(session, executes));
  return {
    serverInfo: { name: "neuro", version: disk.version },
    capabilities: capabilities(encoding, executes !== undefined),
  };
}

const capabilities = (positionEncoding: PositionEncodingKind, executes: boolean): ServerCapabilities => ({
  positionEncoding,
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  ...readingCapabilities,
  ...writingCapabilities,
  ...navigatingCapabilities,
  ...structureCapabilities,
  codeLensProvider: {} satisfies CodeLensOptions,
  ...(executes ? { executeCommandProvider: { commands: commands.names } } : {}),
});

/** The folders of the workspace as paths. */
function rootsOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  const folders = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return folders.filter((uri) => uri.startsWith("file:")).map((uri) => pathOf(uri));
}

function synchronized({ connection, documents, uris, fault }: Session, diagnosing: Diagnosing): void {
  /** A notification has nobody to answer: what is wrong with it is logged, and the next is heard. */
  const heard =
    <P>(what: string, work: (params: P) => void) =>
    (params: P) => {
      try {
        work(params);
      } catch (error) {
        fault(what, error);
      }
    };
  connection.onDidOpenTextDocument(
    heard("a document could not be opened", ({ textDocument: { uri, version, text } }) => {
      const path = uris.path(uri);
      documents.open(path, version, text);
      diagnosing.opened(path);
    }),
  );
  connection.onDidChangeTextDocument(
    heard("a change could not be applied", ({ textDocument: { uri, version }, contentChanges }) => {
      const path = uris.path(uri);
      const changes = documents.change(path, version, contentChanges);
      if (changes) diagnosing.typed(path, changes);
    }),
  );
  connection.onDidCloseTextDocument(
    heard("a document could not be closed", ({ textDocument: { uri } }) => {
      documents.close(uris.path(uri));
      diagnosing.soon(0);
    }),
  );
}

/** Asks the client to tell of files and settings that change. */
async function registered({ connection, client, fault }: Session): Promise<void> {
  try {
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      const watchers = ["**/*.neuro", "**/*.{ts,mts,js,mjs}", "**/tokenizer.json"].map((globPattern) => ({ globPattern }));
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: "neuro" });
  } catch (error) {
    fault("the client refused to tell of changes", error);
  }
}

/** Takes the settings from the client: asked for where it answers, as it sent them where it does not. */
async function configured(session: Session, sent?: unknown): Promise<void> {
  try {
    if (session.client.workspace?.configuration)
      session.settings = settingsOf(await session.connection.workspace.getConfiguration("neuro"));
    else if (sent !== undefined) session.settings = settingsOf(sent);
  } catch (error) {
    session.settings = defaults;
    session.fault("the settings could not be read", error);
  }
}

/** Finds out what models of the open specs cost, a step at a time while nothing changes, and has the client draw its hints again. */
async function priced(session: Session, disk: Disk, unchanged: () => boolean): Promise<void> {
  const { documents, service, connection, client, times, fault } = session;
  let news = false;
  try {
    for (const path of documents.paths) {
      const found = times.has(path) || !path.endsWith(".neuro") ? undefined : await disk.times(path);
      if (found) times.set(path, found);
      news ||= found !== undefined;
      if (!unchanged()) return;
      for (const _ of findCosts(service.view(path))) {
        news = true;
        await new Promise(setImmediate);
        if (!unchanged()) return;
      }
    }
  } catch (error) {
    fault("the costs of models could not be found", error);
  } finally {
    if (news && client.workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh();
  }
}
