/** The left side: the spec that is typed, and the modules of the library that one went to, each under a tab. */
import * as monaco from "./monaco.ts";
import { placed, uriOf } from "./places.ts";
import type { Remote } from "./remote.ts";

export const entry = "main.neuro";

/** Options of both editors; what would ask for another worker is off. */
export const plainly: monaco.editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  minimap: { enabled: false },
  fontSize: 13.5,
  lineHeight: 20,
  scrollBeyondLastLine: false,
  padding: { top: 8, bottom: 8 },
  wordBasedSuggestions: "off",
  links: false,
  colorDecorators: false,
  unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: false, nonBasicASCII: false },
  fixedOverflowWidgets: true,
  renderLineHighlight: "line",
  overviewRulerBorder: false,
  wordWrap: "on",
  wrappingIndent: "indent",
  "semanticHighlighting.enabled": true,
};

/** A text for an editor: lines end in one way, so that an offset is one here and in the worker; brackets have no colours of their own. */
export function textModel(text: string, language: string, uri?: monaco.Uri): monaco.editor.ITextModel {
  const model = monaco.editor.createModel(text.replaceAll("\r\n", "\n"), language, uri);
  model.updateOptions({ tabSize: 2, bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
  return model;
}

export interface Texts {
  readonly editor: monaco.editor.IStandaloneCodeEditor;
  readonly spec: monaco.editor.ITextModel;
  /** The file in sight. */
  path(): string;
  /** Goes to a file, and there to a line. */
  open(path: string, line?: number): Promise<void>;
  /** Tells whenever another line or file is looked at. */
  onLine(listen: (path: string, line: number) => void): void;
}

/** Makes the left side. */
export function openTexts(remote: Remote, text: string): Texts {
  const tabs = document.getElementById("files")!;
  const model = (path: string, content: string) =>
    monaco.editor.getModel(uriOf(path)) ?? textModel(content, path.endsWith(".ts") ? "typescript" : "neuro", uriOf(path));
  const models = new Map([[entry, model(entry, text)]]);
  const spec = models.get(entry)!;
  let shown = entry;
  const editor = monaco.editor.create(document.getElementById("spec")!, { ...plainly, model: spec, ariaLabel: "The spec" });
  const listeners: ((path: string, line: number) => void)[] = [];
  const tell = () => {
    for (const listen of listeners) listen(shown, editor.getPosition()?.lineNumber ?? 1);
  };

  const draw = () =>
    tabs.replaceChildren(...[...models.keys()].map((path) => tabOf(path, path === shown, () => void open(path))));

  async function open(path: string, line?: number): Promise<void> {
    if (!models.has(path)) {
      const found = await remote.read(path);
      if (found === undefined) return;
      models.set(path, model(path, found));
    }
    if (path !== shown) {
      shown = path;
      editor.setModel(models.get(path)!);
      editor.updateOptions({ readOnly: path !== entry });
      draw();
    }
    if (line !== undefined) {
      editor.setPosition({ lineNumber: line, column: 1 });
      editor.revealLineInCenter(line);
    }
    tell();
  }

  editor.onDidChangeCursorPosition(({ reason }) => {
    if (reason !== monaco.editor.CursorChangeReason.ContentFlush) tell();
  });
  goesTo(editor, open);
  draw();
  return { editor, spec, path: () => shown, open, onLine: (listen) => void listeners.push(listen) };
}

function tabOf(path: string, selected: boolean, open: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.role = "tab";
  button.textContent = path;
  button.setAttribute("aria-selected", String(selected));
  button.onclick = open;
  return button;
}

/** Where a definition or a reference leads is opened here, and what is meant is in sight. */
function goesTo(editor: monaco.editor.IStandaloneCodeEditor, open: (path: string) => Promise<void>): void {
  monaco.editor.registerEditorOpener({
    async openCodeEditor(_, resource, place) {
      if (resource.scheme !== "neuro") return false;
      await open(placed(resource));
      if (!place) return true;
      if ("startLineNumber" in place) editor.setSelection(place);
      else editor.setPosition(place);
      editor.revealLineInCenterIfOutsideViewport("startLineNumber" in place ? place.startLineNumber : place.lineNumber);
      editor.focus();
      return true;
    },
  });
}
