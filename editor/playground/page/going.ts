/** Where names lead: definitions, uses, renaming, the outline. */
import type { Symbol as Named } from "../../features/document-symbols.ts";
import type { Place } from "../../words.ts";
import type { Asking } from "./language.ts";
import * as monaco from "./monaco.ts";
import { rangeOf, uriOf, workspaceEdit } from "./places.ts";

const { languages } = monaco;
const { SymbolKind } = languages;

const kinds: Readonly<Record<string, monaco.languages.SymbolKind>> = {
  type: SymbolKind.Struct,
  enum: SymbolKind.Enum,
  case: SymbolKind.EnumMember,
  field: SymbolKind.Field,
  parameter: SymbolKind.Variable,
  variable: SymbolKind.Variable,
  model: SymbolKind.Class,
  architecture: SymbolKind.Class,
  fn: SymbolKind.Function,
  layer: SymbolKind.Function,
  objective: SymbolKind.Function,
  reward: SymbolKind.Function,
  pipeline: SymbolKind.Method,
  stage: SymbolKind.Method,
  train: SymbolKind.Event,
};

function symbolOf(model: monaco.editor.ITextModel, one: Named): monaco.languages.DocumentSymbol {
  return {
    name: one.name,
    detail: one.detail ?? "",
    kind: kinds[one.kind] ?? SymbolKind.Object,
    tags: [],
    range: rangeOf(model, one.range.start, one.range.end),
    selectionRange: rangeOf(model, one.place.start, one.place.end),
    children: (one.children ?? []).map((child) => symbolOf(model, child)),
  };
}

/** Registers them. */
export function goes({ remote, at, path }: Asking): void {
  const locations = async (places: readonly Place[]): Promise<monaco.languages.Location[]> => {
    const found = await Promise.all(
      places.map(async ({ file, start, end }) => {
        const uri = uriOf(file);
        const model = monaco.editor.getModel(uri) ?? (await opened(file, uri));
        return model ? [{ uri, range: rangeOf(model, start, end) }] : [];
      }),
    );
    return found.flat();
  };
  const opened = async (file: string, uri: monaco.Uri): Promise<monaco.editor.ITextModel | undefined> => {
    const text = await remote.read(file);
    if (text === undefined) return undefined;
    return monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, file.endsWith(".ts") ? "typescript" : "neuro", uri);
  };
  languages.registerDefinitionProvider("neuro", {
    async provideDefinition(model, position) {
      const { path: file, offset } = at(model, position);
      return locations(await remote.definition(file, offset));
    },
  });
  languages.registerReferenceProvider("neuro", {
    async provideReferences(model, position, { includeDeclaration }) {
      const { path: file, offset } = at(model, position);
      return locations(await remote.references(file, offset, includeDeclaration));
    },
  });
  languages.registerDocumentHighlightProvider("neuro", {
    async provideDocumentHighlights(model, position) {
      const { path: file, offset } = at(model, position);
      const { Write, Read } = languages.DocumentHighlightKind;
      const found = await remote.highlights(file, offset);
      return found.map(({ start, end, write }) => ({ range: rangeOf(model, start, end), kind: write ? Write : Read }));
    },
  });
  languages.registerRenameProvider("neuro", {
    async resolveRenameLocation(model, position) {
      const { path: file, offset } = at(model, position);
      const found = await remote.renameRange(file, offset);
      if ("refused" in found) return { range: new monaco.Range(1, 1, 1, 1), text: "", rejectReason: found.refused };
      const range = rangeOf(model, found.start, found.end);
      return { range, text: model.getValueInRange(range) };
    },
    async provideRenameEdits(model, position, name) {
      const { path: file, offset } = at(model, position);
      const found = await remote.rename(file, offset, name);
      return "refused" in found ? { edits: [], rejectReason: found.refused } : workspaceEdit(found);
    },
  });
  languages.registerDocumentSymbolProvider("neuro", {
    async provideDocumentSymbols(model) {
      return (await remote.symbols(path(model))).map((one) => symbolOf(model, one));
    },
  });
}
