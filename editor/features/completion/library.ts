/** What the standard library declares, module by module, whether a spec uses it or not: read once for a text, however often it is asked for. */
import type { Host } from "../../../compiler/host.ts";
import { stdModules } from "../../../compiler/std-names.ts";
import { type Decl, type File, parse } from "../../../grammar/index.ts";

/** A declaration that can be imported. */
export interface Offered {
  readonly name: string;
  /** `std.rewards`. */
  readonly module: string;
  readonly node: Exclude<Decl, { kind: "Use" }>;
  /** The text of its file. */
  readonly text: string;
}

/** A module of the standard library. */
export interface StdModule {
  /** `rewards`. */
  readonly name: string;
  /** What its first lines say of it. */
  readonly doc: string;
  readonly declarations: readonly Offered[];
}

const parsed = new Map<string, { readonly text: string; readonly tree: File }>();

function treeOf(path: string, text: string): File {
  const known = parsed.get(path);
  if (known?.text === text) return known.tree;
  const { tree } = parse(text, path);
  parsed.set(path, { text, tree });
  return tree;
}

const libraries = new WeakMap<Host, readonly StdModule[]>();

/** Every module of std, in the order in which the documentation has them. */
export function libraryOf(host: Host): readonly StdModule[] {
  const known = libraries.get(host);
  if (known) return known;
  const made = stdModules.flatMap((name) => moduleOf(host, name) ?? []);
  libraries.set(host, made);
  return made;
}

function moduleOf(host: Host, name: string): StdModule | undefined {
  const files = host.resolveStd(name).flatMap((path) => {
    const text = host.read(path);
    return text === undefined ? [] : [{ text, tree: treeOf(path, text) }];
  });
  if (files.length === 0) return undefined;
  const declarations = files.flatMap(({ text, tree }) => declaredIn(tree, text, `std.${name}`));
  return { name, doc: headOf(files[0]!.tree), declarations };
}

/** What a file declares for others. */
export function declaredIn(tree: File, text: string, module: string): Offered[] {
  return tree.decls.flatMap((node) =>
    node.kind === "Use" || node.name.text.startsWith("_") ? [] : [{ name: node.name.text, module, node, text }],
  );
}

/** The comment with which a file begins. */
function headOf({ comments, decls }: File): string {
  const first = decls[0]?.span.start ?? Number.POSITIVE_INFINITY;
  const lines = comments.filter(({ span, doc }) => !doc && span.end <= first);
  return lines.map(({ text }) => text.replace(/^\/\/ ?/, "")).join("\n");
}
