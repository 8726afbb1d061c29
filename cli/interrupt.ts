// Ctrl-C during long work: the first asks the work to stop where nothing is lost, the second stops at once.
import { NeuroError } from "../runtime/error.ts";

/** Runs work that listens to a signal; an interruption ends as one sentence and exit code 130. */
export async function interruptible<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\nstopping ${what}; once more stops at once\n`);
    controller.abort(
      new NeuroError("interrupted", `${what} was interrupted`, { hint: "nothing is lost: the same command goes on from here" }),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    const result = await work(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
