// neuroc lsp: the language server, for any editor that speaks the protocol.
import type { Verb } from "../verb.ts";

const verb: Verb<{ stdio: boolean }> = {
  command: "lsp",
  describe: "serve an editor: the Language Server Protocol over standard input and output",
  builder: (yargs) =>
    yargs
      .option("stdio", { type: "boolean", default: true, describe: "over standard input and output, which is the only way" })
      .option("clientProcessId", { type: "number", hidden: true })
      .epilogue("docs/editors.md shows how to set up Neovim, Zed, Helix, JetBrains, Emacs and VS Code.") as never,
  handler: async () => {
    const { serveOverStdio } = await import("../language-server.ts");
    serveOverStdio({ runs: true, times: async (spec) => (await import("../language-times.ts")).timesOf(spec) });
    await new Promise(() => {}); // the client ends the process
  },
};
export default verb;
