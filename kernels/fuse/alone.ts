/** Operations of attention: products along an axis of keys whose scores no other kernel sees. */
export const scoring: ReadonlySet<string> = new Set(["attention", "scoreLogSumExp"]);

/** Operations that are always the loop of a kernel of their own: a template computes them, and no other kernel's loop repeats them. */
export const alone: ReadonlySet<string> = new Set<string>([
  ...scoring,
  "scatterAdd",
  "cumsum",
  "topValues",
  "topIndices",
  "partialSquares",
]);

/** Operations whose kernels read operands through one table, however many there are; the operands lie in memory. */
export const tabled: ReadonlySet<string> = new Set(["partialSquares"]);
