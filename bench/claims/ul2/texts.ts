// Texts about one thing each, out of six: most of their words are of its kind, in twos that go together. What a text is about is what a classifier tells.
const kinds: Readonly<Record<string, readonly string[]>> = {
  sea: ["wave", "salt", "boat", "sail", "fish", "net", "tide", "gull"],
  farm: ["cow", "milk", "hen", "egg", "corn", "barn", "plow", "hay"],
  city: ["tram", "rail", "shop", "door", "lamp", "road", "park", "gate"],
  song: ["drum", "beat", "harp", "note", "horn", "tune", "bell", "ring"],
  cook: ["pan", "oil", "soup", "bowl", "cake", "oven", "rice", "pot"],
  snow: ["ice", "wind", "coat", "wool", "sled", "hill", "frost", "pine"],
};
const names = Object.keys(kinds);

/** Numbers in 0..1 that follow from a seed and a row (Park and Miller's generator, warmed up). */
function drawn(seed: number, row: number): () => number {
  let state = (seed * 7919 + row * 104729 + 1) % 2147483647;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}

function written(seed: number, row: number): { about: string; words: string[] } {
  const next = drawn(seed, row);
  const below = (n: number): number => Math.floor(next() * n);
  const about = names[below(names.length)]!;
  const words: string[] = [];
  while (words.length < 12) {
    const kind = kinds[next() < 0.75 ? about : names[below(names.length)]!]!;
    const at = 2 * below(4);
    words.push(kind[at]!, kind[at + 1]!);
  }
  return { about, words };
}

const rows = <T>(count: number, make: (row: number) => T): AsyncIterable<T> =>
  (async function* () {
    for (let row = 0; row < count; row++) yield make(row);
  })();

/** Texts alone. */
export const texts = (count: number, seed: number): AsyncIterable<{ text: string }> =>
  rows(count, (row) => ({ text: written(seed, row).words.join(" ") }));

/** What each text is about. */
export const labelled = (count: number, seed: number): AsyncIterable<unknown> =>
  rows(count, (row) => {
    const { about, words } = written(seed, row);
    return { prompt: [{ role: "user", content: words.join(" ") }], documents: [], answer: { text: about } };
  });

/** How each text goes on after its first half. */
export const continued = (count: number, seed: number): AsyncIterable<unknown> =>
  rows(count, (row) => {
    const { words } = written(seed, row);
    return {
      prompt: [{ role: "user", content: words.slice(0, 6).join(" ") }],
      documents: [],
      answer: { text: words.slice(6).join(" ") },
    };
  });
