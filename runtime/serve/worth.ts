/**
 * What a reward of the spec thinks of an answer that was told: its terms and its total, asked when somebody wants to know. The reward sees what the
 * answer cites as its documents, numbered from 1, as it does in training; what was shown and not cited is not kept. It judges nothing itself.
 */

import { answerOver } from "../answer/footnotes.ts";
import { NeuroError } from "../error.ts";
import type { Reward, Rewarded } from "../reward/reward.ts";
import type { Answer, Dialog } from "../types.ts";

/** The reward of an answer, or why there is none: it reads what a server does not know (an expected answer), or it failed. */
export type Worth = Rewarded | { readonly none: string };

/** Asks it about one answer. Throws only what is a fault of ours, and when `signal` aborts. */
export async function worthOf(reward: Reward, prompt: Dialog, answer: Answer, signal: AbortSignal): Promise<Worth> {
  const seen = renumbered(answer);
  const row = { prompt, documents: seen.sources.map(({ doc }) => doc), answer: seen };
  try {
    return await (reward as unknown as Reward<typeof row>)(row, { signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof NeuroError)) throw error;
    return { none: error.message };
  }
}

/** The answer over the blocks that it cites alone, numbered from 1 without gaps. */
function renumbered({ text, sources, footnotes, known, tokens }: Answer): Answer {
  const numbers = new Map(sources.map(({ number }, i) => [number, i + 1]));
  let done = 0;
  const parts = footnotes.map(({ number, at }) => {
    const before = text.slice(done, at);
    done = at + `[${number}]`.length;
    return `${before}[${numbers.get(number)}]`;
  });
  const blocks = sources.map(({ doc: { id, title, url }, text: shown }, i) => {
    const doc = { id, title, url, text: shown };
    return { number: i + 1, doc, start: 0, end: shown.length, text: shown, score: 0 };
  });
  return answerOver(parts.join("") + text.slice(done), blocks, { known, ...(tokens && { tokens }) });
}
