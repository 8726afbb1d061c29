/**
 * Several examples in one row: which row each example lies in, and what stands at each place of it. All texts of an example lie in the same row of
 * their inputs, no text is cut, and no row is longer than the window. Knows nothing of tokenizers or programs.
 */

/** Where one example's part of a text begins. */
export type Place = { readonly row: number; readonly start: number };

/** A batch, packed: the number of rows, and for each text its width and the place of each example. */
export type Packing = {
  readonly rows: number;
  readonly widths: ReadonlyMap<string, number>;
  readonly places: ReadonlyMap<string, readonly Place[]>;
};

/**
 * Rows for examples whose texts have these lengths (by text, in the order of examples; none longer than `window`): the longest first, each into the
 * first row where all its texts fit (first fit decreasing: Johnson 1973, within 11/9 of the fewest rows for one text). `round` gives widths.
 */
export function packed(
  lengths: ReadonlyMap<string, readonly number[]>,
  window: number,
  round: (length: number) => number = (length) => length,
): Packing {
  const names = [...lengths.keys()];
  const count = lengths.get(names[0]!)?.length ?? 0;
  const lengthsOf = (i: number): number[] => names.map((name) => lengths.get(name)![i]!);
  const size = (i: number): number => lengthsOf(i).reduce((most, length) => Math.max(most, length), 0);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => size(b) - size(a) || a - b);
  const filled: number[][] = [];
  const places = new Map(names.map((name) => [name, new Array<Place>(count)] as const));
  for (const i of order) {
    const own = lengthsOf(i);
    let row = filled.findIndex((used) => used.every((length, n) => length + own[n]! <= window));
    if (row < 0) row = filled.push(names.map(() => 0)) - 1;
    names.forEach((name, n) => {
      places.get(name)![i] = { row, start: filled[row]![n]! };
      filled[row]![n]! += own[n]!;
    });
  }
  const widest = (n: number): number => filled.reduce((most, used) => Math.max(most, used[n]!), 1);
  return { rows: filled.length, widths: new Map(names.map((name, n) => [name, round(widest(n))])), places };
}

/** The values of one face of a text: `value(example, place within it)` where an example stands, `none` elsewhere; row-major over rows and width. */
export function laidOut(
  packing: Packing,
  name: string,
  lengths: readonly number[],
  none: number,
  value: (example: number, at: number) => number,
): number[] {
  const width = packing.widths.get(name)!;
  const out = new Array<number>(packing.rows * width).fill(none);
  packing.places.get(name)!.forEach(({ row, start }, example) => {
    for (let at = 0; at < lengths[example]!; at++) out[row * width + start + at] = value(example, at);
  });
  return out;
}

/** The number of each example among those of its row, from 1, in the order in which they stand there. */
export function numbered(places: readonly Place[]): number[] {
  const inRow = new Map<number, number[]>();
  places.forEach(({ row }, example) => void inRow.set(row, [...(inRow.get(row) ?? []), example]));
  const numbers = places.map(() => 0);
  for (const examples of inRow.values()) {
    const ordered = examples.sort((a, b) => places[a]!.start - places[b]!.start || a - b);
    for (const [i, example] of ordered.entries()) numbers[example] = i + 1;
  }
  return numbers;
}
