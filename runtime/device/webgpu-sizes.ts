/** A plan for given sizes: the words of its uniform blocks, how many workgroups each step takes, and how large its temporaries are. */
import { arena } from "../../kernels/arena.ts";
import { type Binding, evaluate } from "../../kernels/index.ts";
import { type WgslPlan, workgroups } from "../../kernels/render/wgsl-plan.ts";

/** What of a run follows from sizes alone. */
export interface Sized {
  readonly binding: Binding;
  /** All uniform blocks, each at a multiple of `blockWords`; numbers among the inputs are still to be written. */
  readonly words: Uint32Array;
  /** Workgroups of each step; 0 means that there is nothing to do. */
  readonly counts: readonly number[];
  /** The bytes of the buffers that hold temporaries, and where in them each temporary begins and how many bytes it takes. */
  readonly arenas: readonly number[];
  readonly temporaries: readonly { readonly arena: 0 | 1; readonly offset: number; readonly bytes: number }[];
}

/** A number among the inputs, and the word of the uniform blocks where it goes. */
export interface Scalar {
  readonly input: string;
  readonly word: number;
}

/** So many bindings are remembered: those of a text that grows come and go. */
const remembered = 32;

export class SizedPlans {
  readonly blockWords: number;
  readonly scalars: readonly Scalar[];
  readonly #plan: WgslPlan;
  readonly #known = new Map<string, Sized>();
  /** Each different dispatch once, and which of them each step has: layers repeat. */
  readonly #dispatches: readonly WgslPlan["steps"][number]["dispatch"][];
  readonly #of: readonly number[];

  constructor(plan: WgslPlan) {
    this.#plan = plan;
    // WebGPU lets uniform blocks begin at multiples of 256 bytes.
    this.blockWords = Math.ceil(Math.max(1, ...plan.blocks.map((b) => b.length)) / 64) * 64;
    this.scalars = plan.blocks.flatMap((params, block) =>
      params.flatMap((p, i) => ("input" in p ? [{ input: p.input, word: block * this.blockWords + i }] : [])),
    );
    const places = new Map<string, number>();
    this.#of = plan.steps.map(({ dispatch }) => {
      const key = JSON.stringify(dispatch);
      const place = places.get(key) ?? places.size;
      places.set(key, place);
      return place;
    });
    this.#dispatches = [...places.keys()].map((key) => JSON.parse(key));
  }

  /** The plan under a binding. */
  at(binding: Binding): Sized {
    const key = Object.values(binding).join();
    const known = this.#known.get(key) ?? this.#made(binding);
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > remembered) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }

  #made(binding: Binding): Sized {
    const { blocks } = this.#plan;
    const words = new Uint32Array(blocks.length * this.blockWords);
    for (const [block, params] of blocks.entries())
      for (const [i, p] of params.entries()) {
        if ("size" in p) words[block * this.blockWords + i] = evaluate(p.size, binding);
        else if ("infinity" in p) words[block * this.blockWords + i] = 0x7f800000;
      }
    const dispatched = this.#dispatches.map((d) => workgroups(d, binding));
    return { binding, words, counts: this.#of.map((place) => dispatched[place]!), ...this.#placed(binding) };
  }

  /** Where temporaries lie; WebGPU lets ranges begin at multiples of 256 bytes, and none is empty. */
  #placed(binding: Binding): Pick<Sized, "arenas" | "temporaries"> {
    const all = this.#plan.temporaries.map((t) => ({ ...t, bytes: Math.max(4, Math.ceil(evaluate(t.bytes, binding) / 4) * 4) }));
    const made = ([0, 1] as const).map((which) => {
      const lives = all.filter((t) => t.arena === which);
      return lives.length === 0 ? { bytes: 0, offsets: [] } : arena(lives, binding, 256);
    });
    const next = [0, 0];
    const temporaries = all.map((t) => ({ arena: t.arena, offset: made[t.arena]!.offsets[next[t.arena]++]!, bytes: t.bytes }));
    return { arenas: made.map((m) => m.bytes), temporaries };
  }
}
