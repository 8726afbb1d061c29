/** Which module of the standard library declares a name: asked only where a name is unknown, so the modules are read, not parsed. */
import type { Host } from "./host.ts";

/** The modules of the standard library that a spec can name, in the order in which the documentation has them. */
export const stdModules: readonly string[] = [
  "models",
  "decoders",
  "encoders",
  "t5",
  "answering",
  "objectives",
  "data",
  "rewards",
  "weights",
  "foresight",
  "measures",
  "trees",
];

/** `std.rewards` for `is_getoff`; undefined where no module declares it. */
export function stdModuleOf(name: string, host: Host): string | undefined {
  if (name.startsWith("_") || !/^[\p{L}\p{N}_]+$/u.test(name)) return undefined;
  const declares = new RegExp(`^(?:extern )?[a-z]+ ${name}(?![\\p{L}\\p{N}_])`, "mu");
  const found = stdModules.find((module) => host.resolveStd(module).some((path) => declares.test(host.read(path) ?? "")));
  return found && `std.${found}`;
}
