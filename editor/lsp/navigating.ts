/** Ways from a name to where it stands, in the protocol's words: definition, references, highlights, symbols of the workspace, calls. */
import {
  type CallHierarchyItem,
  type DocumentHighlight,
  DocumentHighlightKind,
  type Location,
  type ServerCapabilities,
  type SymbolInformation,
} from "vscode-languageserver";
import { type Callable, incomingCalls, outgoingCalls, prepareCalls } from "../features/call-hierarchy.ts";
import { definition } from "../features/definition.ts";
import { highlights } from "../features/highlights.ts";
import { references } from "../features/references.ts";
import { workspaceSymbols } from "../features/workspace-symbols.ts";
import { about, guarded, invalid, offsetOf, type Session } from "./session.ts";
import { symbolKind } from "./structure.ts";

export const navigatingCapabilities: ServerCapabilities = {
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  workspaceSymbolProvider: true,
  callHierarchyProvider: true,
};

/** Answers requests for places. */
export function navigating(session: Session): void {
  const { connection, service, documents } = session;
  connection.onDefinition(
    about(session, [], ({ view, lines }, { position }): Location[] =>
      definition(view, offsetOf(lines, position)).map((place) => documents.location(place)),
    ),
  );
  connection.onReferences(
    about(session, [], ({ path, lines }, { position, context }): Location[] =>
      references(service, path, offsetOf(lines, position), { declaration: context?.includeDeclaration !== false }).map((place) =>
        documents.location(place),
      ),
    ),
  );
  connection.onDocumentHighlight(
    about(session, [], ({ view, lines }, { position }): DocumentHighlight[] =>
      highlights(view, offsetOf(lines, position)).map((one) => ({
        range: lines.range(one),
        kind: one.write ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      })),
    ),
  );
  connection.onWorkspaceSymbol(({ query }) =>
    guarded(session, [] as SymbolInformation[], () => {
      if (typeof query !== "string") return invalid("a search for symbols has a query");
      return workspaceSymbols(service, query).map(({ name, kind, place, container }) => ({
        name,
        kind: symbolKind(kind),
        location: documents.location(place),
        ...(container === undefined ? {} : { containerName: container }),
      }));
    }),
  );
  calls(session);
}

function calls(session: Session): void {
  const { connection, documents, uris, service } = session;
  const item = ({ name, kind, detail, place, range }: Callable): CallHierarchyItem => ({
    name,
    kind: symbolKind(kind),
    ...(detail === undefined ? {} : { detail }),
    uri: uris.uri(place.file),
    range: documents.lines(place.file).range(range),
    selectionRange: documents.lines(place.file).range(place),
  });
  /** The callable that an item stands for: found again by its place, for the text may have changed. */
  const callable = (one: CallHierarchyItem): Callable | undefined => {
    if (typeof one?.uri !== "string") throw invalid("a call hierarchy item has a uri");
    const path = uris.path(one.uri);
    return prepareCalls(service.view(path), offsetOf(documents.lines(path), one.selectionRange?.start))[0];
  };
  connection.languages.callHierarchy.onPrepare(
    about(session, null, ({ view, lines }, { position }) => {
      const found = prepareCalls(view, offsetOf(lines, position)).map(item);
      return found.length === 0 ? null : found;
    }),
  );
  connection.languages.callHierarchy.onIncomingCalls(({ item: of }) =>
    guarded(session, [], () => {
      const found = callable(of);
      return (found ? incomingCalls(service, found) : []).map(({ from, places }) => ({
        from: item(from),
        fromRanges: places.map((place) => documents.lines(place.file).range(place)),
      }));
    }),
  );
  connection.languages.callHierarchy.onOutgoingCalls(({ item: of }) =>
    guarded(session, [], () => {
      const found = callable(of);
      return (found ? outgoingCalls(service, found) : []).map(({ to, places }) => ({
        to: item(to),
        fromRanges: places.map((place) => documents.lines(place.file).range(place)),
      }));
    }),
  );
}
