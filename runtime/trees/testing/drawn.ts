/** Forests and documents drawn by a seed, with all that is awkward: missing values, infinities, values that are borders. */
import { type Stream, stream } from "../../random.ts";
import type { Feature, Forest, Tree } from "../model.ts";

/** A forest of random trees over features of so many distinct borders. */
export function drawnForest(seed: number, shape: { trees: number; features: number; borders: number; depth: number }): Forest {
  const draw = stream(seed, "forest");
  const features = Array.from(
    { length: shape.features },
    (_, column): Feature => ({
      name: `f${column}`,
      column,
      borders: Float32Array.from(new Set(Array.from({ length: shape.borders }, () => Math.fround(draw.normal())))).sort(),
      missing: column % 2 === 0 ? "below" : "above",
    }),
  );
  const trees = Array.from({ length: shape.trees }, (): Tree => {
    const splits = Array.from({ length: shape.depth }, () => {
      const feature = draw.below(features.length);
      return { feature, border: draw.below(features[feature]!.borders.length) };
    });
    return {
      splits,
      leaves: Float64Array.from({ length: 2 ** shape.depth }, () => draw.normal()),
      weights: new Float64Array(2 ** shape.depth).fill(1),
    };
  });
  return { features, trees, scale: 0.5, bias: 0.25 };
}

/** Values for documents, a column per feature. */
export function drawnColumns(seed: number, columns: number, count: number): Float32Array[] {
  const draw = stream(seed, "columns", count);
  return Array.from({ length: columns }, () => Float32Array.from({ length: count }, () => drawnValue(draw)));
}

function drawnValue(draw: Stream): number {
  const kind = draw.below(20);
  if (kind === 0) return Number.NaN;
  if (kind === 1) return Number.POSITIVE_INFINITY;
  if (kind === 2) return Number.NEGATIVE_INFINITY;
  return draw.normal();
}
