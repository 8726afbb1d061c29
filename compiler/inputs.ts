/** What a build is made from, as one hash: when it is the same, so is every byte of the build. */
import type { Checked } from "./checked.ts";

/** The schema of manifest.json. A runtime refuses another. */
export const manifestSchema = 1;

/** The hash of everything that a build is made from; `version` is the compiler's. */
export function inputsHash(checked: Checked, version: string): string {
  const parts = checked.modules.map((module) => `${module.path}\n${checked.host.hash(module.text)}`);
  return checked.host.hash([version, String(manifestSchema), ...parts].join("\n"));
}
