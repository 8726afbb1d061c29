/**
 * What a judge was asked and what its reply says: a bare letter or number first, then one that is named as the answer, then the only one that stands alone as
 * a word. A letter inside of a word is none (of INCORRECT one must not read C), and `A` before a small word is an article. Knows nothing of servers.
 */

/** Which answer a reply prefers; undefined where it does not say. */
export function letterOf(reply: string): "A" | "B" | undefined {
  const lines = said(reply);
  for (const line of [lines.join("\n"), lines[0] ?? "", lines.at(-1) ?? ""]) {
    const bare = /^[\W_]*(?:answer\s+)?([AB])[\W_]*$/iu.exec(line)?.[1];
    if (bare) return bare.toUpperCase() as "A" | "B";
  }
  const named = [
    ...reply.matchAll(
      /\b(?:verdict|choice|winner|final answer|better answer)\b[\s:*"'(]*(?:is|=)?[\s:*"'(]*(?:answer\s+)?([AB])\b/giu,
    ),
  ];
  if (named.length > 0) return named.at(-1)![1]!.toUpperCase() as "A" | "B";
  const words = new Set(
    [...reply.matchAll(/(?<![\p{L}\p{N}_'])(A(?![ \t]+\p{Ll})|B)(?![\p{L}\p{N}_'])/gu)].map(([, letter]) => letter),
  );
  return words.size === 1 ? ([...words][0] as "A" | "B") : undefined;
}

/** The mark from 0 to 10 that a reply gives; undefined where it gives none. */
export function markOf(reply: string): number | undefined {
  const lines = said(reply);
  const number = String.raw`(-?\d+(?:[.,]\d+)?)`;
  const shapes = [lines.join("\n"), lines[0] ?? "", lines.at(-1) ?? ""].map((line) => new RegExp(String.raw`^[^\w-]*${number}(?:\s*(?:/|out of)\s*10)?[^\w]*$`, "iu").exec(line)); // biome-ignore format: one list
  const named = [
    ...reply.matchAll(new RegExp(String.raw`\b(?:mark|score|rating)\b[\s:*]*(?:is|of|=)?[\s:*]*${number}`, "giu")),
  ].at(-1);
  const only = [...reply.matchAll(new RegExp(String.raw`(?<![\w.,-])${number}(?![\w])`, "gu"))];
  const found = shapes.find((shape) => shape !== null) ?? named ?? (only.length === 1 ? only[0] : undefined);
  const mark = found ? Number(found[1]!.replace(",", ".")) : Number.NaN;
  return mark >= 0 && mark <= 10 ? mark : undefined;
}

/** The lines of a reply, without the thoughts that some servers leave in it. */
const said = (reply: string): string[] =>
  reply
    .replace(/^\s*<think>[\s\S]*?<\/think>\s*/, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
