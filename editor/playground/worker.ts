/** The worker behind the page: calls come in, a session answers them in order. The last text that was typed is the one that is checked. */
import { examples, library, version } from "neuro:library";
import type { Answered, Asked } from "./protocol.ts";
import { Session } from "./session.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { readonly data: Asked }) => void;
  postMessage(answer: Answered): void;
};
let session = new Session(library, version);

/** Begins anew with these files. */
const begin = (files: Record<string, string>): void => {
  session = new Session(library, version, files);
};

async function answer({ id, method, args }: Asked): Promise<Answered> {
  try {
    if (method === "begin") return { id, result: begin(args[0] as Record<string, string>) };
    if (method === "examples") return { id, result: examples };
    const called = (session as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[method];
    if (typeof called !== "function") throw new Error(`the session has no ${method}`);
    return { id, result: await called.apply(session, args as unknown[]) };
  } catch (fault) {
    return { id, fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
  }
}

scope.onmessage = ({ data }) => void answer(data).then((made) => scope.postMessage(made));
