/** What the editor asks about the spec while one types, answered by the session in the worker. */
import type { Completion } from "../../features/completion.ts";
import type { Problem } from "../protocol.ts";
import * as monaco from "./monaco.ts";
import type { Remote } from "./remote.ts";

const { languages } = monaco;
type Model = monaco.editor.ITextModel;

/** A range of offsets as the editor has it. */
export function rangeOf(model: Model, start: number, end: number): monaco.Range {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
  return new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column);
}

const kindOf: Readonly<Record<string, monaco.languages.CompletionItemKind>> = {
  keyword: languages.CompletionItemKind.Keyword,
  snippet: languages.CompletionItemKind.Snippet,
  field: languages.CompletionItemKind.Field,
  parameter: languages.CompletionItemKind.Property,
  label: languages.CompletionItemKind.Property,
  variable: languages.CompletionItemKind.Variable,
  function: languages.CompletionItemKind.Function,
  model: languages.CompletionItemKind.Class,
  type: languages.CompletionItemKind.Struct,
  case: languages.CompletionItemKind.EnumMember,
  unit: languages.CompletionItemKind.Unit,
  axis: languages.CompletionItemKind.TypeParameter,
  module: languages.CompletionItemKind.Module,
  file: languages.CompletionItemKind.File,
};

function itemOf(model: Model, one: Completion): monaco.languages.CompletionItem {
  const { label, kind, insert, snippet, span, detail, documentation, sort, also } = one;
  return {
    label,
    kind: kindOf[kind] ?? languages.CompletionItemKind.Value,
    insertText: insert,
    ...(snippet ? { insertTextRules: languages.CompletionItemInsertTextRule.InsertAsSnippet } : {}),
    range: rangeOf(model, span.start, span.end),
    ...(detail ? { detail } : {}),
    ...(documentation ? { documentation: { value: documentation } } : {}),
    sortText: sort,
    ...(also ? { additionalTextEdits: also.map(({ start, end, text }) => ({ range: rangeOf(model, start, end), text })) } : {}),
  };
}

/** Answers the editor about `spec`, the model that is typed; `sync` brings the session up to its text. */
export function registerLanguage(remote: Remote, spec: Model, sync: () => void): void {
  const at = (model: Model, position: monaco.Position): number | undefined => {
    if (model !== spec) return undefined;
    sync();
    return model.getOffsetAt(position);
  };
  languages.registerCompletionItemProvider("neuro", {
    triggerCharacters: [".", ":", "{", "(", ",", '"', "/", " "],
    async provideCompletionItems(model, position, context) {
      const offset = at(model, position);
      if (offset === undefined) return undefined;
      const before = model.getValueInRange(new monaco.Range(position.lineNumber, 1, position.lineNumber, position.column));
      if (context.triggerCharacter === " " && !/[,:=+*/({|-] $/.test(before)) return undefined;
      return { suggestions: (await remote.completion(offset)).map((one) => itemOf(model, one)) };
    },
  });
}

const severities = { error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning };

/** Underlines what is wrong, each with a link to what its code means. */
export function mark(model: Model, problems: readonly Problem[]): void {
  const markers = problems.map((problem): monaco.editor.IMarkerData => {
    const { startLineNumber, startColumn, endLineNumber, endColumn } = rangeOf(model, problem.start, problem.end);
    const value = new URL(`docs/diagnostics/${problem.code}.html`, location.href).href;
    return {
      ...{ startLineNumber, startColumn, endLineNumber, endColumn },
      severity: severities[problem.severity],
      message: [`${problem.title}: ${problem.text}`, ...(problem.hint ? [problem.hint] : [])].join("\n"),
      code: { value: problem.code, target: monaco.Uri.parse(value) },
      relatedInformation: problem.more
        .filter(({ file }) => file === problem.file)
        .map((place) => ({ resource: model.uri, message: place.label, ...rangeOf(model, place.start, place.end) })),
    };
  });
  monaco.editor.setModelMarkers(model, "neuro", markers);
}
