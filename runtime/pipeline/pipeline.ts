/**
 * A pipeline of a spec as a function that TypeScript can call: with a string or a dialog, with a signal, a deadline, a seed. Its answer carries
 * the trace and the names of what is missing, of the pipelines that it calls as well.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { type Answer, type CallOptions, type Dialog, dialog, type TokenOffsets } from "../types.ts";
import { type OpenRun, openRun, type Run } from "./run.ts";

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

/** The run on whose behalf code runs: a pipeline that another one calls is part of it. */
const running = new AsyncLocalStorage<OpenRun>();

/** Makes the callable of a body, which takes the run and then the pipeline's parameters. */
export function pipelineOf<A extends readonly unknown[], R>(
  name: string,
  where: string,
  body: (run: Run, ...args: A) => Promise<R>,
  facts: PipelineFacts,
): Pipeline<A, R> {
  const parameters = Math.max(0, body.length - 1);
  const call = async (...given: [...Given<A>, options?: CallOptions]): Promise<R> => {
    const asked = given[parameters] as CallOptions | undefined;
    const args = Array.from({ length: parameters }, (_, i) =>
      typeof given[i] === "string" && i === 0 ? dialog(given[i]) : given[i],
    );
    const offsets = await facts.offsets();
    const told = (result: R, { missing, trace }: OpenRun): R =>
      isAnswer(result) ? { ...result, missing: missing(), trace: trace() } : result;
    const around = asked === undefined ? running.getStore() : undefined;
    if (around !== undefined) return told(await body(around.inner(offsets), ...(args as unknown as A)), around);
    const opened = openRun({ ...facts.defaults, ...asked, offsets });
    try {
      return told(await running.run(opened, () => body(opened.run, ...(args as unknown as A))), opened);
    } finally {
      opened.close();
    }
  };
  return Object.defineProperties(call, { name: { value: name }, where: { value: where } }) as Pipeline<A, R>;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "text" in value && "footnotes" in value && "sources" in value;
}
