/** The client's open documents, kept in step with the service: versions, lines, and edits that arrive as ranges. */
import type { Location, TextDocumentContentChangeEvent } from "vscode-languageserver";
import type { Service } from "../service.ts";
import { applied, type Change, type Place } from "../words.ts";
import { type Encoding, Lines } from "./positions.ts";
import type { Uris } from "./uris.ts";

/** Open documents by path, and the lines of any file. */
export class Documents {
  private readonly service: Service;
  private readonly uris: Uris;
  private readonly encoding: Encoding;
  private readonly versions = new Map<string, number>();
  private readonly known = new Map<string, Lines>();

  constructor(service: Service, uris: Uris, encoding: Encoding) {
    this.service = service;
    this.uris = uris;
    this.encoding = encoding;
  }

  /** Paths of the open documents, in the order in which they were opened. */
  get paths(): readonly string[] {
    return [...this.versions.keys()];
  }

  open(path: string, version: number, text: string): void {
    this.versions.set(path, version);
    this.service.open(path, text);
  }

  /** Applies what was typed, one change after the other; returns it as offsets, or nothing where the document is not open. */
  change(path: string, version: number, events: readonly TextDocumentContentChangeEvent[]): readonly Change[] | undefined {
    if (!this.versions.has(path)) return undefined;
    let text = this.service.text(path);
    const changes: Change[] = [];
    for (const event of events) {
      const whole = !("range" in event) || event.range === undefined;
      const range = whole ? { start: 0, end: text.length } : new Lines(text, this.encoding).offsets(event.range);
      const change = { ...range, text: event.text };
      text = applied(text, [change]);
      changes.push(change);
    }
    this.versions.set(path, version);
    this.service.change(path, changes);
    return changes;
  }

  close(path: string): void {
    this.versions.delete(path);
    this.known.delete(path);
    this.service.close(path);
  }

  isOpen(path: string): boolean {
    return this.versions.has(path);
  }

  /** The version that the client gave last; null where the document is not open. */
  version(path: string): number | null {
    return this.versions.get(path) ?? null;
  }

  /** The lines of a file as it stands now. */
  lines(path: string): Lines {
    const text = this.service.text(path);
    const known = this.known.get(path);
    if (known?.text === text) return known;
    const lines = new Lines(text, this.encoding);
    this.known.set(path, lines);
    return lines;
  }

  location(place: Place): Location {
    return { uri: this.uris.uri(place.file), range: this.lines(place.file).range(place) };
  }
}
