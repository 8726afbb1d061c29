// Kernels rendered in a second thread: half of a build's work, done beside the other half.
import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import type { Rendering } from "../compiler/build.ts";
import { programToJson } from "../kernels/index.ts";
import type { WgslProgram } from "../kernels/render/wgsl.ts";

/** What the other thread answers: a rendering, or why there is none. */
export type Answer = { readonly wgsl: WgslProgram } | { readonly fault: string };

/** A second thread that renders programs in the order in which it is asked; whoever opened it closes it. */
export function openRendering(): { readonly render: Rendering; close(): void } {
  // The compiled package has this file as JavaScript, and the thread's beside it.
  const file = import.meta.url.endsWith(".ts") ? "./rendering-thread.ts" : "./rendering-thread.js";
  const worker = new Worker(new URL(file, import.meta.url), { workerData: getCompileCacheDir() });
  worker.unref();
  const waiting: { resolve(wgsl: WgslProgram): void; reject(fault: Error): void }[] = [];
  worker.on("message", (answer: Answer) => {
    const { resolve, reject } = waiting.shift()!;
    if ("wgsl" in answer) resolve(answer.wgsl);
    else reject(new Error(answer.fault));
    if (waiting.length === 0) worker.unref();
  });
  worker.on("error", (fault) => {
    for (const { reject } of waiting.splice(0)) reject(fault as Error);
  });
  return {
    render(program) {
      worker.ref();
      worker.postMessage(programToJson(program));
      const answer = new Promise<WgslProgram>((resolve, reject) => waiting.push({ resolve, reject }));
      // It is waited for later; a fault before that is not forgotten, only not loose.
      answer.catch(() => {});
      return answer;
    },
    close: () => void worker.terminate(),
  };
}
