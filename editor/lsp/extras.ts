/** Requests beyond the protocol, for clients that know neuro: the stages of a spec as a graph, an example that is checked, a place by the compiler's name. */
import type { Range as ProtocolRange } from "vscode-languageserver";
import { type DiagnosticPage, diagnosticPages } from "../../compiler/explain.ts";
import { stageGraph } from "../features/stage-graph.ts";
import { about, guarded, invalid, type Session } from "./session.ts";

/** `neuro/graph`: pipelines and recipes of a document, each with its stages and what they take from each other. */
export interface Graph {
  readonly name: string;
  readonly word: string;
  readonly range: ProtocolRange;
  readonly stages: readonly GraphStage[];
}

/** One stage: what it binds, calls and names; `takes` are places in the list of stages. */
export interface GraphStage {
  readonly name: string;
  readonly calls: readonly string[];
  readonly uses: readonly string[];
  readonly takes: readonly number[];
  readonly within?: string;
  readonly range: ProtocolRange;
}

/** `neuro/example`: what is wrong with a text that stands in another document, as in a fence of a guide. */
export interface ExampleFault {
  readonly code: string;
  readonly message: string;
  readonly range: ProtocolRange;
}

/** Answers the requests beyond the protocol. */
export function extras(session: Session): void {
  const { connection, uris } = session;
  connection.onRequest(
    "neuro/graph",
    about(session, [], ({ path, lines }): Graph[] =>
      stageGraph(session.service.parsed(path).tree, lines.text).map(({ place, stages, ...graph }) => ({
        ...graph,
        range: lines.range(place),
        stages: stages.map(({ place, ...stage }) => ({ ...stage, range: lines.range(place) })),
      })),
    ),
  );
  connection.onRequest("neuro/example", ({ uri, text, whole }: { uri?: unknown; text?: unknown; whole?: unknown }) =>
    guarded(session, [] as ExampleFault[], () => {
      if (typeof uri !== "string" || typeof text !== "string") return invalid("an example has a uri and a text");
      return example(session, `${uris.path(uri)}.example.neuro`, text, whole !== false);
    }),
  );
  connection.onRequest("neuro/explain", ({ code }: { code?: unknown }) => {
    const page = diagnosticPages().find((each) => each.code === code);
    return page ? explained(page) : null;
  });
  connection.onRequest("neuro/uri", ({ path, beside }: { path?: unknown; beside?: unknown }) => {
    if (typeof path !== "string") return invalid("a path is asked for");
    if (path.startsWith("std/") || path.startsWith("/") || typeof beside !== "string") return uris.uri(path);
    return uris.uri(`${uris.path(beside).split("/").slice(0, -1).join("/")}/${path}`);
  });
}

/** Opens the text as a file beside the document that holds it, checks it, and closes it again. */
function example({ service, documents }: Session, path: string, text: string, whole: boolean): ExampleFault[] {
  service.open(path, text);
  try {
    const found = whole ? service.view(path).checked.diagnostics : service.parsed(path).diagnostics;
    const lines = documents.lines(path);
    return found
      .filter(({ span }) => span.file === path)
      .map(({ code, text: said, title, hint, span }) => ({
        code,
        message: [said || title, ...(hint ? [hint] : [])].join(" "),
        range: lines.range(span),
      }));
  } finally {
    service.close(path);
  }
}

/** The page of a diagnostic as Markdown. */
function explained({ code, severity, title, page, wrong, right }: DiagnosticPage): string {
  const example = (name: string, texts: DiagnosticPage["wrong"]) => {
    const files = typeof texts === "string" ? [["", texts] as const] : Object.entries(texts);
    const parts = files.map(([path, text]) => `${path === "" ? "" : `\`${path}\`\n\n`}\`\`\`neuro\n${text.trim()}\n\`\`\``);
    return files.some(([, text]) => text.trim() !== "") ? [`## ${name}`, ...parts] : [];
  };
  const kind = severity === "warning" ? "warning" : "error";
  return [`# ${title}`, `\`${code}\`, ${kind}`, page, ...example("Wrong", wrong), ...example("Right", right)].join("\n\n");
}
