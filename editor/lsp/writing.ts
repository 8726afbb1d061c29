/** What changes the text, in the protocol's words: formatting, renaming, code actions. */
import {
  type CodeAction,
  CodeActionKind,
  type ServerCapabilities,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { codeActions } from "../features/code-actions.ts";
import { formatDocument } from "../features/format-document.ts";
import { formatOnType } from "../features/format-on-type.ts";
import { formatRange } from "../features/format-range.ts";
import { rename } from "../features/rename.ts";
import { renameRange } from "../features/rename-range.ts";
import type { Change, Edit, Edits } from "../words.ts";
import { shownAs } from "./diagnosing.ts";
import type { Lines } from "./positions.ts";
import { about, invalid, offsetOf, rangeOf, refusal, type Session } from "./session.ts";

const actionKinds = [
  CodeActionKind.QuickFix,
  CodeActionKind.RefactorExtract,
  CodeActionKind.RefactorInline,
  CodeActionKind.RefactorRewrite,
  CodeActionKind.SourceOrganizeImports,
];

export const writingCapabilities: ServerCapabilities = {
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: "}", moreTriggerCharacter: ["\n"] },
  renameProvider: { prepareProvider: true },
  codeActionProvider: { codeActionKinds: actionKinds },
};

/** Answers requests that change the text. */
export function writing(session: Session): void {
  const { connection, service } = session;
  connection.onDocumentFormatting(about(session, null, ({ path, lines }) => textEdits(formatDocument(service, path), lines)));
  connection.onDocumentRangeFormatting(
    about(session, null, ({ path, lines }, { range }) => textEdits(formatRange(service, path, rangeOf(lines, range)), lines)),
  );
  connection.onDocumentOnTypeFormatting(
    about(session, null, ({ path, lines }, { position, ch }) =>
      textEdits(formatOnType(service, path, offsetOf(lines, position), ch), lines),
    ),
  );
  connection.onPrepareRename(
    about(session, null, ({ view, lines }, { position }) => {
      const place = renameRange(view, offsetOf(lines, position));
      if ("refused" in place) return refusal(place.refused);
      return { range: lines.range(place), placeholder: lines.text.slice(place.start, place.end) };
    }),
  );
  connection.onRenameRequest(
    about(session, null, ({ path, lines }, { position, newName }) => {
      if (typeof newName !== "string") return invalid("a rename has a new name");
      const edits = rename(service, path, offsetOf(lines, position), newName);
      return "refused" in edits ? refusal(edits.refused) : workspaceEdit(session, edits);
    }),
  );
  connection.onCodeAction(
    about(session, [], ({ view, lines }, { range, context }): CodeAction[] => {
      const only = context?.only;
      const wanted = (kind: string) =>
        only ? only.some((one) => kind === one || kind.startsWith(`${one}.`)) : !kind.startsWith("source");
      return codeActions(view, rangeOf(lines, range))
        .filter(({ kind }) => wanted(kind))
        .map(({ title, kind, edits, preferred, fixes }) => ({
          title,
          kind,
          edit: workspaceEdit(session, edits),
          ...(preferred ? { isPreferred: true } : {}),
          ...(fixes ? { diagnostics: [shownAs(session, fixes)] } : {}),
        }));
    }),
  );
}

/** Edits of one file. */
export const textEdits = (edits: readonly Change[], lines: Lines): TextEdit[] =>
  edits.map((edit) => ({ range: lines.range(edit), newText: edit.text }));

/** Edits of any files, with the versions that they are of where the client understands those. */
export function workspaceEdit({ documents, uris, client }: Session, edits: Edits): WorkspaceEdit {
  const byFile = new Map<string, Edit[]>();
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  const files = [...byFile].map(([file, mine]) => ({ file, edits: textEdits(mine, documents.lines(file)) }));
  if (!client.workspace?.workspaceEdit?.documentChanges)
    return { changes: Object.fromEntries(files.map(({ file, edits }) => [uris.uri(file), edits])) };
  const documentChanges: TextDocumentEdit[] = files.map(({ file, edits }) => ({
    textDocument: { uri: uris.uri(file), version: documents.version(file) },
    edits,
  }));
  return { documentChanges };
}
