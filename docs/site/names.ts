/** Words that are told of somewhere in the site, by how they are written in code: of the library, of mathematics, diagnostics and verbs. */

import { verbs } from "../../cli/verbs.ts";
import { diagnosticPages } from "../../compiler/index.ts";
import { builtins } from "../../compiler/math/builtins/index.ts";
import { type LibraryModule, pathOf } from "./library.ts";

/** The page of a word in backticks, or undefined: `dpo`, `std.objectives`, `axes_differ`, `neuroc serve`; of a call that of what is called. */
export type Names = (code: string) => string | undefined;

/** Every word that has a page. A name that two modules declare has none. */
export function namesOf(modules: readonly LibraryModule[]): Names {
  const found = new Map<string, string | undefined>();
  const add = (word: string, path: string) => found.set(word, found.has(word) ? undefined : path);
  for (const { name, declarations } of modules) {
    add(`std.${name}`, `stdlib/${name}/index.html`);
    for (const each of declarations) add(each.name, pathOf(each));
  }
  for (const { code } of diagnosticPages()) if (!found.has(code)) found.set(code, `diagnostics/${code}.html`);
  for (const verb of Object.keys(verbs)) found.set(`neuroc ${verb}`, `cli/${verb}.html`);
  return (code) => {
    const called = /^([\p{L}_][\p{L}\p{N}_]*)\(/u.exec(code)?.[1] ?? "";
    const math = builtins.has(called) && !found.has(called) ? `mathematics.html#${called}` : undefined;
    return found.get(code) ?? found.get(/^neuroc \w+/.exec(code)?.[0] ?? called) ?? math;
  };
}
