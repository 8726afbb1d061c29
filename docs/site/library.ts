/** The standard library as the site tells of it: every declaration of std, its module checked as a spec is, and where the page of each lies. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { diskHost } from "../../cli/host.ts";
import { packageRoot } from "../../cli/version.ts";
import { check } from "../../compiler/check.ts";
import type { Checked } from "../../compiler/checked.ts";
import type { Declaration, Module } from "../../compiler/declarations.ts";
import { memoryHost } from "../../compiler/memory-host.ts";

const disk = diskHost(packageRoot);

/** Checks files whose entry is `main.neuro`, with std in reach. */
export const checkFiles = (files: Readonly<Record<string, string>>): Checked => check(memoryHost(files, disk), "main.neuro");

/** A module of std by the name that `use` gives it: `objectives`. */
export interface LibraryModule {
  readonly name: string;
  readonly module: Module;
  readonly checked: Checked;
  /** What the comment at its head says. */
  readonly about: string;
  /** Declarations that a spec may name: those that do not begin with `_`. */
  readonly declarations: readonly Declaration[];
}

/** Reads and checks every module of std. */
export function readLibrary(): readonly LibraryModule[] {
  const files = readdirSync(join(packageRoot, "stdlib")).filter((file) => file.endsWith(".neuro"));
  return files.sort().map((file) => {
    const checked = check(disk, `std/${file}`);
    const module = checked.entry;
    const declarations = [...module.declarations.values()].filter(({ name }) => !name.startsWith("_"));
    return { name: moduleName(module), module, checked, about: aboutOf(module), declarations };
  });
}

/** The lines of `//` that a file begins with. */
function aboutOf({ text }: Module): string {
  const head = /^(?:\/\/ .*\n)*/.exec(text)![0];
  return head.replace(/^\/\/ /gm, "").trim();
}

/** `objectives` of `std/objectives.neuro`. */
export const moduleName = (module: Module): string => module.path.replace(/^std\/|\.neuro$/g, "");

/** What the site calls a declaration of std: `objective`, `model`. */
export const wordOf = ({ word }: Declaration): string => (word === "architecture" ? "model" : word);

/** The page of a declaration of std. Names that differ in their capitals alone have pages that differ in more. */
export const pathOf = ({ module, name }: Declaration): string => `stdlib/${moduleName(module)}/${fileName(name)}.html`;
const fileName = (name: string): string => (/^\p{Lu}/u.test(name) ? `_${name}` : name);

/** The page of a std file's text; its line n is `#L<n>`. */
export const sourcePath = (module: Module): string => `source/${moduleName(module)}.html`;

/** The line of an offset, from 1. */
export const lineOf = (module: Module, offset: number): number => module.text.slice(0, offset).split("\n").length;

/** Where the head of a declaration stands: all before its body; the whole of a type. */
export function headOf({ module, node }: Declaration): { start: number; end: number } {
  const { start, end } = node.span;
  const inner =
    node.kind === "TypeDecl"
      ? undefined
      : (("body" in node ? node.body : undefined) ?? ("value" in node ? node.value : undefined));
  const head = module.text.slice(start, inner?.span.start ?? end).replace(/\s*(=|\{)?\s*$/, "");
  return { start, end: start + head.length };
}
