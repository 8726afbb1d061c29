/** How the text is coloured, folded, selected and formatted. */
import type { SemanticToken } from "../../features/semantic-tokens.ts";
import type { Words } from "../protocol.ts";
import type { Asking } from "./language.ts";
import * as monaco from "./monaco.ts";
import { rangeOf, textEdits } from "./places.ts";

const { languages } = monaco;

/** Tokens of a text as the editor wants them: each by its distance from the one before. */
export function encoded(text: string, tokens: readonly SemanticToken[], { types, modifiers }: Words["tokens"]): Uint32Array {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const data: number[] = [];
  let [line, before, row] = [0, 0, 0];
  for (const { start, end, type, modifiers: has } of tokens) {
    while (row + 1 < starts.length && starts[row + 1]! <= start) row++;
    const column = start - starts[row]!;
    const bits = has.reduce((sum, name) => sum | (1 << modifiers.indexOf(name)), 0);
    data.push(row - line, row === line ? column - before : column, end - start, types.indexOf(type), bits);
    [line, before] = [row, column];
  }
  return Uint32Array.from(data);
}

/** Registers them. */
export function shapes({ remote, at, path }: Asking, { tokens }: Words): void {
  languages.registerDocumentSemanticTokensProvider("neuro", {
    getLegend: () => ({ tokenTypes: [...tokens.types], tokenModifiers: [...tokens.modifiers] }),
    async provideDocumentSemanticTokens(model) {
      // The tokens are of the text as it is now; what is typed meanwhile the editor reckons with itself.
      const text = model.getValue();
      return { data: encoded(text, await remote.semanticTokens(path(model)), tokens) };
    },
    releaseDocumentSemanticTokens: () => {},
  });
  languages.registerFoldingRangeProvider("neuro", {
    async provideFoldingRanges(model) {
      const { Comment, Imports } = languages.FoldingRangeKind;
      return (await remote.folding(path(model))).map(({ start, end, kind }) => ({
        start: model.getPositionAt(start).lineNumber,
        end: model.getPositionAt(end).lineNumber,
        ...(kind ? { kind: kind === "comment" ? Comment : Imports } : {}),
      }));
    },
  });
  languages.registerSelectionRangeProvider("neuro", {
    async provideSelectionRanges(model, positions) {
      return Promise.all(
        positions.map(async (position) => {
          const { path: file, offset } = at(model, position);
          return (await remote.selectionRanges(file, offset)).map(({ start, end }) => ({ range: rangeOf(model, start, end) }));
        }),
      );
    },
  });
  languages.registerDocumentFormattingEditProvider("neuro", {
    async provideDocumentFormattingEdits(model) {
      return textEdits(model, await remote.formatDocument(path(model)));
    },
  });
  languages.registerOnTypeFormattingEditProvider("neuro", {
    autoFormatTriggerCharacters: ["}", "\n"],
    async provideOnTypeFormattingEdits(model, position, typed) {
      const { path: file, offset } = at(model, position);
      return textEdits(model, await remote.formatOnType(file, offset, typed));
    },
  });
}
