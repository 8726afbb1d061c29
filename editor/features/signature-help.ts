/** The signature of the call that is being written, and which of its parameters the caret is at. It works on calls that are not closed yet. */
import { written } from "../../compiler/math/application.ts";
import { builtinDocs } from "../../compiler/math/index.ts";
import { show, showRange } from "../../compiler/show.ts";
import type { Parameter } from "../../compiler/types.ts";
import type { View } from "../service.ts";
import { type Caret, caretAt, type Frame } from "./completion/caret.ts";
import { type Callee, calleeAt, declarationAround } from "./completion/wanted.ts";
import { declarationOf, typeOfLocal } from "./typing.ts";

export interface SignatureHelp {
  readonly label: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Each parameter as a stretch of the label. */
  readonly parameters: readonly { readonly start: number; readonly end: number; readonly documentation?: string }[];
  /** The parameter at the caret; -1 where no parameter takes what stands there. */
  readonly active: number;
}

/** The signature of the innermost call around an offset; undefined outside of calls. */
export function signatureHelp(view: View, offset: number): SignatureHelp | undefined {
  const caret = caretAt(view.text, offset);
  for (let depth = caret.frames.length - 1; depth > 0; depth--) {
    const frame = caret.frames[depth]!;
    if (frame.kind === "body") return undefined;
    if (frame.kind !== "call") continue;
    const name = caret.frames[depth - 1]!.item.at(-1)?.image ?? "";
    const callee = calleeAt(view, caret, depth);
    if (callee) return ofCallee(callee, frame);
    const found = ofBuiltin(name, frame) ?? ofLocal(view, caret, name, frame) ?? ofModel(view, caret, name, frame);
    if (found) return found;
  }
  return undefined;
}

function ofCallee(callee: Callee, frame: Frame): SignatureHelp {
  const { name, signature, declaration } = callee;
  const texts = signature.parameters.map((parameter) => parameterText(parameter, defaultOf(callee, parameter)));
  const result =
    signature.result.kind === "unknown" || signature.result.kind === "nothing" ? "" : ` -> ${show(signature.result)}`;
  const documentation = declaration?.node.docs?.text.replaceAll("\n", " ");
  const docs = signature.parameters.map(({ doc, range, unit }) => {
    const bounds = range ? `Must be ${showRange(range)}${unit ? ` ${unit}` : ""}.` : "";
    return [doc, bounds].filter(Boolean).join(" ");
  });
  const label = labelOf(frame);
  const active =
    label === undefined
      ? Math.min(frame.places, texts.length) < texts.length
        ? frame.places
        : -1
      : signature.parameters.findIndex((each) => each.name === label || (label === "over" && each.type.kind === "enumeration"));
  return assembled(name, texts, result, active, documentation, docs);
}

const labelOf = ({ item }: Frame): string | undefined => (item[1]?.image === ":" ? item[0]!.image : undefined);

function parameterText({ name, type, role, optional }: Parameter, standard: string | undefined): string {
  const shown = type.kind === "unknown" ? "" : `: ${show(type)}`;
  return `${role ? `${role} ` : ""}${name}${shown}${standard ? ` = ${standard}` : optional ? " = .." : ""}`;
}

/** The default of a parameter, as its declaration writes it. */
function defaultOf({ declaration }: Callee, { name }: Parameter): string | undefined {
  const node = declaration?.node;
  if (!node || node.kind === "TypeDecl" || node.kind === "Model") return undefined;
  const span = node.params?.find((each) => each.name.text === name)?.default?.span;
  const text = span && declaration.module.text.slice(span.start, span.end);
  return text !== undefined && text.length <= 40 ? text : undefined;
}

function assembled(
  name: string,
  texts: readonly string[],
  result: string,
  active: number,
  documentation?: string,
  docs: readonly string[] = [],
): SignatureHelp {
  let at = name.length + 1;
  const parameters = texts.map((text, i) => {
    const start = at;
    at += text.length + 2;
    return { start, end: start + text.length, ...(docs[i] ? { documentation: docs[i] } : {}) };
  });
  const label = `${name}(${texts.join(", ")})${result}`;
  return { label, parameters, active, ...(documentation ? { documentation } : {}) };
}

/** A function of mathematics: its signature is written as one would call it. */
function ofBuiltin(name: string, frame: Frame): SignatureHelp | undefined {
  const known = builtinDocs.find((each) => each.name === name);
  if (!known) return undefined;
  const open = known.signature.indexOf("(");
  const inside = known.signature.slice(open + 1, known.signature.lastIndexOf(")", lastArrow(known.signature)));
  const texts = parted(inside);
  let at = open + 1;
  const parameters = texts.map((text) => {
    const start = known.signature.indexOf(text, at);
    at = start + text.length;
    return { start, end: at };
  });
  const label = labelOf(frame);
  const active =
    label === undefined ? (frame.places < texts.length ? frame.places : -1) : texts.findIndex((text) => text.startsWith(label));
  return { label: known.signature, documentation: known.doc, parameters, active };
}

const lastArrow = (signature: string): number => {
  const at = signature.lastIndexOf(") ->");
  return at < 0 ? signature.length : at;
};

/** What stands between commas outside of brackets. */
function parted(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const sign = text[i];
    if (sign === "(" || sign === "[") depth++;
    if (sign === ")" || sign === "]") depth--;
    if (i < text.length && !(sign === "," && depth === 0)) continue;
    const part = text.slice(from, i).trim();
    if (part !== "") parts.push(part);
    from = i + 1;
  }
  return parts;
}

/** A function of this body: its parameters have the types of their calls. */
function ofLocal(view: View, caret: Caret, name: string, frame: Frame): SignatureHelp | undefined {
  const own = declarationAround(view, caret)?.node;
  const body = own?.kind === "Callable" || own?.kind === "Architecture" ? own.body : undefined;
  const found = body?.stmts.find((stmt) => stmt.kind === "LocalFn" && stmt.name.text === name);
  if (found?.kind !== "LocalFn") return undefined;
  const texts = found.params.map(({ span }) => view.text.slice(span.start, span.end));
  return assembled(name, texts, "", frame.places < texts.length ? frame.places : -1, found.docs?.text);
}

/** A model is applied to what is judged, and behind the bar to what is given. */
function ofModel(view: View, caret: Caret, name: string, frame: Frame): SignatureHelp | undefined {
  const local = typeOfLocal(view, declarationAround(view, caret), name, caret.start);
  const declaration = declarationOf(view, name);
  const type = local.kind === "model" ? local : declaration ? view.checked.declared(declaration) : local;
  const form = type.kind === "model" ? written[type.head] : undefined;
  if (!form || type.kind !== "model") return undefined;
  const inside = form.slice(form.indexOf("(") + 1, form.indexOf(")"));
  const label = form.replace(/^\w+/, name).replace(/ or \w+\(/, ` or ${name}(`);
  const scored = inside
    .split("|")[0]!
    .split(",")
    .map((each) => each.trim());
  const given = inside.includes("|") ? [inside.split("|")[1]!.trim()] : [];
  let at = label.indexOf("(") + 1;
  const parameters = [...scored, ...given].map((each) => {
    const start = label.indexOf(each, at);
    at = start + each.length;
    return { start, end: at };
  });
  const active = frame.barred ? (given.length > 0 ? scored.length : -1) : Math.min(frame.places, scored.length - 1);
  return {
    label,
    parameters,
    active,
    documentation: `${show(type)}: what stands before the bar is judged, what stands after it is given.`,
  };
}
