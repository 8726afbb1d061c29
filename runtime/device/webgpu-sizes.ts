/** A plan for given sizes: the words of its uniform blocks, how many workgroups each step takes, and how large its temporaries are. */
import { type Binding, evaluate } from "../../kernels/index.ts";
import { type WgslPlan, workgroups } from "../../kernels/render/wgsl-plan.ts";

/** What of a run follows from sizes alone. */
export interface Sized {
  readonly binding: Binding;
  /** All uniform blocks, each at a multiple of `blockWords`; numbers among the inputs are still to be written. */
  readonly words: Uint32Array;
  /** Workgroups of each step; 0 means that there is nothing to do. */
  readonly counts: readonly number[];
  /** Values in each slot. */
  readonly slots: readonly number[];
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
    const { blocks, slots: count, temporaries } = this.#plan;
    const words = new Uint32Array(blocks.length * this.blockWords);
    for (const [block, params] of blocks.entries())
      for (const [i, p] of params.entries()) {
        if ("size" in p) words[block * this.blockWords + i] = evaluate(p.size, binding);
        else if ("infinity" in p) words[block * this.blockWords + i] = 0x7f800000;
      }
    const dispatched = this.#dispatches.map((d) => workgroups(d, binding));
    const slots = Array<number>(count).fill(0);
    for (const { slot, size } of temporaries) slots[slot] = Math.max(slots[slot]!, evaluate(size, binding));
    return { binding, words, counts: this.#of.map((place) => dispatched[place]!), slots };
  }
}
