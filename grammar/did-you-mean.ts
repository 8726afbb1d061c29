/** Guesses which known word a misspelt one stood for. It knows words, not where they come from. */

/**
 * The candidate nearest to `word`, or undefined when none is near enough to be worth saying.
 * Nearness is the Damerau distance (optimal string alignment) without regard to case; one edit is allowed for words of up to four
 * characters, and a third of the length for longer ones. Among equals the one that begins alike wins, then the first given.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const asked = [...word.normalize("NFC").toLowerCase()].slice(0, 64);
  const limit = Math.max(1, Math.floor(asked.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const other = [...candidate.toLowerCase()];
    if (Math.abs(other.length - asked.length) > limit) continue;
    const edits = distance(asked, other) - (other[0] === asked[0] ? 0.5 : 0);
    if (edits < least && edits < Math.max(asked.length, other.length) - 0.5) {
      best = candidate;
      least = edits;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
function distance(a: readonly string[], b: readonly string[]): number {
  let before: number[] = [];
  let above = b.map((_, j) => j).concat(b.length);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2]! + 1);
      row.push(edits);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
