/** How far two results are apart, for tests and measurements. */

/**
 * The largest difference between values, relative to the largest of what is expected, or to `least` when that is larger. Values that
 * are the same, infinities too, do not differ; a NaN, or another number of values, differs by infinity.
 */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>, least = 1): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [scale, worst] = [least, 0];
  for (let i = 0; i < expected.length; i++) if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(found[i], expected[i])) continue;
    const apart = Math.abs(found[i]! - expected[i]!) / scale;
    worst = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(worst, apart);
  }
  return worst;
}
