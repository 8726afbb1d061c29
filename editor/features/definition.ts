/**
 * Where what a name stands for is made: a declaration here, in another file or in the standard library; from the declaration of an `extern` on to
 * the TypeScript behind it. A path leads to its file.
 */

import { fileBehind } from "../../compiler/extern/graph.ts";
import { contains } from "../../grammar/index.ts";
import { exportedPlace } from "../exported.ts";
import { type Occurrence, occurrenceAt } from "../occurrences.ts";
import type { View } from "../service.ts";
import type { Place } from "../words.ts";
import { linkAt } from "./document-links.ts";

/** The places to go to, the best first; none where nothing is named. */
export function definition(view: View, offset: number): Place[] {
  const found = occurrenceAt(view, offset);
  if (found) return made(view, found);
  const behind = externAt(view, offset);
  if (behind) return behind;
  const link = linkAt(view, offset);
  return link && view.host.exists(link.target) ? [{ file: link.target, start: 0, end: 0 }] : [];
}

/** From a use to where it is made; from there to the TypeScript, where that is what makes it. */
function made(view: View, { home, name, declaration, thing }: Occurrence): Place[] {
  if (!home) return [];
  const here = home.file === name.span.file && home.start === name.span.start;
  const behind = here && thing === "declaration" && declaration ? implementation(view, declaration) : undefined;
  return behind ? [behind] : [home];
}

function implementation(view: View, declaration: NonNullable<Occurrence["declaration"]>): Place | undefined {
  const file = fileBehind(declaration);
  return file === undefined
    ? undefined
    : (exportedPlace(view.host, file, declaration.name) ?? (view.host.exists(file) ? { file, start: 0, end: 0 } : undefined));
}

/** On the path of `from "./rerank.ts"`: the function itself. */
function externAt(view: View, offset: number): Place[] | undefined {
  for (const declaration of view.module.declarations.values()) {
    const { node } = declaration;
    if ((node.kind !== "Callable" && node.kind !== "Setting") || !node.from || !contains(node.from.span, offset)) continue;
    const place = implementation(view, declaration);
    return place ? [place] : [];
  }
  return undefined;
}
