/** Places as the session has them, files and offsets, and as the editor has them. */
import * as monaco from "./monaco.ts";

type Model = monaco.editor.ITextModel;

/** `neuro:/std/models.neuro` for `std/models.neuro`. */
export const uriOf = (path: string): monaco.Uri => monaco.Uri.from({ scheme: "neuro", path: `/${path}` });
/** The file of an address. */
export const placed = (uri: monaco.Uri): string => uri.path.slice(1);

/** A range of offsets as the editor has it. */
export function rangeOf(model: Model, start: number, end: number): monaco.Range {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
  return new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column);
}

/** The offsets of a range. */
export const offsetsOf = (model: Model, range: monaco.IRange): { start: number; end: number } => ({
  start: model.getOffsetAt({ lineNumber: range.startLineNumber, column: range.startColumn }),
  end: model.getOffsetAt({ lineNumber: range.endLineNumber, column: range.endColumn }),
});

/** Edits of one model's text. */
export const textEdits = (
  model: Model,
  edits: readonly { start: number; end: number; text: string }[],
): monaco.languages.TextEdit[] => edits.map(({ start, end, text }) => ({ range: rangeOf(model, start, end), text }));

/** Edits of the file that is typed; what lies elsewhere is not the page's to change. */
export function workspaceEdit(
  edits: readonly { file: string; start: number; end: number; text: string }[],
): monaco.languages.WorkspaceEdit {
  return {
    edits: edits.flatMap((edit) => {
      const model = monaco.editor.getModel(uriOf(edit.file));
      return model ? textEdits(model, [edit]).map((textEdit) => ({ resource: model.uri, versionId: undefined, textEdit })) : [];
    }),
  };
}
