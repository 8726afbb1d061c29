/**
 * Beams of drafted tokens as one tree: what they begin with in common stands once, so that one pass verifies them all (Cheng et al. 2024,
 * "Recurrent Drafter", section 3.2). Knows nothing of models.
 */

/** A tree of tokens in an order in which each stands behind its parent. */
export type TokenTree = {
  readonly tokens: readonly number[];
  /** The place of the token before each on its way; -1 for those that follow the text so far. */
  readonly parents: readonly number[];
  /** For every beam, the places of its tokens. */
  readonly places: readonly (readonly number[])[];
};

/** Packs beams (lists of tokens of any lengths) into a tree. */
export function packed(beams: readonly (readonly number[])[]): TokenTree {
  const tokens: number[] = [];
  const parents: number[] = [];
  const known = new Map<string, number>();
  const places = beams.map((beam) => {
    let parent = -1;
    return beam.map((token) => {
      const key = `${parent} ${token}`;
      const place = known.get(key) ?? tokens.push(token) - 1;
      if (!known.has(key)) {
        known.set(key, place);
        parents.push(parent);
      }
      parent = place;
      return place;
    });
  });
  return { tokens, parents, places };
}

/** The places on the way to a token of the tree, its own last. */
export function wayTo({ parents }: Pick<TokenTree, "parents">, place: number): number[] {
  const way: number[] = [];
  for (let at = place; at >= 0; at = parents[at]!) way.unshift(at);
  return way;
}

/** What a verification's input `tree` holds for a row, row-major [tokens, tokens]: 1 where a token is on the way to another or itself. */
export function waysOf(tree: Pick<TokenTree, "parents">): Float32Array {
  const count = tree.parents.length;
  const ways = new Float32Array(count * count);
  for (let place = 0; place < count; place++) for (const at of wayTo(tree, place)) ways[place * count + at] = 1;
  return ways;
}

/**
 * The longest way whose every token is the likeliest one after those before it: `best` is the likeliest token after each place, `first`
 * the one after the text so far. Gives the places, and the model's own token after them.
 */
export function accepted(tree: TokenTree, first: number, best: readonly number[]): { path: number[]; next: number } {
  const path: number[] = [];
  for (let next = first; ; ) {
    const parent = path.at(-1) ?? -1;
    const place = tree.tokens.findIndex((token, i) => token === next && tree.parents[i] === parent);
    if (place < 0) return { path, next };
    path.push(place);
    next = best[place]!;
  }
}
