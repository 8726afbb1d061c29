/**
 * What may be typed at a place: declarations, fields, cases, names in sight, members, units, axes, imports, arguments. It works on text that is
 * not whole, and offers nothing rather than something that cannot stand there.
 */
import type { View } from "../service.ts";
import { type Caret, caretAt, type Expected } from "./completion/caret.ts";
import { dataPaths } from "./completion/data-paths.ts";
import { type Completion, completed, type Offer } from "./completion/item.ts";
import { architectures, axes, declarations, types, units } from "./completion/kinds.ts";
import { files, imports, modules } from "./completion/modules.ts";
import { expressions, fields, keywordsBehind, members, statements } from "./completion/values.ts";

export { type Completion, shownAs } from "./completion/item.ts";

const offers: Readonly<Record<Expected, (view: View, caret: Caret) => readonly Offer[]>> = {
  nothing: () => [],
  declaration: declarations,
  module: modules,
  import: imports,
  path: files,
  data: dataPaths,
  architecture: architectures,
  type: types,
  axis: axes,
  parameter: (_view, caret) => (caret.frames.length === 2 && (caret.word === "objective" || caret.extern) ? roles : []),
  field: fields,
  member: members,
  unit: (view, caret) => [...units(view, caret), ...keywordsBehind(caret)],
  operator: (_view, caret) => keywordsBehind(caret),
  statement: statements,
  expression: expressions,
};

const roles: readonly Offer[] = [
  { label: "train", kind: "keyword", detail: "a model that training moves", insert: "train ", rank: 0 },
  { label: "live", kind: "keyword", detail: "weights as they are at each step", insert: "live ", rank: 1 },
];

/** What may be typed at an offset, the likeliest first. */
export function completion(view: View, offset: number): Completion[] {
  const caret = caretAt(view.text, offset);
  return completed(offers[caret.expects](view, caret), caret.typed, { start: caret.start, end: caret.end }).sort((a, b) =>
    a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0,
  );
}
