// The language server over standard input and output. Whatever is printed meanwhile goes to stderr: stdout is the client's.
import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { serveLanguage } from "../editor/lsp.ts";
import { languageDisk, type Powers } from "./language-disk.ts";

/** Serves one client until it says farewell or its end of the pipe is gone. */
export function serveOverStdio(options: Powers): void {
  const output = new StreamMessageWriter(process.stdout);
  for (const method of ["log", "info", "debug"] as const) console[method] = console.error;
  process.on("uncaughtException", (error) => console.error("neuroc lsp:", error));
  process.on("unhandledRejection", (error) => console.error("neuroc lsp:", error));
  const connection = createConnection(ProposedFeatures.all, new StreamMessageReader(process.stdin), output);
  serveLanguage(connection, languageDisk(options));
  process.stdin.on("end", () => process.exit(0));
}
