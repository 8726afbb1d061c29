/** The session in the worker, as the page calls it. */
import type { Answered } from "../protocol.ts";
import type { Session } from "../session.ts";

type Called<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
/** Every method of a session, answered later; `begin` makes a new one, `examples` are the bundled specs. */
export type Remote = { readonly [M in keyof Session]: Called<Session[M]> } & {
  begin(files: Readonly<Record<string, string>>): Promise<void>;
  examples(): Promise<readonly { readonly name: string; readonly title: string; readonly text: string }[]>;
};

/** Starts the worker. Calls are answered in order. */
export function openRemote(url: string, failed: (fault: string) => void): Remote {
  const worker = new Worker(url);
  const waiting = new Map<number, { resolve(result: unknown): void; reject(fault: Error): void }>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<Answered>) => {
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ("fault" in data) {
      failed(data.fault);
      call?.reject(new Error(data.fault));
    } else call?.resolve(data.result);
  };
  worker.onerror = (event) => failed(event.message);
  const call = (method: string, args: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      worker.postMessage({ id: last, method, args });
    });
  return new Proxy({} as Remote, {
    get:
      (_, method) =>
      (...args: unknown[]) =>
        call(String(method), args),
  });
}
