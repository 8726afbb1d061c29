/**
 * A thing gets another name, everywhere in the workspace. The result is checked before it is given: where the new name would clash with another, be
 * captured, or break what is right, the rename is refused with a sentence that says so.
 */
import type { Diagnostic } from "../../grammar/index.ts";
import { type Occurrence, occurrenceAt } from "../occurrences.ts";
import { Service } from "../service.ts";
import { applied, type Edit, type Edits, type Refusal } from "../words.ts";
import { everywhere } from "./references.ts";
import { unrenamed } from "./rename-range.ts";

/** The edits of all files, or why there are none. */
export function rename(service: Service, path: string, offset: number, newName: string): Edits | Refusal {
  const found = occurrenceAt(service.view(path), offset);
  const reason = found ? unrenamed(found) : "There is no name here.";
  if (!found || reason !== undefined) return { refused: reason ?? "" };
  const name = newName.trim().normalize("NFC");
  if (name === found.name.text) return [];
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
    return { refused: `${newName} is no name: letters, digits and _, a digit not first.` };
  const places = named(service, path, found);
  const edits = places.map(({ name: { span } }): Edit => ({ ...span, text: name }));
  const wrong = broken(service, edits, places, found, name);
  return wrong === undefined ? edits : { refused: wrong };
}

/** The places that are written with this name: an alias is a name of its file alone, and what it stands for keeps its own. */
function named(service: Service, path: string, found: Occurrence): Occurrence[] {
  const all = everywhere(service, path, found).filter(({ name }) => name.text === found.name.text);
  const isAlias = found.declaration !== undefined && found.thing === "declaration" && found.declaration.name !== found.name.text;
  return isAlias ? all.filter(({ name }) => name.span.file === path) : all.filter((one) => !isAliased(service, one));
}

/** Whether a name is an alias that only happens to be spelled as what it stands for. */
const isAliased = (service: Service, { name }: Occurrence): boolean =>
  service.view(name.span.file).tree.decls.some((decl) => decl.kind === "Use" && decl.imports.some(({ alias }) => alias === name));

/** What would be wrong with the files after the edits; undefined where every name means what it meant. */
function broken(
  service: Service,
  edits: Edits,
  places: readonly Occurrence[],
  found: Occurrence,
  name: string,
): string | undefined {
  const files = [...new Set(edits.map(({ file }) => file))];
  const after = new Service(service.host);
  after.workspace(service.specs());
  for (const file of files)
    after.open(file, applied(service.text(file), edits.filter((edit) => edit.file === file))); // biome-ignore format: one call
  for (const file of dependents(service, files)) {
    const [before, now] = [faults(service, file), faults(after, file)];
    const fresh = now.find(({ code }) => count(now, code) > count(before, code));
    if (fresh) return `${name} cannot stand for ${found.name.text}: ${fresh.text || fresh.title}`;
  }
  const moved = movedPlaces(edits);
  const first = moved.find(({ file }) => file === found.name.span.file) ?? moved[0]!;
  const thing = occurrenceAt(after.view(first.file), first.start);
  if (!thing) return `${name} would mean nothing here.`;
  const there = named(after, first.file, thing).map(({ name: { span } }) => `${span.file} ${span.start}`);
  const wanted = new Set(moved.map(({ file, start }) => `${file} ${start}`));
  if (there.length !== places.length || there.some((place) => !wanted.has(place)))
    return `${name} means something else already where ${found.name.text} stands.`;
  return undefined;
}

/** The specs that see any of these files. */
function dependents(service: Service, files: readonly string[]): string[] {
  const sees = (path: string) => service.view(path).checked.modules.some((module) => files.includes(module.path));
  return [...new Set([...files, ...service.specs().filter(sees)])];
}

const faults = (service: Service, path: string): readonly Diagnostic[] =>
  service.view(path).checked.diagnostics.filter(({ severity }) => severity === "error");

const count = (all: readonly Diagnostic[], code: string): number => all.filter((each) => each.code === code).length;

/** Where the edited places lie afterwards. */
function movedPlaces(edits: Edits): { file: string; start: number }[] {
  const shift = new Map<string, number>();
  const ordered = [...edits].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start));
  return ordered.map(({ file, start, end, text }) => {
    const by = shift.get(file) ?? 0;
    shift.set(file, by + text.length - (end - start));
    return { file, start: start + by };
  });
}
