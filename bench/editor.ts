/**
 * What typing costs in a large spec: `node bench/editor.ts [lines]` writes `editor.md` beside it. First the language service by itself, then the language
 * server beside TypeSpec's, each over standard input and output with a document of its own language and of as many lines.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largeSpec } from "./check.ts";
import { besides, type Side, type Told } from "./editor/beside.ts";
import { keystrokes, type Measured, memory, quantile, type Times } from "./editor/service.ts";
import { installTypespec, typespecOf } from "./editor/typespec.ts";

const lines = Number(process.argv[2] ?? 2_000);
const strokes = 60;

const ms = (times: Times, share: number): string => `${quantile(times, share).toFixed(1)} ms`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const alone = (measured: Measured): string =>
  table(
    ["", "median", "95 of 100", "most"],
    measured.map(([what, times]) => [what, ms(times, 0.5), ms(times, 0.95), ms(times, 1)]),
  );

function together(told: readonly Told[]): string {
  const rows = told[0]!.times.map(([what], at) => [
    what,
    ...told.map(({ times }) => `${ms(times[at]![1], 0.5)} (${ms(times[at]![1], 0.95)})`),
  ]);
  const held = ["memory that the process holds", ...told.map(({ resident }) => `${resident.toFixed(0)} MB`)];
  return table(["median (95 of 100)", ...told.map(({ name }) => name)], [...rows, held]);
}

/** The ends of words that other lines declare: a letter more, and the name is unknown. */
const ends = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((match) => match.index + match[0].length);

function neuroSide(text: string): Side {
  const folder = mkdtempSync(join(tmpdir(), "neuro-bench-editor-"));
  writeFileSync(join(folder, "main.neuro"), text);
  const args = [join(import.meta.dirname, "../bin/neuroc.mjs"), "lsp", "--stdio"];
  const words = ends(text, /(?<=[(,] )[a-z]\w*_\d+(?=[,)])/gu);
  return { name: "neuro", command: process.execPath, args, folder, file: "main.neuro", language: "neuro", text, words };
}

function typespecSide(text: string): { side: Side; version: string } {
  const { folder, version } = installTypespec();
  const project = join(folder, "spec");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "main.tsp"), text);
  const args = [join(folder, "node_modules/@typespec/compiler/cmd/tsp-server.js"), "--stdio"];
  const words = ends(text, /(?<=[:|] )(?:Thing|Part|Missing|Size)\d+/gu);
  const side = { command: process.execPath, args, folder: project, file: "main.tsp", language: "typespec", text, words };
  return { side: { name: `TypeSpec ${version}`, ...side }, version };
}

async function main(): Promise<void> {
  const spec = largeSpec(lines);
  const other = typespecOf(spec.split("\n").length);
  const measured = keystrokes(spec, 200);
  const heaps = memory(spec, 5_000, 5);
  console.error(`${alone(measured)}\n${JSON.stringify(heaps)}`);
  const neuro = neuroSide(spec);
  const told = await besides([neuro, typespecSide(other).side], strokes);
  rmSync(neuro.folder, { recursive: true });
  const page = `# Typing in a large spec

    node bench/editor.ts

A spec of ${spec.split("\n").length} lines (${spec.length} characters) with its standard library: the target example over and over, each time under names of its own. Letters are typed at the ends
of words all over it and taken out again. Two cores that had other work besides, Node ${process.versions.node}.

## The language service

${alone(measured)}

"To all diagnostics" has the parse in it. Completion and hover are asked of a text whose check is done. A keystroke reads the declarations that it touches again and checks those and what
mentions them; the whole text is what a first check costs in a warm process. That both find the same is what \`editor/fuzz.test.ts\` holds.

Heap in use over 5,000 random edits, always with the same text open when it is measured: ${heaps.map(([edits, mb]) => `${mb.toFixed(0)} MB after ${edits}`).join(", ")}.

## Beside TypeSpec's language server

Each server over standard input and output, in turn, keystroke by keystroke: ${strokes} keystrokes, TypeSpec with a document of ${other.split("\n").length} lines (${other.length} characters) of models, unions, templates
and interfaces. Requests are sent right behind the keystroke, so that the server has to read the text anew first. Both servers wait a moment of silence before they check; that is in the time
to a diagnostic.

${together(told)}
`;
  const target = join(import.meta.dirname, "editor.md");
  writeFileSync(`${target}.part`, page);
  renameSync(`${target}.part`, target);
  console.log(page);
}

await main();
