/**
 * Beam search: several answers to a row are written side by side, and the likeliest is kept, its log-probability divided by a power of its
 * length (Wu et al. 2016, section 7, without their constant). Knows nothing of devices, prompts or text.
 */
import type { Decoding, Writer, Written } from "./decode.ts";

/** One answer being written. `place` is its row in the writer. */
type Beam = {
  readonly tokens: readonly number[];
  readonly logps: readonly number[];
  readonly total: number;
  readonly place: number;
};

/** How many beams, and the power of the length that their scores are divided by. */
export type BeamSettings = { readonly width: number; readonly power: number };

/** Writes every row of the writer with `width` beams. Throws the signal's reason when it is aborted. */
export async function beamSearch(writer: Writer, decoding: Decoding, { width, power }: BeamSettings): Promise<Written[]> {
  const count = writer.rows;
  // Place row * width + i is the i-th beam of a row; at first only one of them is alive, or all would write the same.
  await writer.select(Array.from({ length: count * width }, (_, place) => Math.floor(place / width)));
  let live: Beam[][] = Array.from({ length: count }, (_, row) => [{ tokens: [], logps: [], total: 0, place: row * width }]);
  const ended: Beam[][] = live.map(() => []);
  const score = (beam: Beam): number => beam.total / Math.max(1, beam.tokens.length) ** power;
  for (let step = 0; step < decoding.most && live.some((beams) => beams.length > 0); step++) {
    decoding.signal?.throwIfAborted();
    const last = Array.from({ length: count * width }, () => decoding.end);
    for (const beam of live.flat()) last[beam.place] = beam.tokens.at(-1) ?? decoding.begin;
    const next = await writer.next(last);
    const vocab = next.length / (count * width);
    const moves = Array.from({ length: count * width }, (_, place) => place);
    live = live.map((beams, row) => {
      const candidates = grown(beams, next, vocab, width, decoding, row);
      const finished = candidates.filter((beam) => isOver(beam, decoding, row));
      ended[row] = best([...ended[row]!, ...finished], width, score);
      const going = candidates.filter((beam) => !isOver(beam, decoding, row)).slice(0, width);
      // A beam that goes on can only lose probability, so one whose best future is behind the last of those that ended is given up.
      const worst = ended[row]!.length < width ? Number.NEGATIVE_INFINITY : score(ended[row]!.at(-1)!);
      const kept = going.filter((beam) => beam.total / decoding.most ** power > worst);
      return kept.map((beam, i) => {
        moves[row * width + i] = beam.place;
        return { ...beam, place: row * width + i };
      });
    });
    if (moves.some((from, to) => from !== to)) await writer.reorder(moves);
  }
  return ended.map((beams, row) => {
    const { tokens, logps } = best([...beams, ...live[row]!], 1, score)[0]!;
    tokens.forEach((id, i) => void decoding.onToken?.(row, id, tokens.slice(0, i + 1)));
    return { tokens, logps, ended: tokens.at(-1) === decoding.end };
  });
}

/** The likeliest continuations of beams, best first: twice as many as beams, so that enough go on when half of them end. */
function grown(
  beams: readonly Beam[],
  next: Float32Array,
  vocab: number,
  width: number,
  decoding: Decoding,
  row: number,
): Beam[] {
  const found = beams.flatMap((beam) => {
    const odds = next.subarray(beam.place * vocab, (beam.place + 1) * vocab);
    const allowed = decoding.allow?.(row, beam.tokens);
    return likeliest(odds, 2 * width, allowed).map((id) => ({
      tokens: [...beam.tokens, id],
      logps: [...beam.logps, odds[id]!],
      total: beam.total + odds[id]!,
      place: beam.place,
    }));
  });
  return best(found, 2 * width, (beam) => beam.total);
}

/** The ids of the `most` largest, the smaller id first among equals. */
function likeliest(odds: Float32Array, most: number, allowed?: (id: number) => boolean): number[] {
  const top: number[] = [];
  for (let id = 0; id < odds.length; id++) {
    if (top.length === most && odds[id]! <= odds[top.at(-1)!]!) continue;
    if (allowed !== undefined && !allowed(id)) continue;
    const at = top.findIndex((other) => odds[other]! < odds[id]!);
    top.splice(at < 0 ? top.length : at, 0, id);
    if (top.length > most) top.pop();
  }
  return top;
}

function best(beams: readonly Beam[], most: number, score: (beam: Beam) => number): Beam[] {
  return [...beams].sort((a, b) => score(b) - score(a)).slice(0, most);
}

function isOver(beam: Beam, decoding: Decoding, row: number): boolean {
  return beam.tokens.at(-1) === decoding.end || decoding.stops?.(row, beam.tokens) === true;
}
