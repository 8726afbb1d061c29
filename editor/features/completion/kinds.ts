/** Offers outside of expressions: declarations to begin, types, architectures, axes, units. */
import type { Declaration } from "../../../compiler/declarations.ts";
import { heads, typeNames } from "../../../compiler/hosts.ts";
import { kinds as settings } from "../../../compiler/kinds/index.ts";
import { openingWords } from "../../../compiler/kinds/words.ts";
import { isNumber } from "../../../compiler/types.ts";
import { units as allUnits } from "../../../compiler/units.ts";
import { importing, type Node } from "../../../grammar/index.ts";
import { children } from "../../../grammar/path.ts";
import { kinds } from "../../../grammar/tokens.ts";
import type { View } from "../../service.ts";
import type { Edit } from "../../words.ts";
import { headline } from "../headline.ts";
import { preludeOf, typeOf } from "../typing.ts";
import type { Caret } from "./caret.ts";
import type { CompletionKind, Offer } from "./item.ts";
import { libraryOf, type Offered } from "./library.ts";
import { type Snippet, snippets } from "./snippets.ts";
import { declarationAround, wantedAt } from "./wanted.ts";

/** What can stand behind `extern`. */
const external = new Set(["fn", "stage", "source", "layer", "model", "type"]);

/** The kinds of declaration, and whole declarations to fill in. */
export function declarations(view: View, { extern }: Caret): Offer[] {
  const words = kinds.filter((word) => !extern || external.has(word));
  const plain = words.map((word): Offer => {
    const doc = openingWords.get(word)?.doc ?? settings.get(word)?.doc ?? "";
    return { label: word, kind: "keyword", insert: `${word} `, documentation: doc, detail: "declaration", rank: 0 };
  });
  const whole = extern ? [] : snippets.map((snippet) => filled(view, snippet));
  return [...plain, ...whole];
}

/** A whole declaration, with the names that the file has in place of those that it might have, and the imports that it needs. */
function filled(view: View, { word, label, body }: Snippet): Offer {
  const doc = openingWords.get(word)?.doc ?? settings.get(word)?.doc ?? "";
  const own = body.replaceAll(/\$\{(\d+):(\w+)\}/g, (whole, at, name) => {
    const here = usual.has(name) && !body.startsWith(`${word} \${${at}:`, 0) ? firstOf(view, usual.get(name)!) : undefined;
    return here ? `\${${at}:${here}}` : whole;
  });
  const shown = own.replaceAll(/\$\{\d+:([^}]*)\}/g, "$1").replaceAll("$0", "");
  // Words in the fields of a setting are cases, not names of the library.
  const also = settings.has(word) ? [] : importsFor(view, shown);
  return {
    label,
    kind: "snippet",
    insert: own,
    snippet: true,
    documentation: `${doc}\n\n\`\`\`neuro\n${shown}\n\`\`\``,
    rank: 1,
    ...(also.length > 0 ? { also } : {}),
  };
}

/** What snippets call a declaration of a kind. */
const usual: ReadonlyMap<string, string> = new Map([
  ["pages", "source"],
  ["library", "index"],
  ["words", "tokenizer"],
  ["policy", "model"],
  ["rows", "dataset"],
  ["answer", "pipeline"],
]);

const firstOf = (view: View, word: string): string | undefined =>
  [...view.module.declarations.values()].find((each) => each.word === word)?.name;

/** The `use` lines for names of std that a text reads and the file does not have. */
function importsFor(view: View, text: string): Edit[] {
  const here = new Set([...view.module.declarations.keys(), ...view.module.imports.keys()]);
  const read = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*(?=\(| \{|[,)]|$)/gmu) ?? []);
  for (const type of text.match(/\b\p{Lu}\w+/gu) ?? []) read.add(type);
  return libraryOf(view.host).flatMap(({ name, declarations: all }) => {
    const names = all.filter((each) => read.has(each.name) && !here.has(each.name)).map((each) => each.name);
    if (names.length === 0) return [];
    const { at, text: line } = importing(view, `std.${name}`, names.join(", "));
    return [{ file: view.path, start: at, end: at, text: line }];
  });
}

/** A declaration as an offer. */
export function declared(declaration: Declaration | Offered, rank: number): Offer {
  const { node, name } = declaration;
  const text = "text" in declaration ? declaration.text : declaration.module.text;
  const doc = node.docs?.text;
  return { label: name, kind: kindOf(node), detail: headline(node, text), ...(doc ? { documentation: doc } : {}), rank };
}

function kindOf(node: Declaration["node"]): CompletionKind {
  if (node.kind === "TypeDecl" || node.kind === "Architecture") return "type";
  if (node.kind === "Model") return "model";
  return node.kind === "Callable" || node.params ? "function" : "value";
}

/** Names of std that the file does not have yet, with the `use` that they need. */
export function importable(
  view: View,
  keep: (offered: Offered) => boolean,
  rankOf: number | ((offered: Offered) => number),
): Offer[] {
  const here = new Set([...view.module.declarations.keys(), ...view.module.imports.keys()]);
  return libraryOf(view.host).flatMap(({ declarations: all }) =>
    all
      .filter((each) => !here.has(each.name) && keep(each))
      .map((each) => {
        const rank = typeof rankOf === "number" ? rankOf : rankOf(each);
        const { at, text } = importing(view, each.module, each.name);
        const detail = `${declared(each, rank).detail} (${each.module})`;
        return { ...declared(each, rank), detail, also: [{ file: view.path, start: at, end: at, text }] };
      }),
  );
}

/** Everything of a kind that the file has in sight. */
export function inSight(view: View, keep: (declaration: Declaration) => boolean): Declaration[] {
  const own = [...view.module.declarations.values()];
  const imported = [...view.module.imports.values()].map(({ declaration }) => declaration);
  const prelude = preludeOf(view).flatMap((module) => [...module.declarations.values()]);
  return [...own, ...imported, ...prelude].filter((each) => keep(each));
}

/** Architectures for a model, those that the library has and the file does not import included. */
export function architectures(view: View): Offer[] {
  const own = inSight(view, ({ word }) => word === "architecture").map((each) => declared(each, 0));
  return [...own, ...importable(view, ({ node }) => node.kind === "Architecture", 1)];
}

/** Types by their names. */
export function types(view: View, caret: Caret): Offer[] {
  const item = caret.frames.at(-1)?.item ?? [];
  if (item.at(-1)?.image === "of")
    return ["Token", "Int", "Bool", "Prob", "Ratio"].map((label, rank): Offer => ({ label, kind: "type", rank }));
  const isModel = caret.word === "objective" && item.some(({ image }) => image === "train");
  const own = inSight(view, ({ word }) => word === "type").map((each) => declared(each, 1));
  const plain = typeNames
    .filter((name) => name !== "Unsupported")
    .map((label): Offer => {
      const first = isModel && (heads as readonly string[]).includes(label);
      return { label, kind: "type", rank: first ? 0 : 2 };
    });
  return [...own, ...plain, ...importable(view, ({ node }) => node.kind === "TypeDecl", 3)];
}

/** Axes that an objective has without naming them. */
const given = ["batch", "token", "sample", "vocab"];

/** Names of axes: those of what is reduced first, then those that the declaration has. */
export function axes(view: View, caret: Caret): Offer[] {
  const own = declarationAround(view, caret);
  const near = new Map<string, string>();
  const call = caret.frames.at(-1);
  const written = new Set<string>();
  const walk = (node: Node): void => {
    if ((node as { kind: string }).kind === "Axis") written.add((node as unknown as { name: { text: string } }).name.text);
    if (node.kind === "Call" && call?.kind === "call" && node.callee.span.end === call.start - 1)
      for (const arg of node.args) for (const name of axesOf(view, arg.value)) near.set(name, "of what it is given");
    for (const child of children(node)) walk(child);
  };
  if (own) walk(own.node);
  const [typed] = [caret.typed];
  const named = [...written].filter((name) => name !== typed);
  const free = caret.word === "objective" ? given : [];
  return [
    ...[...near].map(([label, detail]): Offer => ({ label, kind: "axis", detail, rank: 0 })),
    ...named.map((label): Offer => ({ label, kind: "axis", detail: "an axis of this declaration", rank: 1 })),
    ...free.map((label): Offer => ({ label, kind: "axis", detail: "an axis that every objective has", rank: 2 })),
    ...(call?.kind === "call" ? [] : [{ label: "..", kind: "axis" as const, detail: "any other axes", rank: 3 }]),
  ];
}

function axesOf(view: View, expr: Parameters<typeof typeOf>[1]): string[] {
  const type = typeOf(view.checked, expr);
  return type.kind === "tensor" ? type.axes.filter((axis) => !axis.rest).map(({ name }) => name) : [];
}

/** Units of a number: first the one that its place asks for. */
export function units(view: View, caret: Caret): Offer[] {
  const { type, unit } = wantedAt(view, caret);
  const asked = isNumber(type) ? Object.keys(type.units) : [];
  return [...allUnits].map(([label, { base, factor }]): Offer => {
    const fits = asked.includes(base);
    const same = label === unit ? 0 : fits ? 1 : 9;
    const detail = factor === 1 ? base : `${factor.toLocaleString("en")} ${base === "time" ? "ms" : "B"}`;
    return { label, kind: "unit", detail, rank: same };
  });
}
