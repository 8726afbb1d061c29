/** What the device that runs a program's kernels can do beyond core WGSL. Kernels of a build are written for `portable`, which every device runs. */

/** A product of small matrices that a subgroup computes at once: `m` by `k` times `k` by `n`. */
export interface MatrixConfig {
  readonly component: string;
  readonly result: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export interface Target {
  /** How many lanes a subgroup may have, when `enable subgroups;` is allowed. */
  readonly subgroups?: { readonly least: number; readonly most: number };
  /** Whether the language has `dot4I8Packed` (its feature `packed_4x8_integer_dot_product`). */
  readonly packed: boolean;
  /** Whether `enable f16;` is allowed. */
  readonly f16: boolean;
  /** The products that `enable chromium_experimental_subgroup_matrix;` offers; none where it is not allowed. */
  readonly matrices: readonly MatrixConfig[];
}

export const portable: Target = { packed: false, f16: false, matrices: [] };
