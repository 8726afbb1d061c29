/** A pipeline behind HTTP. */
import { float, int } from "../types.ts";
import { choice, given, type Kind, optional, required, seconds, tokens, words } from "./kind.ts";

export const page = choice("Page", { chat: [], none: [] });

export const serve: Kind = {
  word: "serve",
  doc: "Serves a pipeline: the OpenAI chat API with citations, MCP, health, metrics and a page to ask on.",
  fields: [
    required("of", words.host("Pipeline"), "The pipeline that answers."),
    optional(
      "beside",
      words.list(words.host("Pipeline")),
      "Other pipelines, which a request may name as its model; the page compares them.",
    ),
    optional(
      "rank",
      {
        kind: "fn",
        signature: { parameters: [given("prompt", words.host("Dialog")), given("doc", words.host("Doc"))], result: float() },
      },
      "What `/v1/rerank` scores documents by; by shared words where it is left out.",
    ),
    optional("embed", { kind: "model", head: "Embedder" }, "The model behind `/v1/embeddings`."),
    optional("reward", words.host("Reward"), "What the page and `/v1/answers/<id>/reward` say an answer is worth, term by term."),
    optional("port", words.int, "TCP port.", { range: { low: 1, high: 65535 } }),
    optional("page", page, "chat shows a page to ask on; none shows nothing."),
    optional("limit", int({ concurrent: 1 }), "Answers under way at once; more wait.", { unit: "concurrent", range: { low: 1 } }),
    optional(
      "queue",
      int({ concurrent: 1 }),
      "How many may wait; the next is refused at once. As many as `limit` where it is left out.",
      {
        unit: "concurrent",
        range: { low: 0 },
      },
    ),
    optional("deadline", seconds.type, "What an answer may take in all.", { unit: "s", range: { low: 0 } }),
    optional("longest", tokens.type, "The longest conversation that is taken.", { unit: "tokens", range: { low: 1 } }),
  ],
};
