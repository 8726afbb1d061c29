/** Every place of the workspace that names the thing at an offset. */
import { type Occurrence, occurrenceAt, sameAs } from "../occurrences.ts";
import type { Service } from "../service.ts";
import type { Place } from "../words.ts";

/** In the order of files and texts; `declaration` says whether the places that make it count. None for what the compiler itself knows. */
export function references(service: Service, path: string, offset: number, { declaration = true } = {}): Place[] {
  const found = occurrenceAt(service.view(path), offset);
  if (!found) return [];
  const all = everywhere(service, path, found);
  return all.filter(({ write }) => declaration || !write).map(({ name }) => name.span);
}

/** The names of a thing: in one file where it cannot leave it, and otherwise in every spec and where it is declared. */
export function everywhere(service: Service, path: string, { key, thing, home }: Occurrence): Occurrence[] {
  const local = thing === "local" || thing === "axis" || thing === "builtin";
  const files = local ? [path] : [...new Set([...service.specs(), path, ...(home ? [home.file] : [])])].sort();
  return files.flatMap((file) => sameAs(service.view(file), key));
}
