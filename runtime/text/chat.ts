/**
 * A dialog as the text that a model was trained to see it as: the chat template that came with the model, rendered as transformers does.
 * Knows nothing of tokens or models.
 */
import { Template } from "@huggingface/jinja";
import { NeuroError } from "../error.ts";
import type { TokenizerConfig } from "./config.ts";

/** A turn of a chat. */
export type Message = { readonly role: string; readonly content: string };

/** A template made ready. */
export type ChatTemplate = {
  /** The Jinja text. */
  readonly source: string;
  /**
   * The text of a dialog. `generate` (true) ends it where the model's next answer begins; `more` are further variables of the template, such as
   * `documents` or `enable_thinking`. Throws `chat_template` with what the template says, for roles out of order, say.
   */
  render(messages: readonly Message[], options?: { generate?: boolean; more?: Readonly<Record<string, unknown>> }): string;
};

/** Makes the template of a tokenizer's config ready. Throws `chat_template` when it is not Jinja that can be rendered. */
export function chatTemplate(source: string, config: TokenizerConfig = {}): ChatTemplate {
  const template = attempt(() => new Template(source));
  const tokens = { bos_token: config.bos_token ?? "", eos_token: config.eos_token ?? "", pad_token: config.pad_token ?? "" };
  return {
    source,
    render: (messages, { generate = true, more = {} } = {}) =>
      attempt(() => template.render({ ...tokens, ...more, messages: [...messages], add_generation_prompt: generate })),
  };
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new NeuroError("chat_template", `The chat template of the model refuses this dialog: ${(error as Error).message}.`, {
      hint: "Most templates want turns of user and assistant by turns, the first of the user; see the model's chat_template.",
      cause: error,
    });
  }
}
