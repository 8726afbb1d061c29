/**
 * Weights that move while a fit runs: the moving average of the model that is trained (language-core, `live`). Outside of a fit it is the
 * version that it was made from.
 */
import { Version } from "./version.ts";

/** A moving average of a model while it is trained: after each step, `decay` of the old stays. */
export class Average extends Version {
  readonly decay: number;

  constructor(of: Version, decay: number) {
    super(of.model, `${of.key} average ${decay}`, of.origins, () => of.tensors, of.device);
    this.decay = decay;
  }
}

/** `ema(policy, 0.99)` of a spec: a reference that follows the trained model at a distance (WARP: Ramé et al. 2024, section 3.1). */
export function ema(m: Version, decay: number): Version {
  return new Average(m, decay);
}
