/** Which module of the standard library declares a name: asked only where a name is unknown, so the modules are read, not parsed. */
import type { Host } from "./host.ts";

const modules = [
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
];

/** `std.rewards` for `is_getoff`; undefined where no module declares it. */
export function stdModuleOf(name: string, host: Host): string | undefined {
  if (name.startsWith("_") || !/^[\p{L}\p{N}_]+$/u.test(name)) return undefined;
  const declares = new RegExp(`^(?:extern )?[a-z]+ ${name}(?![\\p{L}\\p{N}_])`, "mu");
  const found = modules.find((module) => host.resolveStd(module).some((path) => declares.test(host.read(path) ?? "")));
  return found && `std.${found}`;
}
