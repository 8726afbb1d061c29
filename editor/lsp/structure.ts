/** How a text is built, in the protocol's words: symbols, folds, selections that grow, tokens with their meanings, names that are edited together. */
import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type SelectionRange,
  type SemanticTokens,
  type SemanticTokensDelta,
  type ServerCapabilities,
  SymbolKind,
} from "vscode-languageserver";
import { documentSymbols, type Symbol as Named } from "../features/document-symbols.ts";
import { folding } from "../features/folding.ts";
import { linkedNames } from "../features/linked-names.ts";
import { selectionRanges } from "../features/selection-ranges.ts";
import { legend, type SemanticToken, semanticTokens } from "../features/semantic-tokens.ts";
import type { Lines } from "./positions.ts";
import { about, invalid, offsetOf, rangeOf, type Session } from "./session.ts";

export const structureCapabilities: ServerCapabilities = {
  documentSymbolProvider: { label: "neuro" },
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  linkedEditingRangeProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...legend.types], tokenModifiers: [...legend.modifiers] },
    range: true,
    full: { delta: true },
  },
};

/** Answers requests about the structure of a document. */
export function structure(session: Session): void {
  const { connection } = session;
  connection.onDocumentSymbol(
    about(session, [], ({ view, lines }) => documentSymbols(view.tree).map((one) => documentSymbol(one, lines))),
  );
  connection.onFoldingRanges(
    about(session, [], ({ view, lines }) => folding(view.tree, view.text).flatMap((one) => fold(one, lines))),
  );
  connection.onSelectionRanges(
    about(session, null, ({ view, lines }, { positions }) => {
      if (!Array.isArray(positions)) return invalid("a selection has positions");
      return positions.map((position) => {
        const offset = offsetOf(lines, position);
        const nested = selectionRanges(view.tree, offset).reduceRight<SelectionRange | undefined>(
          (parent, range) => ({ range: lines.range(range), ...(parent ? { parent } : {}) }),
          undefined,
        );
        return nested ?? { range: lines.range({ start: offset, end: offset }) };
      });
    }),
  );
  connection.languages.onLinkedEditingRange(
    about(session, null, ({ view, lines }, { position }) => {
      const ranges = linkedNames(view, offsetOf(lines, position));
      return ranges.length < 2 ? null : { ranges: ranges.map((range) => lines.range(range)) };
    }),
  );
  tokens(session);
}

function tokens(session: Session): void {
  const { connection } = session;
  /** The last answer of each document, from which a difference is told. */
  const told = new Map<string, { readonly id: string; readonly data: number[] }>();
  let count = 0;
  const keep = (path: string, data: number[]): string => {
    const id = String(++count);
    if (!told.has(path) && told.size >= 100) told.delete(told.keys().next().value!);
    told.set(path, { id, data });
    return id;
  };
  connection.languages.semanticTokens.on(
    about(session, { data: [] as number[] } as SemanticTokens, ({ view, lines, path }) => {
      const data = encoded(semanticTokens(view), lines);
      return { resultId: keep(path, data), data };
    }),
  );
  connection.languages.semanticTokens.onDelta(
    about(session, { data: [] } as SemanticTokens | SemanticTokensDelta, ({ view, lines, path }, { previousResultId }) => {
      const before = told.get(path);
      const data = encoded(semanticTokens(view), lines);
      const resultId = keep(path, data);
      if (before?.id !== previousResultId) return { resultId, data };
      return { resultId, edits: difference(before!.data, data) };
    }),
  );
  connection.languages.semanticTokens.onRange(
    about(session, { data: [] as number[] } as SemanticTokens, ({ view, lines }, { range }) => {
      const { start, end } = rangeOf(lines, range);
      return {
        data: encoded(
          semanticTokens(view).filter((token) => token.end > start && token.start < end),
          lines,
        ),
      };
    }),
  );
}

/** Tokens as five numbers each, relative to the one before: a token that spans lines is one a line, and none overlaps another. */
export function encoded(found: readonly SemanticToken[], lines: Lines): number[] {
  const data: number[] = [];
  let [lastLine, lastCharacter, reached] = [0, 0, 0];
  for (const token of [...found].sort((a, b) => a.start - b.start)) {
    const type = legend.types.indexOf(token.type);
    if (type < 0 || token.start < reached) continue;
    reached = token.end;
    const bits = token.modifiers.reduce((sum, name) => sum | (1 << legend.modifiers.indexOf(name)), 0);
    const first = lines.position(token.start).line;
    const last = lines.position(token.end).line;
    for (let line = first; line <= last; line++) {
      const start = Math.max(token.start, lines.lineStart(line));
      const end = Math.min(token.end, lines.lineEnd(line));
      if (end <= start) continue;
      const { character } = lines.position(start);
      data.push(line - lastLine, line === lastLine ? character - lastCharacter : character, lines.width(start, end), type, bits);
      [lastLine, lastCharacter] = [line, character];
    }
  }
  return data;
}

/** One replacement that makes `after` of `before`: what stands between the beginning and the end that they share. */
export function difference(
  before: readonly number[],
  after: readonly number[],
): { start: number; deleteCount: number; data: number[] }[] {
  let head = 0;
  const most = Math.min(before.length, after.length);
  while (head < most && before[head] === after[head]) head++;
  if (head === before.length && head === after.length) return [];
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [{ start: head, deleteCount: before.length - head - tail, data: after.slice(head, after.length - tail) }];
}

function documentSymbol(one: Named, lines: Lines): DocumentSymbol {
  return {
    name: one.name === "" ? "…" : one.name,
    kind: symbolKind(one.kind),
    ...(one.detail === undefined ? {} : { detail: one.detail }),
    range: lines.range(one.range),
    selectionRange: lines.range(one.place),
    children: (one.children ?? []).map((child) => documentSymbol(child, lines)),
  };
}

function fold(one: { start: number; end: number; kind?: string }, lines: Lines): FoldingRange[] {
  const [start, end] = [lines.position(one.start).line, lines.position(one.end).line];
  if (end <= start) return [];
  const kind = one.kind === "comment" ? FoldingRangeKind.Comment : one.kind === "imports" ? FoldingRangeKind.Imports : undefined;
  return [{ startLine: start, endLine: end, ...(kind ? { kind } : {}) }];
}

const kinds: Readonly<Record<string, SymbolKind>> = {
  type: SymbolKind.Struct,
  case: SymbolKind.EnumMember,
  enum: SymbolKind.Enum,
  fn: SymbolKind.Function,
  layer: SymbolKind.Class,
  architecture: SymbolKind.Class,
  model: SymbolKind.Object,
  tokenizer: SymbolKind.String,
  source: SymbolKind.File,
  index: SymbolKind.Array,
  dataset: SymbolKind.Array,
  pipeline: SymbolKind.Function,
  stage: SymbolKind.Function,
  reward: SymbolKind.Number,
  objective: SymbolKind.Operator,
  decoding: SymbolKind.Property,
  quantization: SymbolKind.Property,
  train: SymbolKind.Event,
  eval: SymbolKind.Boolean,
  serve: SymbolKind.Interface,
  weight: SymbolKind.Field,
  field: SymbolKind.Field,
  parameter: SymbolKind.Variable,
  variable: SymbolKind.Variable,
};

/** The protocol's kind for a word of the language. */
export const symbolKind = (word: string): SymbolKind => kinds[word] ?? SymbolKind.Variable;
