/** What can be done with a declaration, above its first line: a word for a button and the command that `neuroc` knows. */
import type { Decl } from "../../grammar/index.ts";
import type { View } from "../service.ts";
import type { Range } from "../words.ts";

export type LensCommand = "check" | "build" | "train" | "ask" | "serve" | "eval" | "report";

export interface CodeLens {
  readonly span: Range;
  readonly title: string;
  readonly command: LensCommand;
  /** The path of the spec, then the name of the declaration where the command is about one. */
  readonly arguments: readonly string[];
}

/** The commands of a file: of the whole above its first declaration, of others above theirs. */
export function codeLenses(view: View): CodeLens[] {
  const [first] = view.tree.decls;
  if (!first || view.module.std) return [];
  return [...ofFile(view, first), ...view.tree.decls.flatMap((decl) => ofDeclaration(view.path, decl))];
}

/** A file that declares something to run is a spec; others are parts of one, and are only checked. */
function ofFile({ path, tree }: View, first: Decl): CodeLens[] {
  const at = { start: first.span.start, end: first.span.start };
  const runs = tree.decls.some(
    (decl) => decl.kind === "Model" || ("word" in decl && /^(?:pipeline|train|serve|eval)$/.test(decl.word)),
  );
  const check: CodeLens = { span: at, title: "Check", command: "check", arguments: [path] };
  return runs ? [check, { span: at, title: "Build", command: "build", arguments: [path] }] : [check];
}

function ofDeclaration(path: string, decl: Decl): CodeLens[] {
  if (decl.kind !== "Callable" && decl.kind !== "Setting") return [];
  const { start, end } = decl.name.span;
  const lens = (title: string, command: LensCommand): CodeLens => ({
    span: { start, end },
    title,
    command,
    arguments: [path, decl.name.text],
  });
  switch (decl.word) {
    case "pipeline":
      return [lens("Ask", "ask")];
    case "train":
      // One with parameters is called by others.
      return decl.params?.length ? [] : [lens("Train", "train"), lens("Open report", "report")];
    case "serve":
      return [lens("Serve", "serve")];
    case "eval":
      return [lens("Evaluate", "eval"), lens("Open report", "report")];
    default:
      return [];
  }
}
