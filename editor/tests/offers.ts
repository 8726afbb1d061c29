/** Everything that the service can be asked for at a place: it answers on any text, and some answers are edits. */
import { incomingCalls, outgoingCalls, prepareCalls } from "../features/call-hierarchy.ts";
import { codeActions } from "../features/code-actions.ts";
import { codeLenses } from "../features/code-lenses.ts";
import { completion } from "../features/completion.ts";
import { definition } from "../features/definition.ts";
import { diagnostics } from "../features/diagnostics.ts";
import { documentLinks } from "../features/document-links.ts";
import { documentSymbols } from "../features/document-symbols.ts";
import { folding } from "../features/folding.ts";
import { formatDocument } from "../features/format-document.ts";
import { formatOnType } from "../features/format-on-type.ts";
import { formatRange } from "../features/format-range.ts";
import { highlights } from "../features/highlights.ts";
import { hover } from "../features/hover.ts";
import { inlayHints } from "../features/inlay-hints.ts";
import { linkedNames } from "../features/linked-names.ts";
import { references } from "../features/references.ts";
import { rename } from "../features/rename.ts";
import { renameRange } from "../features/rename-range.ts";
import { selectionRanges } from "../features/selection-ranges.ts";
import { semanticTokens } from "../features/semantic-tokens.ts";
import { signatureHelp } from "../features/signature-help.ts";
import { workspaceSymbols } from "../features/workspace-symbols.ts";
import type { Service, View } from "../service.ts";
import type { Diagnostic, Edits, Range } from "../words.ts";

/** Edits that are offered, and as what. */
export interface Offer {
  readonly what: string;
  readonly edits: Edits;
  /** What the edits are said to mend. */
  readonly fixes?: Diagnostic;
}

/** All edits on offer at a place, and those that mend some of the faults. */
export function offers(service: Service, view: View, offset: number, draw: (below: number) => number): Offer[] {
  const { path } = view;
  const end = Math.min(view.text.length, offset + draw(200));
  const name = ["renamed", "x", "answer", "Kind", "doubled"][draw(5)]!;
  const renamed = rename(service, path, offset, name);
  const places: Range[] = [{ start: offset, end }];
  const faults = view.checked.diagnostics.filter(({ span }) => span.file === path);
  for (let count = 0; count < 3 && faults.length > 0; count++) places.push(faults[draw(faults.length)]!.span);
  const actions = places.flatMap((place) => codeActions(view, place));
  return [
    ...("refused" in renamed ? [] : [{ what: `rename at ${offset} to ${name}`, edits: renamed }]),
    ...actions.map(({ title, edits, fixes }) => ({ what: `action ${title}`, edits, ...(fixes ? { fixes } : {}) })),
    { what: "format document", edits: formatDocument(service, path) },
    { what: `format ${offset}..${end}`, edits: formatRange(service, path, { start: offset, end }) },
    ...["\n", "}"].map((key) => ({
      what: `format on ${JSON.stringify(key)} at ${offset}`,
      edits: formatOnType(service, path, offset, key),
    })),
  ];
}

/** Asks for everything else; what comes back lies in the text. */
export function answers(service: Service, view: View, offset: number): void {
  const { path, tree, text } = view;
  const whole = { start: 0, end: text.length };
  const places: readonly (Range | undefined)[] = [
    ...completion(view, offset).map(({ span }) => span),
    hover(view, offset)?.span,
    ...codeLenses(view).map(({ span }) => span),
    ...highlights(view, offset),
    ...semanticTokens(view),
    ...folding(tree, text),
    ...selectionRanges(tree, offset),
    ...linkedNames(view, offset),
    ...documentLinks(view).map(({ place }) => place),
    ...diagnostics(service, path).checks.map(({ span }) => span),
  ];
  for (const place of places)
    if (place && (place.start < 0 || place.end > text.length || place.start > place.end))
      throw new Error(`an answer at ${place.start}..${place.end} of ${text.length}`);
  signatureHelp(view, offset);
  inlayHints(view, whole);
  definition(view, offset);
  references(service, path, offset);
  renameRange(view, offset);
  documentSymbols(tree);
  workspaceSymbols(service, "do");
  for (const callable of prepareCalls(view, offset)) {
    incomingCalls(service, callable);
    outgoingCalls(service, callable);
  }
}
