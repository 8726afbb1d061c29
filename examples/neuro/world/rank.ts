/** Orders pages by the words they share with a question (BM25), as the index does while serving. */

/** Lower-case words cut to a stem of six letters, enough for Russian endings. */
export function stems(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((w) => w.slice(0, 6));
}

/** One score per text, higher is better (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75). */
export function scores(question: string, texts: readonly string[]): number[] {
  const docs = texts.map(stems);
  const mean = docs.reduce((n, d) => n + d.length, 0) / Math.max(1, docs.length);
  const words = [...new Set(stems(question))];
  const counts = docs.map((d) => words.map((w) => d.reduce((n, x) => n + (x === w ? 1 : 0), 0)));
  const idf = words.map((_, j) => {
    const n = counts.reduce((sum, c) => sum + ((c[j] ?? 0) > 0 ? 1 : 0), 0);
    return Math.log(1 + (docs.length - n + 0.5) / (n + 0.5));
  });
  return docs.map((d, i) => {
    const norm = 1.2 * (0.25 + (0.75 * d.length) / mean);
    return words.reduce((sum, _, j) => {
      const f = counts[i]?.[j] ?? 0;
      return sum + ((idf[j] ?? 0) * f * 2.2) / (f + norm);
    }, 0);
  });
}
