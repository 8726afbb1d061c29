/**
 * Where the new tokens of a decoding step stand, and what of the past they may see: all rows at one place or each at its own, the
 * tokens one after another or as the branches of a tree. Knows nothing of what is computed at those places.
 */
import { add, and, cast, eq, gt, lt, maximum, minimum, mul, or, select, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import type { Axis, Node } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { rename } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { constant, input, iota, sizeInput, sizeOf } from "../ir/source.ts";

/** The size of what came before, in every step: of the longest row. */
export const past = "past";
/** How many places the caches have. */
export const capacity = "capacity";

/** What is known of the new tokens. */
export interface Coming {
  /** The text's axis with as many places as there are new tokens. */
  readonly text: Axis;
  /** The axis of rows, where each row stands at a place of its own. */
  readonly rows?: Axis;
  /** Nothing came before. */
  readonly start: boolean;
  /** With rows, each has as many real tokens as the input `count` says; the rest is padding on the right. */
  readonly counted: boolean;
  /** The tokens are a tree: the input `tree` says of each which are on the way to it. */
  readonly tree: boolean;
}

/** The axis of the tokens that stand on the way to one, in a tree. */
const way = "tree";

export class Places {
  /** How many tokens came before: a number, or one for each row. */
  readonly at: Node;
  /** How many of the new tokens are real. */
  readonly count: Node;
  /** Positions (i32) of the new tokens. */
  readonly query: Node;
  /** In a tree: 1 where a token is on the way to another or itself (f32, rows, text, way). */
  readonly ways: Node | undefined;
  /** In a tree: how many tokens stand before each on its way (i32). */
  readonly depth: Node | undefined;
  private readonly coming: Coming;

  constructor(coming: Coming) {
    const { text, rows, start, counted, tree } = coming;
    this.coming = coming;
    const fresh = sizeOf(text.size, "i32");
    this.at = start ? constant(0, "i32") : rows ? input("at", "data", "i32", [rows]) : sizeInput(past);
    this.count = counted && rows ? input("count", "data", "i32", [rows]) : fresh;
    if (tree) {
      const given = input("tree", "data", "f32", [...(rows ? [rows] : []), text, { name: way, size: text.size }]);
      this.ways = cast(gt(given, 0), "f32");
      this.depth = sub(cast(sum(this.ways, [way]), "i32"), 1);
    }
    this.query = start ? iota(text) : add(this.depth ?? iota(text), this.at);
  }

  /** Positions (i32) of what is kept along a twin of the text. */
  key(twin: Axis): Node {
    const place = iota(twin);
    if (!this.depth) return place;
    const depth = gather(rename(this.depth, { [this.coming.text.name]: way }), this.among(place), way);
    return select(lt(place, this.at), place, add(depth, this.at));
  }

  /** Which kept places exist for a new token: those of its row, and among the new ones of a tree those on the way to it. */
  visible(twin: Axis): Node {
    const place = iota(twin);
    const exists = lt(place, add(this.at, this.count));
    if (!this.ways) return exists;
    return and(exists, or(lt(place, this.at), gt(gather(this.ways, this.among(place), way), 0)));
  }

  /** In a tree, x summed along the way to each token, itself included. */
  along(x: Node): Node {
    const values = rename(x.dtype === "f32" ? x : cast(x, "f32"), { [this.coming.text.name]: way });
    const total = sum(mul(this.ways!, values), [way]);
    return x.dtype === "f32" ? total : cast(total, x.dtype);
  }

  /** In a tree, the place among the new tokens of the one `back` steps before each on its way (0 where that came before all). */
  before(back: number): Node {
    const depth = rename(this.depth!, { [this.coming.text.name]: way });
    const there = mul(this.ways!, cast(eq(depth, sub(this.depth!, back)), "f32"));
    return cast(sum(mul(there, cast(iota({ name: way, size: this.coming.text.size }), "f32")), [way]), "i32");
  }

  /** Kept places as places among the new tokens, held within them. */
  private among(place: Node): Node {
    return maximum(minimum(sub(place, this.at), sub(sizeOf(this.coming.text.size, "i32"), 1)), 0);
  }
}

/** How many places of the caches may be looked at, the new ones included. */
export const seen = (coming: Coming, plus: (a: Size, b: Size) => Size): Size =>
  coming.start ? coming.text.size : plus(past, coming.text.size);
