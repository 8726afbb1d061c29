// Several texts in one row: where each place of a packed text belongs and stands, and how the tokens of an example are read back.
//
// Only a model's reading is packed. Around it an objective sees its rows as they are, so its means and metrics are the same numbers.
import * as k from "../../kernels/index.ts";
import { type Axis, axis, keyOf } from "../math/axis.ts";
import { multiply, symbol } from "../math/size.ts";
import { toKernel } from "../math/trace.ts";
import type { Feed, PackedText } from "./feeds.ts";

/** Rows that hold several examples each. */
export const packs: Axis = axis("packs", { size: symbol("packs") });

/** An input of a program: made once under its name. */
type Input = (name: string, dtype: k.DType, axes: readonly Axis[], feed: Feed) => k.Node;

/** One packed text: `[packs, <name>]` faces, and where each example's begins. */
export interface Packed {
  readonly axis: Axis;
  /** A face of every place. */
  readonly face: (as: Extract<Feed, { kind: "packed" }>["as"]) => k.Node;
  /** What stands at the places of examples: `[batch, <of>]` from `[packs, <name>, ..]`; `from` counts places after each example's first. */
  readonly back: (value: k.Node, of: Axis, from?: k.Node) => k.Node;
}

/** The packed text of a name. */
export function packedText(name: string, text: PackedText, batch: Axis, input: Input): Packed {
  const tokens = axis(name, { size: symbol(name), text: { id: name, name } });
  const room = { name: `${name}.all`, size: multiply(packs.size, tokens.size) };
  const last = () => k.sub(k.sizeOf(toKernel(axis(room.name, { size: room.size })).size, "i32"), 1);
  return {
    axis: tokens,
    face: (as) => input(`${name}.${as}`, "i32", [packs, tokens], { kind: "packed", text, as }),
    back(value, of, from) {
      const first = input(`${name}.place`, "i32", [batch], { kind: "place", text });
      const start = from ? k.add(first, from) : first;
      // Places of absent tokens are held inside; what is read there is not used.
      const at = k.minimum(k.add(start, k.iota(toKernel(of))), last());
      return k.gather(k.merge(value, [keyOf(packs), name], room.name), at, room.name);
    },
  };
}

/** What is known of the places of one packed text, under the text's own name. */
export class Places {
  readonly #text: Packed;

  constructor(text: Packed) {
    this.#text = text;
  }

  #named(as: "segment" | "position" | "given" | "part", a: Axis): k.Node {
    return k.rename(this.#text.face(as), { [this.#text.axis.name]: keyOf(a) });
  }

  /** Which example of its row each place belongs to, from 1; 0 where there is none. */
  segment(a: Axis): k.Node {
    return this.#named("segment", a);
  }

  position(a: Axis): k.Node {
    return this.#named("position", a);
  }

  part(a: Axis): k.Node {
    return this.#named("part", a);
  }

  /** Whether each place was given rather than told. */
  given(a: Axis): k.Node {
    return k.gt(this.#named("given", a), 0);
  }

  present(a: Axis): k.Node {
    return k.gt(this.segment(a), 0);
  }

  /** The place at which the text of each place begins. */
  starts(a: Axis): k.Node {
    return k.sub(k.iota(toKernel(a)), this.position(a));
  }
}
