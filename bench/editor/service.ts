/** The language service by itself, in this process: what each keystroke costs, what answers cost, and whether memory stays what it is. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { check } from "../../compiler/index.ts";
import { hostOf } from "../../compiler/tests/library.ts";
import { completion } from "../../editor/features/completion.ts";
import { hover } from "../../editor/features/hover.ts";
import { Service } from "../../editor/service.ts";
import { editing, numbers } from "../../editor/tests/edits.ts";
import { parse } from "../../grammar/index.ts";

const path = "main.neuro";

/** Times of one kind of work, in milliseconds. */
export type Times = readonly number[];

/** The value below which a share of the times lies. */
export const quantile = (times: Times, share: number): number =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;

/** Work with its name as a person would call it. */
export type Measured = readonly (readonly [what: string, times: Times])[];

const timed = (times: number[], work: () => unknown): void => {
  const start = performance.now();
  work();
  times.push(performance.now() - start);
};

/** Letters typed inside words and taken out again all over the text, and names asked about. */
export function keystrokes(text: string, count: number): Measured {
  const service = new Service(hostOf({}));
  const words = [...text.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)].map((match) => match.index + match[0].length);
  const draw = numbers(7);
  const [parsed, checked, completed, hovered, parses, checks] = [[], [], [], [], [], []] as number[][];
  service.open(path, text);
  service.view(path);
  for (let at = 0; at < count; at++) {
    const end = words[draw(words.length)]!;
    for (const now of [`${text.slice(0, end)}x${text.slice(end)}`, text]) {
      const start = performance.now();
      service.open(path, now);
      service.parsed(path);
      parsed!.push(performance.now() - start);
      service.view(path);
      checked!.push(performance.now() - start);
    }
    timed(completed!, () => completion(service.view(path), end));
    timed(hovered!, () => hover(service.view(path), end));
    if (at % 20 > 0) continue;
    timed(parses!, () => parse(text, path));
    timed(checks!, () => check(hostOf({ [path]: text }), path));
  }
  return [
    ["a keystroke, to syntax errors", parsed!],
    ["a keystroke, to all diagnostics", checked!],
    ["completion", completed!],
    ["hover", hovered!],
    ["for comparison: the whole text parsed", parses!],
    ["for comparison: the whole text checked", checks!],
  ];
}

/** Megabytes of the heap in use, after what is unused was collected. */
function heap(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** The heap before and during random edits, the text checked after each: `[edits, megabytes]`. */
export function memory(text: string, edits: number, steps: number): [number, number][] {
  const service = new Service(hostOf({}));
  const next = editing(text, [text], numbers(11), true);
  service.open(path, text);
  service.view(path);
  const found: [number, number][] = [[0, heap()]];
  for (let done = 1; done <= edits; done++) {
    service.open(path, next());
    service.view(path);
    if (done % (edits / steps) > 0) continue;
    // The same text each time: what is left is what the edits leave behind.
    const now = service.text(path);
    service.open(path, text);
    service.view(path);
    found.push([done, heap()]);
    service.open(path, now);
  }
  return found;
}
