/**
 * What a step would tell a person while it works: rows that were left out, prompts that were cut, rewards that say nothing. A function tells it
 * here, and whoever runs it decides where it is shown; with nobody listening it is not said. Knows nothing of progress bars or recipes.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const listeners = new AsyncLocalStorage<(text: string) => void>();

/** Tells whoever runs the step that this is called in, if somebody listens. One or two whole sentences. */
export function tell(text: string): void {
  listeners.getStore()?.(text);
}

/** Runs `work` with `say` hearing what is told in it, in awaited parts too. */
export function heard<T>(say: (text: string) => void, work: () => T): T {
  return listeners.run(say, work);
}
