/** Whether a declared model is behind an address: a recipe has no versions of it, and asks it as it is. */
import type { Declaration } from "../declarations.ts";
import type { Emitter } from "./emitter.ts";

export function isRemote(model: Declaration, emit: Emitter): boolean {
  const type = emit.checked.declared(model);
  return type.kind === "model" && type.remote === true;
}
