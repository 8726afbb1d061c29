/** Measures trees without recursion, so that even a tree too deep to walk can be measured. */

/** The number of nodes on the longest way down from `root`, or some number above `limit` as soon as that is exceeded. */
export function depthOf(root: object, limit: number): number {
  let level: object[] = [root];
  let depth = 0;
  while (level.length > 0 && depth <= limit) {
    depth++;
    level = level.flatMap(children);
  }
  return depth;
}

/** The nodes directly below one, through lists. */
function children(node: object): object[] {
  return Object.values(node)
    .flat()
    .filter((value) => typeof value === "object" && value !== null && "kind" in value);
}
