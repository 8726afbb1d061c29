/** Arguments meet parameters: positional ones in order, then named ones; what is left over or missing is said with the signature beside it. */
import type * as ast from "../../grammar/index.ts";
import { fieldTwice } from "../diagnostics/field_twice.ts";
import { missingArgument } from "../diagnostics/missing_argument.ts";
import { unknownParameter } from "../diagnostics/unknown_parameter.ts";
import { showSignature } from "../show.ts";
import { givenFor } from "../suggest.ts";
import type { Parameter, Signature } from "../types.ts";
import type { Walker } from "./walker.ts";

/** Every stage call takes these three besides its own. */
export const stageExtras = ["within", "retries", "otherwise"];

export interface Met {
  /** By parameter, in the order of the signature. */
  readonly args: ReadonlyMap<string, ast.Arg>;
  readonly extra: ReadonlyMap<string, ast.Arg>;
  /** Named arguments that no parameter takes, of a callee that takes any. */
  readonly open: readonly ast.Arg[];
  readonly ok: boolean;
}

export interface Callee {
  readonly name: string;
  readonly signature: Signature;
  /** Names that need no argument: given already, or supplied by `fit`. */
  readonly supplied?: ReadonlySet<string>;
  /** Arguments besides the parameters: those of a stage. */
  readonly extras?: readonly string[];
  /** Nothing need be given: partial application. */
  readonly partial?: boolean;
}

/** Meets the written arguments with the parameters of the callee. */
export function meet(node: ast.Call, callee: Callee, walker: Walker): Met {
  const { signature } = callee;
  const free = signature.parameters.filter((parameter) => !callee.supplied?.has(parameter.name));
  const args = new Map<string, ast.Arg>();
  const extra = new Map<string, ast.Arg>();
  const open: ast.Arg[] = [];
  let ok = true;
  let place = 0;
  for (const arg of node.args) {
    if (!arg.label && (args.size > place || extra.size > 0 || open.length > 0)) {
      leftOver(arg, callee, free, walker, "late");
      ok = false;
      continue;
    }
    const target = arg.label ? named(arg.label.text, free) : free[place++];
    const label = arg.label?.text ?? "";
    if (target && args.has(target.name)) {
      walker.report(fieldTwice, (arg.label ?? arg.value).span, { name: target.name, of: "call" });
      ok = false;
    } else if (target) args.set(target.name, arg);
    else if (callee.extras?.includes(label)) extra.set(label, arg);
    else if (signature.open && arg.label) open.push(arg);
    else {
      leftOver(arg, callee, free, walker);
      ok = false;
    }
  }
  const missing = free.filter((parameter) => !parameter.optional && !args.has(parameter.name));
  // What was misspelt would be missing too: that is one mistake, and it is said already.
  if (missing.length > 0 && ok && !callee.partial) {
    walker.report(missingArgument, node.span, {
      names: missing.map((parameter) => parameter.name),
      callee: callee.name,
      signature: showSignature(callee.name, signature),
      ...givenFor(missing, walker.where.module),
    });
    ok = false;
  }
  return { args, extra, open, ok };
}

/** `over` is a reserved word, so no parameter has that name: `over: Aspect` is given to the one that takes an enumeration. */
function named(label: string, free: readonly Parameter[]): Parameter | undefined {
  return free.find((parameter) => parameter.name === label || (label === "over" && parameter.type.kind === "enumeration"));
}

function leftOver(
  arg: ast.Arg,
  callee: Callee,
  free: readonly Parameter[],
  walker: Walker,
  positional: "more" | "late" = "more",
): void {
  const known = [...free.map((parameter) => parameter.name), ...(callee.extras ?? [])];
  const facts = {
    name: arg.label?.text ?? "",
    callee: callee.name,
    signature: showSignature(callee.name, callee.signature),
    known,
  };
  walker.report(unknownParameter, (arg.label ?? arg.value).span, arg.label ? facts : { ...facts, positional });
}
