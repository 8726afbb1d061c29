// What every verb shares: the options that all of them take.
import type { CommandModule } from "yargs";

/** Options of every verb. */
export type Common = { json: boolean; device: "auto" | "cpu" | "webgpu" | "interp"; set: string[] };

/** A verb whose own options are `Own`; it takes the common ones too. */
export type Verb<Own = object> = CommandModule<Common, Common & Own>;

/** The argument of verbs that read a spec. */
export const specArgument = {
  describe: "the spec; main.neuro of this folder when not given",
  type: "string",
} as const;
