/** A pipeline behind HTTP. */
import { int } from "../types.ts";
import { choice, type Kind, optional, required, seconds, words } from "./kind.ts";

export const page = choice("Page", { chat: [], none: [] });

export const serve: Kind = {
  word: "serve",
  doc: "Serves a pipeline: the OpenAI chat API with citations, health, metrics and a page to ask on.",
  fields: [
    required("of", words.host("Pipeline"), "The pipeline that answers."),
    optional("port", words.int, "TCP port.", { range: { low: 1, high: 65535 } }),
    optional("page", page, "chat shows a page to ask on; none shows nothing."),
    optional("limit", int({ concurrent: 1 }), "Answers under way at once; more wait.", { unit: "concurrent", range: { low: 1 } }),
    optional("deadline", seconds.type, "What an answer may take in all.", { unit: "s", range: { low: 0 } }),
  ],
};
