/** How an answer is written: which token comes next, how far ahead is drafted, how long it may become. */
import { choice, type Kind, optional, share, tokens, words } from "./kind.ts";

const temperature = optional("temperature", words.float, "Flattens the distribution above 1, sharpens it below; 0 is greedy.", {
  range: { low: 0, high: 10 },
});
const topP = optional("top_p", words.float, "Draws among the likeliest tokens that have this share together.", { range: share });
const topK = optional("top_k", words.int, "Draws among this many likeliest tokens.", { range: { low: 1 } });
const minP = optional("min_p", words.float, "Leaves out tokens below this share of the likeliest one.", { range: share });

export const strategy = choice("Strategy", {
  greedy: [],
  sample: [temperature, topP, topK, minP],
  beam: [
    optional("width", words.int, "How many answers are kept side by side.", { range: { low: 1 } }),
    optional("length", words.float, "Power of the length that scores are divided by.", { range: { low: 0, high: 5 } }),
    // Known here, so that who writes one is told that it belongs to sampling.
    temperature,
    topP,
    topK,
    minP,
  ],
});

export const decoding: Kind = {
  word: "decoding",
  doc: "How a model writes: strategy, draft, quantization and length.",
  fields: [
    optional("strategy", strategy, "greedy, sample(..) or beam(..)."),
    temperature,
    topP,
    topK,
    minP,
    optional(
      "draft",
      words.host("Draft"),
      "A smaller model, or a head of this one, that writes ahead; the model itself verifies.",
    ),
    optional("quantize", words.host("Quantization"), "The weights that are read while writing."),
    optional("most", tokens.type, "The longest answer.", { unit: "tokens", range: { low: 1 } }),
    optional("stop", words.list(words.text), "Texts that end an answer."),
    optional("repetition", words.float, "Divides the logits of tokens that were written already; 1 changes nothing.", {
      range: { low: 0.1, high: 10 },
    }),
  ],
};
