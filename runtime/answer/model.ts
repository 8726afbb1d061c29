/** What answers are written by: a model with weights here, or one behind an address. Stages know this interface only. */

import type { DecodingRecord } from "../decode/generate.ts";
import type { Block, Dialog, Likely, StageContext } from "../types.ts";

/** What a model wrote; `tokens` when it was a local one, `cut` when it had not ended. */
export type Draft = {
  readonly text: string;
  readonly tokens?: readonly number[];
  readonly cut?: true;
  /** Set when there was a task that the model could not be told: it wrote what it writes after such a dialog. */
  readonly untold?: true;
  readonly likely?: readonly Likely[];
};

/** `LanguageModel` of the language, while serving. */
export type LanguageModel = {
  readonly name: string;
  /**
   * Writes an answer to a dialog over numbered blocks; with a `task` what the task asks for instead, where it is a model that follows instructions
   * (others are `untold`). Throws a NeuroError when it cannot: no weights, no key, no connection.
   */
  write(prompt: Dialog, blocks: readonly Block[], decoding: DecodingRecord, context: StageContext, task?: string): Promise<Draft>;
};
