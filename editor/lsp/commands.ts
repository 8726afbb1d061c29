/**
 * Commands of code lenses for clients that have no way of their own to run neuroc: the server runs it beside itself and says how it went.
 * A client that runs them itself says so with `runsCommands` when it greets, and never asks.
 */
import { type ExecuteCommandParams, MessageType, type ResponseError } from "vscode-languageserver";
import { invalid, refusal, type Session } from "./session.ts";
import { pathOf } from "./uris.ts";

/** A verb of neuroc over a spec. */
export interface Command {
  readonly verb: string;
  /** The absolute path of the spec. */
  readonly spec: string;
  readonly args: readonly string[];
}

const verbs: Readonly<Record<string, (name: string | undefined) => readonly string[]>> = {
  check: () => [],
  build: () => [],
  index: () => [],
  train: (name) => (name === undefined ? [] : ["--recipe", name]),
  eval: (name) => (name === undefined ? [] : ["--only", name]),
};

/** Answers `workspace/executeCommand`: one run at a time, its last lines shown when it is over. */
export function commands(
  session: Session,
  run: (command: Command) => Promise<{ readonly ok: boolean; readonly said: string }>,
): (params: ExecuteCommandParams) => Promise<null | ResponseError<void>> {
  let busy: string | undefined;
  return async ({ command, arguments: words = [] }) => {
    const verb = command?.replace(/^neuro\./, "");
    const [uri, name] = words as unknown[];
    if (!Object.hasOwn(verbs, verb ?? "")) return invalid(`there is no command ${command}`);
    if (typeof uri !== "string" || !uri.startsWith("file:")) return invalid(`${command} needs the uri of a saved spec`);
    if (busy !== undefined) return refusal(`neuroc ${busy} is still running`);
    busy = verb;
    const progress = await session.connection.window.createWorkDoneProgress();
    progress.begin(`neuroc ${verb}`);
    try {
      const args = verbs[verb]!(typeof name === "string" ? name : undefined);
      const { ok, said } = await run({ verb, spec: pathOf(uri), args });
      session.connection.console.log(said);
      const type = ok ? MessageType.Info : MessageType.Error;
      void session.connection.sendNotification("window/showMessage", {
        type,
        message: said.trim().split("\n").slice(-3).join("\n"),
      });
    } finally {
      busy = undefined;
      progress.done();
    }
    return null;
  };
}

/** The commands that the server runs: those that end by themselves and need no answer of a person. */
commands.names = Object.keys(verbs).map((verb) => `neuro.${verb}`);
