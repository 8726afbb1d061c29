/** Who calls whom: functions, stages, pipelines, rewards, objectives and recipes, and the declarations that name them. */
import type { Declaration } from "../../compiler/declarations.ts";
import { contains } from "../../grammar/index.ts";
import { type Occurrence, occurrenceAt, occurrences } from "../occurrences.ts";
import type { Service, View } from "../service.ts";
import type { Place } from "../words.ts";

/** Something that calls and is called. */
export interface Callable {
  readonly name: string;
  /** The word that declares it. */
  readonly kind: string;
  /** The file. */
  readonly detail?: string;
  /** Its name. */
  readonly place: Place;
  /** All of it. */
  readonly range: Place;
}

/** What is called by the name at an offset; nothing where that is no callable. */
export function prepareCalls(view: View, offset: number): Callable[] {
  const { declaration } = occurrenceAt(view, offset) ?? {};
  return declaration && calls(declaration) ? [callable(declaration)] : [];
}

/** The declarations that name it, in every spec of the workspace, each with the places. */
export function incomingCalls(service: Service, { place }: Callable): { from: Callable; places: Place[] }[] {
  const key = keyAt(service, place);
  const files = [...new Set([...service.specs(), place.file])];
  return files.flatMap((path) => {
    const view = service.view(path);
    return grouped(view, (one) => one.key === key && !one.write);
  });
}

/** What it names: callables of every file, each with the places in it. */
export function outgoingCalls(service: Service, { place, range }: Callable): { to: Callable; places: Place[] }[] {
  const view = service.view(place.file);
  const found = new Map<Declaration, Place[]>();
  for (const { name, declaration, write, thing } of occurrences(view)) {
    if (thing !== "declaration" || write || !declaration || !calls(declaration) || !contains(range, name.span.start)) continue;
    found.set(declaration, [...(found.get(declaration) ?? []), name.span]);
  }
  return [...found].map(([declaration, places]) => ({ to: callable(declaration), places }));
}

/** By the declaration that they stand in. */
function grouped(view: View, wanted: (one: Occurrence) => boolean): { from: Callable; places: Place[] }[] {
  const places = occurrences(view)
    .filter((one) => wanted(one))
    .map(({ name }) => name.span);
  return [...view.module.declarations.values()].flatMap((declaration) => {
    const inside = places.filter((place) => contains(declaration.node.span, place.start));
    return inside.length > 0 ? [{ from: callable(declaration), places: inside }] : [];
  });
}

const keyAt = (service: Service, place: Place): string | undefined => occurrenceAt(service.view(place.file), place.start)?.key;

const calls = ({ node }: Declaration): boolean => node.kind === "Callable" || node.kind === "Architecture";

const callable = ({ name, word, module, node }: Declaration): Callable => ({
  name,
  kind: word,
  detail: module.path,
  place: node.name.span,
  range: node.span,
});
