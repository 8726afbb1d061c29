/** What is offered and told while one types: completions, explanations, parameters, hints, mendings. */
import { type Completion, shownAs } from "../../features/completion/item.ts";
import type { Asking } from "./language.ts";
import * as monaco from "./monaco.ts";
import { offsetsOf, rangeOf, textEdits, workspaceEdit } from "./places.ts";

const { languages } = monaco;
const { CompletionItemKind } = languages;

function itemOf(model: monaco.editor.ITextModel, one: Completion): monaco.languages.CompletionItem {
  const { label, kind, insert, snippet, span, detail, documentation, sort, also } = one;
  return {
    label: detail === undefined ? label : { label, description: detail },
    kind: CompletionItemKind[shownAs[kind]],
    insertText: insert,
    ...(snippet ? { insertTextRules: languages.CompletionItemInsertTextRule.InsertAsSnippet } : {}),
    range: rangeOf(model, span.start, span.end),
    ...(documentation ? { documentation: { value: documentation } } : {}),
    sortText: sort,
    filterText: label,
    ...(also ? { additionalTextEdits: textEdits(model, also) } : {}),
  };
}

/** Registers them. */
export function offers(asking: Asking): void {
  offersUnderTheCursor(asking);
  offersInTheText(asking);
}

function offersUnderTheCursor({ remote, at }: Asking): void {
  languages.registerCompletionItemProvider("neuro", {
    triggerCharacters: [".", ":", "{", "(", ",", '"', "/", " "],
    async provideCompletionItems(model, position, context) {
      const before = model.getValueInRange(new monaco.Range(position.lineNumber, 1, position.lineNumber, position.column));
      // A space asks only where something is expected, and never at the start of a line.
      if (context.triggerCharacter === " " && !/[,:=+*/({|-] $/.test(before)) return undefined;
      const { path: file, offset } = at(model, position);
      return { suggestions: (await remote.completion(file, offset)).map((one) => itemOf(model, one)), incomplete: true };
    },
  });
  languages.registerHoverProvider("neuro", {
    async provideHover(model, position) {
      const { path: file, offset } = at(model, position);
      const found = await remote.hover(file, offset);
      return found && { range: rangeOf(model, found.span.start, found.span.end), contents: [{ value: found.markdown }] };
    },
  });
  languages.registerSignatureHelpProvider("neuro", {
    signatureHelpTriggerCharacters: ["(", ","],
    signatureHelpRetriggerCharacters: [":"],
    async provideSignatureHelp(model, position) {
      const { path: file, offset } = at(model, position);
      const found = await remote.signatureHelp(file, offset);
      if (!found) return undefined;
      const told = (text: string | undefined) => (text ? { documentation: { value: text } } : {});
      const parameters = found.parameters.map(({ start, end, documentation }) => ({
        label: [start, end] as [number, number],
        ...told(documentation),
      }));
      const signatures = [{ label: found.label, parameters, ...told(found.documentation) }];
      return { value: { signatures, activeSignature: 0, activeParameter: found.active }, dispose: () => {} };
    },
  });
}

function offersInTheText({ remote, path, learned }: Asking): void {
  languages.registerInlayHintsProvider("neuro", {
    onDidChangeInlayHints: learned,
    async provideInlayHints(model, range) {
      const hints = await remote.inlayHints(path(model), offsetsOf(model, range));
      return {
        hints: hints.map(({ at: offset, label, kind, tooltip }) => ({
          position: model.getPositionAt(offset),
          label,
          ...(kind === "cost"
            ? {}
            : { kind: kind === "type" ? languages.InlayHintKind.Type : languages.InlayHintKind.Parameter }),
          ...(tooltip ? { tooltip: { value: tooltip } } : {}),
          paddingLeft: kind !== "parameter",
          paddingRight: kind === "parameter",
        })),
        dispose: () => {},
      };
    },
  });
  languages.registerCodeActionProvider("neuro", {
    async provideCodeActions(model, range, { markers }) {
      const found = await remote.codeActions(path(model), offsetsOf(model, range));
      const mended = (code: string) =>
        markers.filter((marker) => (typeof marker.code === "object" ? marker.code.value : marker.code) === code);
      const actions = found.map(({ title, kind, edits, preferred, fixes }) => ({
        title,
        kind,
        edit: workspaceEdit(edits),
        isPreferred: preferred,
        ...(fixes ? { diagnostics: mended(fixes) } : {}),
      }));
      return { actions, dispose: () => {} };
    },
  });
}
