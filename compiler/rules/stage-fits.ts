/** What one call of a stage is given goes together: sizes of blocks, weights of lists, the least share of words. */
import type * as ast from "../../grammar/index.ts";
import { constantOf } from "../constants.ts";
import type { BoundCall, Declaration } from "../declarations.ts";
import { stageMisfit } from "../diagnostics/stage_misfit.ts";
import type { Program } from "../program.ts";
import type { Rule } from "./rule.ts";

export const stageFitsRule: Rule = {
  name: "stage-fits",
  node(node, program) {
    const call = node.kind === "Call" ? program.calls.get(node) : undefined;
    const stage = call?.callee;
    if (stage?.entity !== "declaration" || !stage.module.path.startsWith("std/")) return;
    const given = new Given(call!, stage, program);
    if (stage.name === "infocontext") blocksFit(given, program);
    if (stage.name === "fuse") weightsFit(given, program);
    if (stage.name === "generate") shareFits(given, "checked", program);
    if (stage.name === "verify") shareFits(given, "by", program);
  },
};

/** The arguments of a call; what is left out has the default that the stage declares. */
class Given {
  readonly call: BoundCall;
  readonly stage: Declaration;
  readonly program: Program;
  constructor(call: BoundCall, stage: Declaration, program: Program) {
    this.call = call;
    this.stage = stage;
    this.program = program;
  }
  /** As it was written. */
  written(name: string): ast.Expr | undefined {
    return this.call.args.get(name)?.value;
  }
  value(name: string): ast.Expr | undefined {
    const { node } = this.stage;
    const params = node.kind === "Callable" ? (node.params ?? []) : [];
    return this.written(name) ?? params.find((param) => param.name.text === name)?.default;
  }
  number(name: string): number | undefined {
    const value = this.value(name);
    const known = value && constantOf(value, this.program);
    return known?.kind === "number" ? known.value : undefined;
  }
  /** The case that was chosen, or that stands where none is; undefined for a value of another kind. */
  chosen(name: string): string | undefined {
    const value = this.value(name);
    const named = value?.kind === "Call" ? value.callee : value;
    if (named?.kind !== "Name") return undefined;
    return this.written(name) && this.program.names.get(named)?.entity !== "case" ? undefined : named.text;
  }
}

function blocksFit(given: Given, program: Program): void {
  const [block, overlap] = ["block", "overlap"].map((name) => given.number(name));
  if (block === undefined) return;
  const size = given.written("block");
  const shared = given.written("overlap");
  if (size && block < 1) {
    program.report(stageMisfit, size.span, { what: `Blocks of ${block} tokens hold nothing.`, hint: "Choose 1 token or more." });
  } else if (overlap !== undefined && overlap >= block) {
    const half = `${Math.floor(block / 2)} tokens`;
    const what = `Blocks of ${block} tokens cannot share ${overlap} with the next${shared ? "" : ", as they do where `overlap` is not said"}.`;
    const hint = shared
      ? `Choose less than ${block} tokens, as ${half}.`
      : `Say overlap: ${half}, or another number below ${block}.`;
    const at = shared ?? size;
    if (at) program.report(stageMisfit, at.span, { what, hint, ...(shared?.kind === "Number" ? { better: half } : {}) });
  }
}

function weightsFit(given: Given, program: Program): void {
  const lists = given.written("lists");
  const by = given.written("by");
  const call = by?.kind === "Call" ? program.calls.get(by) : undefined;
  const weights = call?.args.get("weights")?.value;
  if (lists?.kind !== "List" || weights?.kind !== "List" || weights.items.length === lists.items.length) return;
  const count = (items: readonly unknown[], one: string) => `${items.length} ${one}${items.length === 1 ? "" : "s"}`;
  program.report(stageMisfit, weights.span, {
    what: `fuse is given ${count(lists.items, "list")} and ${count(weights.items, "weight")}.`,
    hint: "Give a weight for each list, in the lists' order.",
  });
}

/** `words` tells a share of a sentence's words; what else checks has numbers of its own. */
function shareFits(given: Given, by: string, program: Program): void {
  const written = given.written("least");
  const least = given.number("least");
  if (given.chosen(by) !== "words" || !written || least === undefined || (least >= 0 && least <= 1)) return;
  const meant = written.kind === "Number" && !written.percent && least > 1 && least <= 100 ? `${least}%` : undefined;
  program.report(stageMisfit, written.span, {
    what: `\`words\` tells a share from 0% to 100%, and \`least\` is ${written.kind === "Number" && written.percent ? `${least * 100}%` : least}.`,
    hint: meant ? `Write ${meant}.` : "Choose a share from 0% to 100%.",
    ...(meant && { better: meant }),
  });
}
