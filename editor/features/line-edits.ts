/** From one text to another by whole lines, so that carets, marks and folds elsewhere stay where they are. */
import type { Change } from "../words.ts";

/** More comparisons than this are not worth their time: what lies between is replaced as a whole. */
const most = 4_000_000;

/** Replacements in `before` that give `after`, in the order of the text. */
export function lineEdits(before: string, after: string): Change[] {
  if (before === after) return [];
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [from, to] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const start = a.slice(0, head).join("").length;
  if (from.length * to.length > most) return [{ start, end: start + from.join("").length, text: to.join("") }];
  return hunks(from, to, start);
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** What a longest common subsequence of lines leaves on either side. */
function hunks(a: readonly string[], b: readonly string[], start: number): Change[] {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  const found: Change[] = [];
  let [i, j, at] = [0, 0, start];
  while (i < a.length || j < b.length) {
    const begin = at;
    let text = "";
    while ((i < a.length || j < b.length) && (i >= a.length || j >= b.length || a[i] !== b[j])) {
      if (j >= b.length || (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) at += a[i++]!.length;
      else text += b[j++]!;
    }
    if (at > begin || text !== "") found.push({ start: begin, end: at, text });
    if (i < a.length) {
      at += a[i]!.length;
      i++;
      j++;
    }
  }
  return found;
}
