/** What the editor asks about the spec while one types, answered by the session in the worker. */

import type { Problem, Words } from "../protocol.ts";
import { goes } from "./going.ts";
import * as monaco from "./monaco.ts";
import { offers } from "./offering.ts";
import { placed, rangeOf } from "./places.ts";
import type { Remote } from "./remote.ts";
import { shapes } from "./shaping.ts";

/** Whoever answers the editor: the session, and how it is brought up to what was typed. */
export interface Asking {
  readonly remote: Remote;
  /** The file of a model and the offset of a place, once the session knows the text. */
  at(model: monaco.editor.ITextModel, position: monaco.Position): { readonly path: string; readonly offset: number };
  path(model: monaco.editor.ITextModel): string;
  /** Fires when costs were found out, so that hints are asked for again. */
  readonly learned: monaco.IEvent<void>;
}

/** Answers the editor. `sync` tells the session the text that is typed. */
export function registerLanguage(remote: Remote, words: Words, sync: () => void, learned: monaco.IEvent<void>): void {
  const path = (model: monaco.editor.ITextModel): string => {
    sync();
    return placed(model.uri);
  };
  const asking: Asking = {
    ...{ remote, path, learned },
    at: (model, position) => ({ path: path(model), offset: model.getOffsetAt(position) }),
  };
  offers(asking);
  goes(asking);
  shapes(asking, words);
}

const severities = { error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning };

/** Underlines what is wrong, each with a link to what its code means. */
export function mark(model: monaco.editor.ITextModel, problems: readonly Problem[]): void {
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
