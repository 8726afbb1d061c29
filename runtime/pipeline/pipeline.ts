/**
 * A pipeline of a spec as a function that TypeScript can call: with a string or a dialog, with a signal, a deadline, a seed. Its answer carries
 * the trace and the names of what is missing.
 */

import { type Answer, type CallOptions, type Dialog, dialog, type TokenOffsets } from "../types.ts";
import { openRun, type Run } from "./run.ts";

/** A dialog may be given as a string of one user turn; other parameters as they are. */
export type Given<A extends readonly unknown[]> = {
  [K in keyof A]: A[K] extends Dialog ? (Dialog extends A[K] ? string | A[K] : A[K]) : A[K];
};

/** What `system.pipeline` returns; options come after the pipeline's own parameters. */
export type Pipeline<A extends readonly unknown[] = readonly [prompt: Dialog], R = Answer> = ((
  ...args: [...Given<A>, options?: CallOptions]
) => Promise<R>) & { readonly name: string; readonly where: string };

/** What a pipeline is told by the system it belongs to. */
export type PipelineFacts = {
  /** How tokens are counted: by the tokenizer of the model that the pipeline generates with. */
  readonly offsets: () => Promise<TokenOffsets>;
  readonly defaults: CallOptions;
};

/** Makes the callable of a body, which takes the run and then the pipeline's parameters. */
export function pipelineOf<A extends readonly unknown[], R>(
  name: string,
  where: string,
  body: (run: Run, ...args: A) => Promise<R>,
  facts: PipelineFacts,
): Pipeline<A, R> {
  const parameters = Math.max(0, body.length - 1);
  const call = async (...given: [...Given<A>, options?: CallOptions]): Promise<R> => {
    const options = { ...facts.defaults, ...((given[parameters] as CallOptions | undefined) ?? {}) };
    const args = Array.from({ length: parameters }, (_, i) =>
      typeof given[i] === "string" && i === 0 ? dialog(given[i]) : given[i],
    );
    const opened = openRun({ ...options, offsets: await facts.offsets() });
    try {
      const result = await body(opened.run, ...(args as unknown as A));
      return isAnswer(result) ? { ...result, missing: opened.missing(), trace: opened.trace() } : result;
    } finally {
      opened.close();
    }
  };
  return Object.defineProperties(call, { name: { value: name }, where: { value: where } }) as Pipeline<A, R>;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "text" in value && "footnotes" in value && "sources" in value;
}
