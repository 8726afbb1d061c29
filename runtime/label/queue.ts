/**
 * The files of a set of labels: `labels/<name>.todo.jsonl` waits to be answered, `labels/<name>.jsonl` is what was. A line that got its `p` moves from
 * one to the other, its answers back on the sides that they had before they were drawn; nothing that anybody wrote is lost. Knows nothing of ranks.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJsonl } from "../data/jsonl.ts";
import { malformed, type Row, toRow } from "../data/row.ts";
import { NeuroError } from "../error.ts";
import { readText, writeAtomically } from "../files.ts";
import type { Chosen } from "./choose.ts";
import { likeLabel, nameOf, type Pair, pairOf, turned } from "./pair.ts";

/** A line that was answered. */
export type Answered = Pair & { readonly aspect: string; readonly p: number };

/** A line of a file: as it stands, its pair's name and what it holds, and its place. */
export type Line = { readonly value: Record<string, unknown>; readonly pair: string; readonly row: Pair; readonly place: string };

/** A set of labels by its name, below the spec's folder. */
export class Queue {
  readonly #waiting: string;
  readonly #answered: string;
  readonly #aspects: readonly string[];

  /** `aspects` are what is asked about each pair. Throws `label_name`. */
  constructor(root: string, name: string, aspects: readonly string[]) {
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name))
      throw new NeuroError("label_name", `${JSON.stringify(name)} cannot be the name of a set of labels.`, {
        hint: "Use letters, digits, dots and dashes.",
      });
    this.#waiting = join(root, "labels", `${name}.todo.jsonl`);
    this.#answered = join(root, "labels", `${name}.jsonl`);
    this.#aspects = aspects;
  }

  /** The pairs that were asked about, whether or not they were answered. */
  async known(): Promise<Set<string>> {
    return new Set([...(await linesOf(this.#waiting)), ...(await linesOf(this.#answered))].map(({ pair }) => pair));
  }

  /**
   * Sees to it that every chosen pair is asked about or answered, and gives the answers. Throws `row_malformed` for a line whose `p` is no share or
   * whose aspect nobody declared, naming it; `cannot_write`.
   */
  async settle(
    chosen: readonly Chosen[],
  ): Promise<{ readonly answers: ReadonlyMap<string, readonly Answered[]>; readonly waiting: number }> {
    const waiting = await linesOf(this.#waiting);
    const before = await linesOf(this.#answered);
    const told = new Set(before.map(answerName));
    const filled = waiting.filter(({ value }) => value.p !== null && value.p !== undefined);
    const moved = filled.map((line) => this.#answer(line)).filter((answer) => !told.has(answerName(answer)));
    // What was said goes first into the one file and only then out of the other: a process that is killed in between loses nothing.
    if (moved.length > 0) this.#append(moved);
    const answers = Map.groupBy([...before.map((line) => this.#answer(line)), ...moved], ({ pair }) => pair);
    const open = waiting.filter(({ value }) => value.p === null || value.p === undefined);
    const has = new Set([...open, ...before, ...moved].map((line) => `${line.pair} ${String(line.value.aspect)}`));
    const asked = chosen.flatMap((each) =>
      this.#aspects.filter((aspect) => !has.has(`${each.pair} ${aspect}`)).map((aspect) => lineOf(each, aspect)),
    );
    if (filled.length > 0 || asked.length > 0)
      writeAtomically(
        this.#waiting,
        [...open.map(({ value }) => value), ...asked].map((line) => `${JSON.stringify(line)}\n`).join(""),
      );
    const rows = new Map([...answers].map(([pair, lines]) => [pair, lines.map(({ row }) => row as Answered)]));
    return { answers: rows, waiting: chosen.filter(({ pair }) => !answers.has(pair)).length };
  }

  #append(moved: readonly Line[]): void {
    const text = existsSync(this.#answered) ? readText(this.#answered) : "";
    const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    writeAtomically(this.#answered, [whole, ...moved.map(({ value }) => `${JSON.stringify(value)}\n`)]);
  }

  /** A line with what was said, its answers on the sides that they had. */
  #answer({ value, pair, row, place }: Line): Line {
    const { p, aspect } = value;
    if (typeof p !== "number" || !(p >= 0 && p <= 1))
      throw malformed(
        place,
        `has ${JSON.stringify(p) ?? "nothing"} as \`p\`, not the share (0 to 1) that prefers the left answer`,
        likeLabel(this.#aspects[0]),
      );
    if (typeof aspect !== "string" || (this.#aspects.length > 0 && this.#aspects[0] !== "" && !this.#aspects.includes(aspect)))
      throw malformed(
        place,
        `has ${JSON.stringify(aspect) ?? "nothing"} as \`aspect\`, none of ${this.#aspects.join(", ")}`,
        likeLabel(this.#aspects[0]),
      );
    if (value.sides !== "turned") return { value, pair, row, place };
    const back = turned(row);
    const { sides: _, left, right, ...rest } = value;
    return {
      value: { ...rest, left: right, right: left, p: 1 - p, shown: "turned" },
      pair,
      row: { ...back, shown: "turned" },
      place,
    };
  }
}

/** What a person sees: texts, without what models keep beside them. */
function lineOf({ pair, row, turned: sides, random }: Chosen, aspect: string): Record<string, unknown> {
  const [left, right] = sides ? [row.right, row.left] : [row.left, row.right];
  return {
    pair,
    prompt: row.prompt,
    documents: row.documents,
    left: left.text,
    right: right.text,
    aspect,
    p: null,
    annotator: null,
    chosen: random ? "random" : "rank",
    ...(sides && { sides: "turned" }),
  };
}

const answerName = ({ pair, value }: Line): string => `${pair} ${String(value.aspect)} ${String(value.annotator ?? "")}`;

/** The lines of a file of pairs; none where there is no file. Throws what reading rows throws. */
export async function linesOf(path: string): Promise<Line[]> {
  if (!existsSync(path)) return [];
  const lines: Line[] = [];
  for await (const { value, place } of readJsonl(path)) {
    const row: Row = toRow(value, place);
    const pair = pairOf(row, "label");
    lines.push({ value: value as Record<string, unknown>, pair: nameOf(pair), row: pair, place });
  }
  return lines;
}
