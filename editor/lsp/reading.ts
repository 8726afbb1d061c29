/** What is shown beside the text, in the protocol's words: completion, hover, signatures, inlay hints, code lenses, links. */
import {
  type CodeLens,
  type CompletionItem,
  CompletionItemKind,
  type DocumentLink,
  type Hover,
  type InlayHint,
  InlayHintKind,
  InsertTextFormat,
  MarkupKind,
  type ServerCapabilities,
  type SignatureHelp,
} from "vscode-languageserver";
import { codeLenses } from "../features/code-lenses.ts";
import { type Completion, completion, shownAs } from "../features/completion.ts";
import { documentLinks } from "../features/document-links.ts";
import { hover } from "../features/hover.ts";
import { inlayHints } from "../features/inlay-hints.ts";
import { signatureHelp } from "../features/signature-help.ts";
import { withoutPlaceholders } from "./placeholders.ts";
import { type Asked, about, offsetOf, rangeOf, type Session } from "./session.ts";
import { textEdits } from "./writing.ts";

export const readingCapabilities: ServerCapabilities = {
  completionProvider: { triggerCharacters: [".", ":", "{", "(", ",", '"', "/", " "] },
  hoverProvider: true,
  signatureHelpProvider: { triggerCharacters: ["(", ","], retriggerCharacters: [":"] },
  inlayHintProvider: true,
  codeLensProvider: {},
  documentLinkProvider: {},
};

/** Answers requests for what is shown beside the text. */
export function reading(session: Session): void {
  underTheCursor(session);
  inTheText(session);
}

const markdown = (value: string) => ({ kind: MarkupKind.Markdown, value });

/** What is asked for at one place. */
function underTheCursor(session: Session): void {
  const { connection, client } = session;
  const snippets = client.textDocument?.completion?.completionItem?.snippetSupport === true;
  connection.onCompletion(
    about(session, null, ({ view, lines, path }, { position, context }) => {
      const offset = offsetOf(lines, position);
      // A space asks only where something is expected: after a comma, a colon or an operator, and never at the start of a line.
      if (context?.triggerCharacter === " " && !/[,:=+*/({|-] $/.test(lines.text.slice(Math.max(0, offset - 2), offset)))
        return null;
      const items = completion(view, offset).map((one) => completionItem(one, { path, lines, view }, snippets));
      return { isIncomplete: false, items };
    }),
  );
  connection.onHover(
    about(session, null, ({ view, lines }, { position }): Hover | null => {
      const found = hover(view, offsetOf(lines, position));
      return found ? { contents: markdown(found.markdown), range: lines.range(found.span) } : null;
    }),
  );
  connection.onSignatureHelp(
    about(session, null, ({ view, lines }, { position }): SignatureHelp | null => {
      const found = signatureHelp(view, offsetOf(lines, position));
      if (!found) return null;
      const parameters = found.parameters.map(({ start, end, documentation }) => ({
        label: [start, end] as [number, number],
        ...(documentation ? { documentation: markdown(documentation) } : {}),
      }));
      const documentation = found.documentation ? { documentation: markdown(found.documentation) } : {};
      return {
        signatures: [{ label: found.label, parameters, ...documentation }],
        activeSignature: 0,
        activeParameter: found.active,
      };
    }),
  );
}

/** What stands in the text all the time. */
function inTheText(session: Session): void {
  const { connection } = session;
  connection.languages.inlayHint.on(
    about(session, [], ({ view, lines, path }, { range }): InlayHint[] => {
      const wanted = session.settings.inlayHints;
      return inlayHints(view, rangeOf(lines, range), session.times.get(path))
        .filter(({ kind }) => (kind === "type" ? wanted.types : kind === "parameter" ? wanted.parameters : wanted.costs))
        .map(({ at, label, kind, tooltip }) => ({
          position: lines.position(at),
          label,
          ...(kind === "cost" ? {} : { kind: kind === "type" ? InlayHintKind.Type : InlayHintKind.Parameter }),
          ...(tooltip ? { tooltip: markdown(tooltip) } : {}),
          paddingLeft: kind !== "parameter",
          paddingRight: kind === "parameter",
        }));
    }),
  );
  connection.onCodeLens(
    about(session, [], ({ view, lines, path }): CodeLens[] => {
      if (!session.settings.codeLens.enable || path.startsWith("std/")) return [];
      return codeLenses(view).map(({ span, title, command, arguments: [spec, ...names] }) => ({
        range: lines.range(span),
        command: { title, command: `neuro.${command}`, arguments: [session.uris.uri(spec ?? path), ...names] },
      }));
    }),
  );
  connection.onDocumentLinks(
    about(session, [], ({ view, lines }): DocumentLink[] =>
      documentLinks(view).map(({ place, target }) => ({
        range: lines.range(place),
        target: /^\w[\w+.-]+:\/\//.test(target) ? target : session.uris.uri(target),
      })),
    ),
  );
}

function completionItem(one: Completion, { lines, path }: Asked, snippets: boolean): CompletionItem {
  const newText = one.snippet && !snippets ? withoutPlaceholders(one.insert) : one.insert;
  return {
    label: one.label,
    kind: CompletionItemKind[shownAs[one.kind]],
    textEdit: { range: lines.range(one.span), newText },
    insertTextFormat: one.snippet && snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    sortText: one.sort,
    ...(one.detail === undefined ? {} : { detail: one.detail }),
    ...(one.documentation ? { documentation: markdown(one.documentation) } : {}),
    ...(one.also?.length
      ? {
          additionalTextEdits: textEdits(
            one.also.filter(({ file }) => file === path),
            lines,
          ),
        }
      : {}),
  };
}
