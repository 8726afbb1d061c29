/** Real specs to edit: those of the examples, the language page's and the library's, each with a module and a TypeScript file of its own beside it. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { library, stdFiles } from "../../compiler/tests/library.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Files of one workspace; the program begins at `main.neuro`. */
export type World = Readonly<{ [path: string]: string }>;

/** A module that a spec uses, and that uses nothing. */
const own = `/// What kind of thing it is.
type Kind = near | far

/// Twice a number.
fn doubled(x: Float) -> Float = x * 2

extern fn ranked(query: Text, limit: Int = 3) -> List<Text> from "./ranked.ts"

fn γ(x: Float) -> Float {
  half = doubled(x) / 4
  half + 1
}
`;

const ranked = `export function ranked(query: string, { limit = 3 }: { limit?: number }): string[] {
  return [query].slice(0, limit);
}
`;

/** A line that a spec uses its module with. */
const using = `
use "./own.neuro" { doubled, Kind, ranked, γ as gamma }

fn tripled(x: Float) -> Float = doubled(x) + gamma(x) * 3
type Place = { kind: Kind, title: Text }
fn best(query: Text) -> List<Text> = ranked(query, limit: 2)
`;

const specs: readonly string[] = [
  read("compiler/tests/neuro.neuro"),
  ...globSync("examples/*/main.neuro", { cwd: root }).sort().map(read),
  ...stdFiles.filter((path) => !path.endsWith("prelude.neuro")).map((path) => library.read(path)!),
];

/** TypeScript beside the examples' specs, so that their externs are compared with something. */
const beside: World = Object.fromEntries(
  globSync("examples/neuro/*.ts", { cwd: root }).map((path) => [path.replace(/^examples\/neuro\//, ""), read(path)]),
);

/** A workspace around one of the specs. */
export function worldOf(draw: (below: number) => number): World {
  const spec = specs[draw(3) > 0 ? draw(2) : draw(specs.length)]!;
  return { ...beside, "main.neuro": spec + using, "own.neuro": own, "ranked.ts": ranked };
}

/** What is pasted comes from any of them. */
export const sources: readonly string[] = [...specs, own, using];
