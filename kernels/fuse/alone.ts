/** Operations that are always the loop of a kernel of their own: a template computes them, and no other kernel's loop repeats them. */
export const alone: ReadonlySet<string> = new Set<string>(["scatterAdd", "cumsum", "topValues", "topIndices"]);
