/** How the text is coloured, folded, selected and formatted. */
import type { SemanticToken } from "../../features/semantic-tokens.ts";
import type { Words } from "../protocol.ts";
import type { Asking } from "./language.ts";
import * as monaco from "./monaco.ts";
import { rangeOf, textEdits } from "./places.ts";

const { languages } = monaco;

/** Tokens as the editor wants them: each by its distance from the one before. */
function encoded(
  model: monaco.editor.ITextModel,
  tokens: readonly SemanticToken[],
  { types, modifiers }: Words["tokens"],
): Uint32Array {
  const data: number[] = [];
  let [line, column] = [1, 1];
  for (const { start, end, type, modifiers: has } of tokens) {
    const place = model.getPositionAt(start);
    const bits = has.reduce((sum, name) => sum | (1 << modifiers.indexOf(name)), 0);
    const across = place.lineNumber === line ? place.column - column : place.column - 1;
    data.push(place.lineNumber - line, across, end - start, types.indexOf(type), bits);
    [line, column] = [place.lineNumber, place.column];
  }
  return Uint32Array.from(data);
}

/** Registers them. */
export function shapes({ remote, at, path }: Asking, { tokens }: Words): void {
  languages.registerDocumentSemanticTokensProvider("neuro", {
    getLegend: () => ({ tokenTypes: [...tokens.types], tokenModifiers: [...tokens.modifiers] }),
    async provideDocumentSemanticTokens(model) {
      const found = await remote.semanticTokens(path(model));
      return { data: encoded(model, found, tokens) };
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
