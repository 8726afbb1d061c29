/**
 * A guide as a newcomer follows it: blocks that name a file are written, commands are run one by one in an empty folder, and a block of text behind
 * commands is what they must print. A line `..` stands for any lines.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A fenced block of a guide: the words behind its fence, its text, and the line it begins on. */
export interface Block {
  readonly language: string;
  /** A file's name, `fragment`, `wrong` with a code, `later`, or nothing. */
  readonly marks: readonly string[];
  readonly text: string;
  readonly line: number;
}

/** The blocks of a guide, in order. */
export function blocksOf(name: string): Block[] {
  const page = readFileSync(join(import.meta.dirname, `${name}.md`), "utf8");
  return [...page.matchAll(/^```(\w*) *(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    marks: match[2]!.split(" ").filter((word) => word !== ""),
    text: match[3]!,
    line: page.slice(0, match.index).split("\n").length,
  }));
}

/** The file that a block is, or undefined. */
export const fileOf = ({ marks }: Block): string | undefined => (marks[0]?.includes(".") ? marks[0] : undefined);

/** What was printed and what the guide says of it; `missing` are lines of the guide that were not printed, in order. */
export interface Played {
  readonly line: number;
  readonly status: number;
  readonly output: string;
  readonly missing: readonly string[];
}

const neuroc = join(import.meta.dirname, "../../bin/neuroc.mjs");

function run(command: string, folder: string): Promise<{ status: number; output: string }> {
  const line = command.replaceAll("npx neuroc", `'${process.execPath}' '${neuroc}'`).replace(/^node /, `'${process.execPath}' `);
  return new Promise((resolve) => {
    execFile("bash", ["-c", `{ ${line}; } 2>&1`], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } }, (error, output) =>
      resolve({ status: error ? Number(error.code ?? 1) : 0, output }),
    );
  });
}

/** Two lines say the same: words alike, and numbers that are measured or learned within a third of each other. */
export function alike(told: string, printed: string): boolean {
  const [a, b] = [told, printed].map((line) => line.trim().split(/\s+/));
  if (a!.at(-1) === "..") return a!.slice(0, -1).every((word, i) => same(word, b![i] ?? ""));
  return a!.length === b!.length && a!.every((word, i) => same(word, b![i]!));
}

function same(told: string, printed: string): boolean {
  if (told === printed) return true;
  const number = /^(-?\d[\d,]*(?:\.\d+)?)(\D*)$/;
  const [a, b] = [number.exec(told), number.exec(printed)];
  if (!a || !b || a[2] !== b[2]) return false;
  const [x, y] = [a[1]!, b[1]!].map((text) => Number(text.replaceAll(",", "")));
  return Math.abs(x! - y!) <= Math.max(0.15, Math.max(Math.abs(x!), Math.abs(y!)) / 3);
}

/** Lines of the guide that do not stand in the output, in their order; times (`3.1 s`) may be any. */
function missingOf(told: string, output: string): string[] {
  const timeless = (line: string) => line.replace(/\d+(?:\.\d+)? (s|ms|min)\b/g, "# $1");
  const printed = output.split("\n").map(timeless);
  let at = 0;
  return told
    .trimEnd()
    .split("\n")
    .filter((line) => {
      if (line === ".." || line.trim() === "") return false;
      const found = printed.findIndex((each, i) => i >= at && alike(timeless(line), each));
      if (found >= 0) at = found + 1;
      return found < 0;
    });
}

/** Follows a guide in an empty folder. Commands marked `later` are for a reader, not for a test. */
export async function replay(name: string, folder: string): Promise<Played[]> {
  const played: Played[] = [];
  const blocks = blocksOf(name);
  for (const [at, block] of blocks.entries()) {
    const file = fileOf(block);
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), block.text);
    }
    if (block.language !== "sh" || block.marks.includes("later")) continue;
    let output = "";
    let status = 0;
    for (const command of block.text.trim().split("\n")) {
      const result = await run(command, folder);
      output += result.output;
      status = Math.max(status, result.status);
    }
    const next = blocks[at + 1];
    const told = next?.language === "text" ? next.text : "";
    played.push({ line: block.line, status, output, missing: missingOf(told, output) });
  }
  return played;
}
