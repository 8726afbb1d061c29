/** The imports of a file in order: one `use` a module, those of std first, nothing that is not read. Comments among them keep it from being offered. */
import { format, type Use } from "../../../grammar/index.ts";
import type { View } from "../../service.ts";
import type { CodeAction } from "../code-actions.ts";

/** The offer, where something would change. */
export function organised(view: View): CodeAction[] {
  const uses = view.tree.decls.filter((decl): decl is Use => decl.kind === "Use");
  const [first] = uses;
  const last = uses.at(-1);
  if (!first || !last || view.module.broken || hasRemarks(view, uses)) return [];
  const text = written(view, uses);
  const range = { start: first.span.start, end: last.span.end };
  const between = view.tree.decls.some(
    (decl) => decl.kind !== "Use" && decl.span.start > range.start && decl.span.end < range.end,
  );
  if (between || text === view.text.slice(range.start, range.end)) return [];
  // Without any import left the line goes, too.
  const end = text === "" ? range.end + /^\s*/.exec(view.text.slice(range.end))![0].length : range.end;
  const edits = [{ file: view.path, start: range.start, end, text }];
  return [{ title: "Organise imports", kind: "source.organizeImports", edits }];
}

function hasRemarks({ tree }: View, uses: readonly Use[]): boolean {
  const [start, end] = [uses[0]!.span.start, uses.at(-1)!.span.end];
  return tree.comments.some(({ span }) => span.start >= start && span.start <= end) || uses.slice(1).some(({ docs }) => docs);
}

function written(view: View, uses: readonly Use[]): string {
  const unused = new Set(
    view.checked.diagnostics
      .filter(({ code, span }) => code === "unused_name" && span.file === view.path)
      .map(({ span }) => span.start),
  );
  const modules = new Map<string, string[]>();
  for (const { path, relative, imports } of uses) {
    const key = relative ? JSON.stringify(path) : path;
    const names = modules.get(key) ?? [];
    modules.set(key, names);
    for (const { name, alias, span } of imports) {
      const text = alias ? `${name.text} as ${alias.text}` : name.text;
      if (!unused.has(span.start) && !names.includes(text)) names.push(text);
    }
  }
  const order = [...modules].filter(([, names]) => names.length > 0).sort(([a], [b]) => byModule(a, b));
  const lines = order.map(([module, names]) => `use ${module} { ${names.toSorted(byName).join(", ")} }`);
  return lines.length === 0 ? "" : format(`${lines.join("\n")}\n`).text.trimEnd();
}

const byModule = (a: string, b: string): number => Number(a.startsWith('"')) - Number(b.startsWith('"')) || byName(a, b);
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
