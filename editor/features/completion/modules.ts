/** Offers of a `use`: modules of the standard library, files beside this one, and the names that they declare. */
import { relativePath } from "../../../compiler/modules.ts";
import type { View } from "../../service.ts";
import { firstSentence } from "../headline.ts";
import type { Caret } from "./caret.ts";
import type { Offer } from "./item.ts";
import { declared } from "./kinds.ts";
import { declaredIn, libraryOf } from "./library.ts";

/** `std.models` and the others; behind `std.` their own names. */
export function modules(view: View, { frames }: Caret): Offer[] {
  const dotted = frames[0]!.item.some(({ image }) => image === ".");
  return libraryOf(view.host).map(
    ({ name, doc }, rank): Offer => ({
      label: dotted ? name : `std.${name}`,
      kind: "module",
      insert: `${dotted ? name : `std.${name}`} { $0 }`,
      snippet: true,
      detail: firstSentence(doc),
      ...(doc ? { documentation: doc } : {}),
      rank,
    }),
  );
}

/** What the module of this `use` declares and is not named yet. */
export function imports(view: View, { frames, start }: Caret): Offer[] {
  const use = view.tree.decls.find((decl) => decl.kind === "Use" && decl.span.start <= start && start <= decl.span.end);
  const words = frames[0]!.item.slice(1).map(({ image }) => image);
  const path = use?.kind === "Use" ? use.path : words.join("").replaceAll('"', "");
  const taken = new Set(frames.at(-1)!.labels);
  if (use?.kind === "Use")
    for (const { name, span } of use.imports) if (start < span.start || span.end < start) taken.add(name.text);
  const relative = words[0]?.startsWith('"') ?? false;
  const all = relative
    ? ofFile(view, relativePath(view.path, path))
    : (libraryOf(view.host).find(({ name }) => `std.${name}` === path)?.declarations ?? []);
  return all.filter(({ name }) => !taken.has(name)).map((each) => declared(each, 0));
}

function ofFile(view: View, path: string) {
  if (!view.host.exists(path)) return [];
  const { tree } = view.service.parsed(path);
  return declaredIn(tree, view.service.text(path), path);
}

/** Files beside this one: specs after `use`, TypeScript after `from`. */
export function files(view: View, { word, typed }: Caret): Offer[] {
  const ending = word === "use" ? ".neuro" : ".ts";
  const all = new Set([...view.service.specs(), ...view.host.list(`**/*${ending}`)]);
  return [...all]
    .filter((path) => path.endsWith(ending) && path !== view.path && !path.includes("node_modules/"))
    .map((path): Offer => ({ label: relativeTo(view.path, path), kind: "file", rank: 0 }))
    .filter(({ label }) => label.startsWith(typed) || typed.length <= 2);
}

/** `./x.neuro`, as a file names one beside it. */
function relativeTo(from: string, path: string): string {
  const [here, there] = [from.split("/").slice(0, -1), path.split("/")];
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const up = here.length - shared;
  return `${up === 0 ? "./" : "../".repeat(up)}${there.slice(shared).join("/")}`;
}
