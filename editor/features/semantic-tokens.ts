/** What each name of a file means, for colours that a grammar of patterns cannot know. */
import { children, type Name, type Node } from "../../grammar/index.ts";
import { type Occurrence, occurrences } from "../occurrences.ts";
import type { View } from "../service.ts";

/** A name with its kind. */
export interface SemanticToken {
  readonly start: number;
  readonly end: number;
  readonly type: (typeof legend.types)[number];
  readonly modifiers: readonly (typeof legend.modifiers)[number][];
}

/** The kinds and modifiers that occur, in the names that editors know; axes are type parameters. */
export const legend = {
  types: ["type", "enum", "enumMember", "class", "function", "variable", "parameter", "property", "typeParameter"],
  modifiers: ["declaration", "readonly", "defaultLibrary"],
} as const;

/** Every name that means something, in the order of the text. */
export function semanticTokens(view: View): SemanticToken[] {
  const named = occurrences(view).flatMap((occurrence) => tokenOf(occurrence, view) ?? []);
  const known = new Set(named.map(({ start }) => start));
  const labels = labelsIn(view.tree).filter(({ span }) => !known.has(span.start));
  const properties = labels.map(({ span }) => ({ ...placed(span), type: "property" as const, modifiers: [] }));
  return [...named, ...properties].sort((a, b) => a.start - b.start);
}

function tokenOf({ name, thing, write, declaration, home, key }: Occurrence, view: View): SemanticToken | undefined {
  const place = placed(name.span);
  const library = home?.file.startsWith("std/") || thing === "builtin" ? (["defaultLibrary"] as const) : [];
  const made = write ? (["declaration"] as const) : [];
  const modifiers = [...made, ...library];
  switch (thing) {
    case "declaration":
      return { ...place, ...declared(declaration!.word), modifiers: [...modifiers, ...declared(declaration!.word).modifiers] };
    case "case":
      return { ...place, type: "enumMember", modifiers };
    case "parameter":
      return { ...place, type: "parameter", modifiers };
    case "local":
      return {
        ...place,
        type: view.checked.resolved(name)?.entity === "local" && isFunction(view, name) ? "function" : "variable",
        modifiers,
      };
    case "axis":
      return { ...place, type: "typeParameter", modifiers: [] };
    case "field":
      return { ...place, type: "property", modifiers };
    case "builtin":
      return { ...place, type: key.startsWith("case ") ? "enumMember" : "function", modifiers };
  }
}

function isFunction(view: View, name: Name): boolean {
  const entity = view.checked.resolved(name);
  return entity?.entity === "local" && entity.node.kind === "LocalFn";
}

type Colour = Pick<SemanticToken, "type" | "modifiers">;

function declared(word: NonNullable<Occurrence["declaration"]>["word"]): Colour {
  switch (word) {
    case "type":
      return { type: "type", modifiers: [] };
    case "architecture":
    case "layer":
      return { type: "class", modifiers: [] };
    case "fn":
    case "objective":
    case "pipeline":
    case "reward":
    case "train":
    case "stage":
      return { type: "function", modifiers: [] };
    default:
      return { type: "variable", modifiers: ["readonly"] };
  }
}

const placed = ({ start, end }: { readonly start: number; readonly end: number }) => ({ start, end });

/** Labels of fields and arguments, and fields that are read. */
function labelsIn(node: Node): Name[] {
  const own = node.kind === "Entry" || node.kind === "Arg" ? node.label : node.kind === "Field" ? node.name : undefined;
  return [...(own ? [own] : []), ...children(node).flatMap(labelsIn)];
}
