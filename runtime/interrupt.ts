/**
 * Ctrl-C asks long work to stop at the next safe moment, when everything is saved; a second Ctrl-C ends the process at once. What is on
 * the disk is whole either way.
 */

/** A signal that is aborted by SIGINT or SIGTERM, until `dispose` is called. */
export type Interrupt = { readonly signal: AbortSignal; readonly dispose: () => void };

/** Listens for Ctrl-C; `said` is told once, to let a person know that stopping takes a moment. */
export function interruptible(said: () => void = () => {}): Interrupt {
  const control = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (control.signal.aborted) process.exit(name === "SIGINT" ? 130 : 143);
    said();
    control.abort(new Error(`${name} was received`));
  };
  const names = ["SIGINT", "SIGTERM"] as const;
  for (const name of names) process.on(name, stop);
  return {
    signal: control.signal,
    dispose: () => {
      for (const name of names) process.off(name, stop);
    },
  };
}
