/**
 * The language service: the documents that are open laid over the host's files, and what the compiler knows of each, as of the last change.
 * It never throws on a user's text, reads the world through its host alone, and knows no protocol.
 */
import { Checker } from "../compiler/check.ts";
import type { Checked } from "../compiler/checked.ts";
import type { Module } from "../compiler/declarations.ts";
import type { Host } from "../compiler/host.ts";
import { EditedFile, type File, type Parsed } from "../grammar/index.ts";
import { applied, type Change } from "./words.ts";

/** A file as the compiler sees it when a program begins there. It holds until the next change of any document. */
export interface View {
  readonly path: string;
  readonly text: string;
  readonly tree: File;
  readonly checked: Checked;
  readonly module: Module;
  /** The files as the check saw them: open documents above the disk. */
  readonly host: Host;
  readonly service: Service;
}

/** How many answers are remembered per fact: more than any workspace has declarations. */
const mostRemembered = 5_000;

export class Service {
  /** The host's files with the open documents above them. */
  readonly host: Host;
  private readonly documents = new Map<string, string>();
  private readonly std = new Map<string, string | undefined>();
  private readonly trees = new Map<string, EditedFile>();
  private readonly checkers = new Map<string, Checker>();
  private readonly views = new Map<string, View>();
  private readonly memory = new Map<string, Map<string, unknown>>();
  private files: readonly string[] = [];

  constructor(host: Host) {
    const read = (path: string) =>
      this.documents.get(path) ?? (path.startsWith("std/") ? this.library(path, host) : host.read(path));
    this.host = {
      read,
      readBytes: (path) => {
        const text = this.documents.get(path);
        return text === undefined ? host.readBytes(path) : new TextEncoder().encode(text);
      },
      exists: (path) => this.documents.has(path) || host.exists(path),
      list: (glob) => host.list(glob),
      resolveStd: (name) => host.resolveStd(name),
      hash: (bytes) => host.hash(bytes),
    };
  }

  /** The standard library is read once, until something of it is touched. */
  private library(path: string, host: Host): string | undefined {
    if (!this.std.has(path)) this.std.set(path, host.read(path));
    return this.std.get(path);
  }

  /** A document is open with this text, whatever the disk says. */
  open(path: string, text: string): void {
    if (this.documents.get(path) === text) return;
    this.documents.set(path, text);
    this.forget();
  }

  /** What was typed in an open document, one replacement after the other: each is of the text that the one before it left. */
  change(path: string, changes: readonly Change[]): void {
    let text = this.host.read(path) ?? "";
    for (const change of changes) text = applied(text, [change]);
    this.open(path, text);
  }

  /** A document is closed: the disk counts again. */
  close(path: string): void {
    if (!this.documents.delete(path)) return;
    this.forget();
    this.checkers.delete(path);
    this.trees.delete(path);
  }

  /** Files changed on the disk, of any kind: specs, TypeScript behind externs, data. */
  touched(paths: readonly string[]): void {
    if (paths.some((path) => path.startsWith("std/"))) {
      // What checks keep rests on the library being what it was.
      this.std.clear();
      this.checkers.clear();
    }
    this.forget();
  }

  /** The specs of the workspace, whether open or not; references, renames and symbols look through them. */
  workspace(files: readonly string[]): void {
    this.files = [...files];
  }

  /** Every spec of the workspace and every open one, sorted. */
  specs(): readonly string[] {
    return [...new Set([...this.files, ...this.documents.keys()])].filter((path) => this.host.exists(path)).sort();
  }

  /** The current text of a file; of one that is not there, nothing. */
  text(path: string): string {
    return this.host.read(path) ?? "";
  }

  /** The tree and the syntax errors of a file: at once, whatever stands in it. */
  parsed(path: string): Parsed {
    return this.read(this.text(path), path);
  }

  /** Every check reads files here, so that all of them have the same nodes, and keep those of what did not change. */
  private readonly read = (text: string, path: string): Parsed => {
    const known = this.trees.get(path);
    if (known) return known.update(text);
    const made = new EditedFile(text, path);
    this.trees.set(path, made);
    return made.parsed;
  };

  /** The checked program that begins at a file. */
  view(path: string): View {
    const known = this.views.get(path);
    if (known) return known;
    const checker = this.checkers.get(path) ?? new Checker(this.host, path, this.read);
    this.checkers.set(path, checker);
    const checked = checker.check();
    const module = checked.entry;
    const view = { path, text: module.text, tree: module.tree, checked, module, host: this.host, service: this };
    this.views.set(path, view);
    return view;
  }

  /** What is slow to find out, kept by what it is found from: `key` is a hash such as `meaningOf` a declaration. */
  remembered<T>(fact: string, key: string, make: () => T): T {
    const known = this.memory.get(fact) ?? new Map<string, unknown>();
    this.memory.set(fact, known);
    if (known.has(key)) return known.get(key) as T;
    const made = make();
    if (known.size >= mostRemembered) known.delete(known.keys().next().value!);
    known.set(key, made);
    return made;
  }

  private forget(): void {
    this.views.clear();
  }
}
