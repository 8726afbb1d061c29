/** What drafts an answer cuts text as the model that verifies it does; a head that drafts reads hidden states of that width. */
import type * as ast from "../../grammar/index.ts";
import { decodingClash } from "../diagnostics/decoding_clash.ts";
import { remoteModel } from "../diagnostics/remote_model.ts";
import { tokenizersDiffer } from "../diagnostics/tokenizers_differ.ts";
import type { Program } from "../program.ts";
import type { ModelType } from "../types.ts";
import type { Rule } from "./rule.ts";

export const draftTokenizerRule: Rule = {
  name: "draft-tokenizer",
  node(node, program) {
    const call = node.kind === "Call" ? program.calls.get(node) : undefined;
    const args = call ? [...call.args.values()] : [];
    const writer = args
      .map((arg) => program.typeOf(arg.value))
      .find((type) => type.kind === "model" && type.head === "LanguageModel");
    const decoding = args.find((arg) => {
      const type = program.typeOf(arg.value);
      return type.kind === "host" && type.name === "Decoding";
    });
    if (writer?.kind === "model" && decoding) checkDraft(writer, decoding, program);
  },
};

function checkDraft(writer: ModelType, decoding: ast.Arg, program: Program): void {
  const draft = draftOf(decoding.value, program);
  if (!draft) return;
  const drafter = draft.type;
  if (drafter.remote) program.report(remoteModel, draft.at, { model: drafter.name ?? "The draft", what: "drafting" });
  else if (drafter.tokenizer && writer.tokenizer && drafter.tokenizer !== writer.tokenizer)
    program.report(tokenizersDiffer, decoding.span, {
      left: writer.name ?? "the model",
      right: drafter.name ?? "the draft",
      leftTokenizer: writer.tokenizerName ?? "one tokenizer",
      rightTokenizer: drafter.tokenizerName ?? "another",
    });
  else if (draft.isHead && drafter.width !== undefined && writer.width !== undefined && drafter.width !== writer.width)
    program.report(decodingClash, decoding.span, {
      what: `The draft reads hidden states ${drafter.width} wide, and those of ${writer.name ?? "the model"} are ${writer.width} wide.`,
      better: `Draft for ${writer.name ?? "the model"} itself.`,
    });
}

/** The model behind `draft:` of a decoding: itself, or the one that a head drafts for. */
function draftOf(node: ast.Expr, program: Program): { type: ModelType; at: ast.Span; isHead: boolean } | undefined {
  const entity = node.kind === "Name" ? program.names.get(node) : undefined;
  const record = entity?.entity === "declaration" && entity.node.kind === "Setting" ? entity.node.value : undefined;
  const value = record?.kind === "Record" ? record.entries.find((entry) => entry.label.text === "draft")?.value : undefined;
  if (!value) return undefined;
  const candidates = value.kind === "Call" ? value.args.map((arg) => arg.value) : [value];
  for (const candidate of candidates) {
    const type = program.typeOf(candidate);
    if (type.kind === "model") return { type, at: candidate.span, isHead: value.kind === "Call" };
  }
  return undefined;
}
