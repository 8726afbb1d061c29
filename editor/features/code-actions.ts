/** What can be done to the text at a place: faults mended, fields filled in, imports put in order, an expression given a name, a name written out. */
import { type Diagnostic, editsOf } from "../../grammar/index.ts";
import type { View } from "../service.ts";
import type { Edit, Range } from "../words.ts";
import { extraction } from "./code-actions/extract.ts";
import { filling } from "./code-actions/fill.ts";
import { organised } from "./code-actions/imports.ts";
import { inlining } from "./code-actions/inline.ts";

export type CodeActionKind = "quickfix" | "refactor.extract" | "refactor.inline" | "refactor.rewrite" | "source.organizeImports";

export interface CodeAction {
  readonly title: string;
  readonly kind: CodeActionKind;
  readonly edits: readonly Edit[];
  /** The fault that it mends. */
  readonly fixes?: Diagnostic;
  /** It is what the fault's hint says. */
  readonly preferred?: boolean;
}

/** What can be done where a range is, or a caret. */
export function codeActions(view: View, range: Range): CodeAction[] {
  const all = [
    ...quickFixes(view, range),
    ...filling(view, range),
    ...extraction(view, range),
    ...inlining(view, range),
    ...organised(view),
  ];
  return all.filter(({ title }, at) => all.findIndex((each) => each.title === title) === at);
}

/** The fixes of every fault that touches the range. */
function quickFixes(view: View, range: Range): CodeAction[] {
  const sources = new Map(view.checked.modules.map((module) => [module.path, module]));
  return view.checked.diagnostics.flatMap((diagnostic): CodeAction[] => {
    const { span, fix } = diagnostic;
    if (!fix || span.file !== view.path || span.start > range.end || span.end < range.start) return [];
    const edits = editsOf(fix, view, (path) => sources.get(path));
    const own = edits?.every(({ file }) => !sources.get(file)?.std);
    return edits && own ? [{ title: fix.title, kind: "quickfix", edits, fixes: diagnostic, preferred: true }] : [];
  });
}
