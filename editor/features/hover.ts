/**
 * What stands at a place, as Markdown: the type with its axes and sizes, the documentation, the formula, its source, what it costs. Everything is read
 * from what is known already; nothing slow is begun.
 */

import type { Declaration, Entity } from "../../compiler/declarations.ts";
import { diagnosticPage } from "../../compiler/index.ts";
import { specialSignature } from "../../compiler/infer/special.ts";
import { kinds as settings } from "../../compiler/kinds/index.ts";
import { typeDocs } from "../../compiler/kinds/type-words.ts";
import { innerWords, openingWords } from "../../compiler/kinds/words.ts";
import { builtinDocs } from "../../compiler/math/index.ts";
import { show, showRange, showSignature } from "../../compiler/show.ts";
import type { Parameter, Signature, Type } from "../../compiler/types.ts";
import { units } from "../../compiler/units.ts";
import type * as ast from "../../grammar/index.ts";
import { trail } from "../at.ts";
import type { View } from "../service.ts";
import type { Range } from "../words.ts";
import { caretAt } from "./completion/caret.ts";
import { libraryOf } from "./completion/library.ts";
import { calleeAt } from "./completion/wanted.ts";
import { costOf, fitCosts, stageCost } from "./costs.ts";
import { formulaOf } from "./formula.ts";
import { headline } from "./headline.ts";
import { bytes, counted, flops, sized } from "./sized.ts";
import { declarationOf, fieldsOf, membersOf, typeOf, typeOfBinding, typeOfLocal } from "./typing.ts";

export interface Hover {
  /** The word that it is about. */
  readonly span: Range;
  readonly markdown: string;
}

/** What stands at an offset; undefined where there is nothing to say. */
export function hover(view: View, offset: number): Hover | undefined {
  const nodes = trail(view.tree, offset);
  const node = nodes.at(-1)!;
  const parts = [nodes.length > 1 ? about(view, nodes, offset) : undefined, faultsAt(view, offset)];
  const word = parts[0] ? undefined : wordAt(view.text, offset);
  const text = (parts[0] ?? (word && keyword(word.text, nodes))) || undefined;
  const told = [text, parts[1]].filter((part) => part !== undefined);
  if (told.length === 0) return undefined;
  return { span: word ?? { start: node.span.start, end: node.span.end }, markdown: told.join("\n\n---\n\n") };
}

const code = (text: string, language = "neuro"): string => `\`\`\`${language}\n${text}\n\`\`\``;
const joined = (...parts: readonly (string | undefined | false)[]): string => parts.filter(Boolean).join("\n\n");

/** What the diagnostics at a place mean, by their pages. */
function faultsAt(view: View, offset: number): string | undefined {
  const here = view.checked.diagnostics.filter(
    ({ span }) => span.file === view.path && span.start <= offset && offset <= span.end && span.end - span.start < 200,
  );
  const pages = here.flatMap(({ code: name }) => {
    const page = diagnosticPage(name)?.split("\n\n")[1];
    return page ? [`**${name}**: ${page}`] : [];
  });
  return pages.length > 0 ? [...new Set(pages)].join("\n\n") : undefined;
}

/** The word around an offset, letters only. */
function wordAt(text: string, offset: number): { text: string; start: number; end: number } | undefined {
  const before = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(text.slice(Math.max(0, offset - 100), offset))?.[0] ?? "";
  const behind = /^[\p{L}\p{N}_]*/u.exec(text.slice(offset, offset + 100))![0];
  const start = offset - before.length;
  return before + behind === "" ? undefined : { text: before + behind, start, end: offset + behind.length };
}

/** Words of the language, where they are not names. */
function keyword(word: string, nodes: readonly ast.Node[]): string | undefined {
  if (nodes.at(-1)?.kind === "Chunk" || nodes.at(-1)?.kind === "Text") return undefined;
  const inside = nodes.some(({ kind }) => kind === "Body" || kind === "Record");
  const known = inside ? (innerWords.get(word) ?? openingWords.get(word)) : (openingWords.get(word) ?? innerWords.get(word));
  const kind = inside ? undefined : settings.get(word);
  if (kind) return joined(code(`${word} name { .. }`), kind.doc, fieldsTable(kind.fields));
  return known && joined(code(known.form), known.doc);
}

const fieldsTable = (fields: readonly Parameter[]): string => fields.map((field) => `- ${parameterLine(field)}`).join("\n");

function parameterLine({ name, type, doc, range, unit, optional }: Parameter): string {
  const bounds = range ? ` in ${showRange(range)}` : "";
  return `\`${name}: ${show(type)}${unit && !show(type).includes(unit) ? ` ${unit}` : ""}${bounds}\`${optional ? "" : " (must be given)"}${doc ? `: ${doc}` : ""}`;
}

// ── nodes ───────────────────────────────────────────────────────────────────

function about(view: View, nodes: readonly ast.Node[], offset: number): string | undefined {
  const node = nodes.at(-1)!;
  if (node.kind === "Name") return aboutName(view, node, nodes, offset);
  if (node.kind === "Number") return aboutNumber(node);
  if (node.kind === "Use" && offset <= node.pathSpan.end && offset >= node.pathSpan.start) return aboutModule(view, node);
  if ((node.kind === "Binary" || node.kind === "Compare") && within(node.opSpan, offset))
    return joined(innerWords.get(node.op)?.doc, valueText(view, node)) || undefined;
  return undefined;
}

const within = (span: Range, offset: number): boolean => span.start <= offset && offset <= span.end;

function valueText(view: View, node: ast.Expr): string | undefined {
  const type = typeOf(view.checked, node);
  return type.kind === "unknown" ? undefined : code(sized(type));
}

function aboutModule(view: View, { path }: ast.Use): string | undefined {
  const module = libraryOf(view.host).find(({ name }) => `std.${name}` === path);
  if (!module) return undefined;
  const names = module.declarations.map(({ name }) => `\`${name}\``).join(", ");
  return joined(code(path), module.doc.replaceAll("\n", " "), names);
}

/** A number with a unit, in the units it converts to; a share as a number. */
function aboutNumber({ value, unit, percent, raw }: ast.NumberLit): string | undefined {
  const of = unit && units.get(unit.text);
  if (percent) return `\`${raw}%\` is ${value}`;
  return of && unit ? joined(code(`${raw} ${unit.text}`), conversions(value, unit.text)) : valueOnly(raw);
}

const valueOnly = (raw: string): string | undefined =>
  /[_eE]/.test(raw) ? `\`${raw}\` is ${Number(raw.replaceAll("_", "")).toLocaleString("en")}` : undefined;

function conversions(value: number, unit: string): string {
  const { base, factor } = units.get(unit)!;
  const others = [...units].filter(
    ([name, each]) => each.base === base && name !== unit && base !== name && each.factor !== factor,
  );
  if (others.length === 0) return `Counted in ${base}.`;
  return others.map(([name, each]) => `${Number(((value * factor) / each.factor).toPrecision(6))} ${name}`).join(" = ");
}

function aboutName(view: View, name: ast.Name, nodes: readonly ast.Node[], offset: number): string | undefined {
  const parent = nodes.at(-2);
  const outer = nodes.at(-3);
  switch (parent?.kind) {
    case "Entry":
      if (parent.label === name) return aboutLabel(view, name, outer, nodes.at(-4));
      break;
    case "Arg":
      if (parent.label === name) return aboutArgument(view, name, outer);
      break;
    case "Field":
      if (parent.name === name) return aboutField(view, parent);
      break;
    case "Number":
      return aboutNumber(parent);
    case "NamedType":
      if (parent.unit === name) return joined(code(`${name.text}`), units.has(name.text) ? conversions(1, name.text) : "");
      return aboutEntity(view, view.checked.resolved(name), name, offset) ?? aboutType(name.text);
    case "TensorType":
      return aboutType(name.text);
    case "Axis":
      return aboutAxis(view, name, nodes);
    case "Import":
      return aboutEntity(view, view.checked.resolved(name) ?? view.checked.resolved(parent.name), name, offset);
    case "Param":
      if (parent.name === name && outer?.kind === "RecordType") return code(view.text.slice(parent.span.start, parent.span.end));
      break;
    case "Cases":
      return code(`${name.text}: a case of ${(outer as ast.TypeDecl).name.text}`);
  }
  const own = view.module.declarations.get(name.text);
  const entity = view.checked.resolved(name) ?? (own?.node.name === name ? own : undefined);
  return (
    aboutEntity(view, entity, name, offset, nodes) ??
    aboutBound(view, name, nodes, offset) ??
    aboutBuiltin(name.text) ??
    valueText(view, name)
  );
}

function aboutType(name: string): string | undefined {
  const doc = typeDocs.get(name);
  return doc && joined(code(name), doc);
}

/** A name where a statement binds it. */
function aboutBound(view: View, name: ast.Name, nodes: readonly ast.Node[], offset: number): string | undefined {
  const parent = nodes.at(-2);
  if (parent?.kind === "Bind") {
    const type = typeOfBinding(view.checked, parent, parent.names.indexOf(name));
    return joined(code(`${name.text}: ${type.kind === "unknown" ? ".." : sized(type)}`), parent.docs?.text);
  }
  return parent ? aboutEntity(view, view.checked.resolved(name), name, offset) : undefined;
}

// ── labels and fields ───────────────────────────────────────────────────────

function aboutLabel(view: View, name: ast.Name, record: ast.Node | undefined, owner: ast.Node | undefined): string | undefined {
  if (owner?.kind === "Setting" || owner?.kind === "Model") {
    const architecture = owner.kind === "Model" ? owner.architecture.text : undefined;
    const field = fieldsOf(view, owner.kind === "Model" ? "model" : owner.word, architecture)?.find(
      (each) => each.name === name.text,
    );
    if (field)
      return joined(code(`${field.name}: ${show(field.type)}`), fieldDoc(field), defaultOf(view, architecture, name.text));
  }
  if (record?.kind === "Select") return aboutAxis(view, name, []);
  return valueAt(view, record, name.text);
}

function fieldDoc(field: Parameter): string {
  const { type, range, unit, optional, doc } = field;
  const cases = type.kind === "variant" ? `One of ${[...type.cases.keys()].map((each) => `\`${each}\``).join(", ")}.` : "";
  const bounds = range ? `Must be ${showRange(range)}${unit ? ` ${unit}` : ""}.` : "";
  return joined(doc, cases, bounds, !optional && "Must be given.");
}

/** What an architecture says where a model does not. */
function defaultOf(view: View, architecture: string | undefined, name: string): string | undefined {
  const declaration = architecture === undefined ? undefined : declarationOf(view, architecture);
  return declaration && standardOf(declaration, name);
}

/** The default of a parameter, as it is written. */
function standardOf({ node, module }: Declaration, name: string): string | undefined {
  const params = node.kind === "TypeDecl" || node.kind === "Model" ? [] : (node.params ?? []);
  const written = params.find((each) => each.name.text === name)?.default?.span;
  return written && `\`${module.text.slice(written.start, written.end)}\` where it is left out.`;
}

const valueAt = (view: View, record: ast.Node | undefined, name: string): string | undefined => {
  const entry = record?.kind === "Record" ? record.entries.find(({ label }) => label.text === name) : undefined;
  const type = entry && typeOf(view.checked, entry.value);
  return type && type.kind !== "unknown" ? code(`${name}: ${sized(type)}`) : undefined;
};

function aboutArgument(view: View, name: ast.Name, call: ast.Node | undefined): string | undefined {
  const bound = call?.kind === "Call" ? view.checked.call(call) : undefined;
  const caret = caretAt(view.text, name.span.end);
  const callee = calleeAt(view, caret, caret.frames.length - 1);
  const all = [...(bound?.signature.parameters ?? []), ...(callee?.signature.parameters ?? []), ...(callee?.extras ?? [])];
  const parameter = all.find(
    ({ name: each, type }) => each === name.text || (name.text === "over" && type.kind === "enumeration"),
  );
  if (!parameter) return undefined;
  const of = bound?.callee?.name ?? callee?.name;
  const declared = bound?.callee?.entity === "declaration" ? bound.callee : callee?.declaration;
  const standard = declared && standardOf(declared, parameter.name);
  return joined(code(`${name.text}: ${show(parameter.type)}`), fieldDoc(parameter), standard, of && `A parameter of \`${of}\`.`);
}

function aboutField(view: View, node: ast.Field): string | undefined {
  const object = typeOf(view.checked, node.object);
  const member = membersOf(object).find(({ name }) => name === node.name.text);
  const own = typeOf(view.checked, node);
  const type = own.kind === "unknown" ? member?.type : own;
  return type && type.kind !== "unknown" ? joined(code(`${node.name.text}: ${sized(type)}`), member?.doc) : undefined;
}

/** An axis: how long it is, as far as the types around say. */
function aboutAxis(view: View, name: ast.Name, nodes: readonly ast.Node[]): string | undefined {
  const axis = nodes.at(-2);
  const stated = axis?.kind === "Axis" && axis.size ? ` = ${view.text.slice(axis.size.span.start, axis.size.span.end)}` : "";
  const docs: Readonly<Record<string, string>> = {
    batch: "The rows of a batch. An objective is written for one row.",
    token: "The tokens of a text; as long as each text is.",
    sample: "The answers of a group that were drawn for one prompt.",
    vocab: "The words of a tokenizer.",
  };
  return joined(code(`axis ${name.text}${stated}`), docs[name.text]);
}

// ── what names stand for ────────────────────────────────────────────────────

function aboutEntity(
  view: View,
  entity: Entity | undefined,
  name: ast.Name,
  offset: number,
  nodes: readonly ast.Node[] = [],
): string | undefined {
  switch (entity?.entity) {
    case "declaration":
      return aboutDeclaration(view, entity);
    case "parameter":
      return aboutParameter(view, entity.node, offset);
    case "local":
      return aboutLocal(view, entity.node, name);
    case "builtin":
      return aboutBuiltin(entity.name);
    case "case":
      return aboutCase(view, name, entity.of, nodes.at(-2));
    default:
      return undefined;
  }
}

/** A declaration: how it is called, what it is for, its formula and source, what it weighs. */
function aboutDeclaration(view: View, declaration: Declaration): string {
  const { node, module, word } = declaration;
  const doc = node.docs?.text;
  const formula =
    word === "objective" || word === "layer" || (word === "fn" && isMathematical(view, declaration))
      ? formulaOf(node)
      : undefined;
  return joined(
    code(headline(node, module.text)),
    doc?.replaceAll("\n", " "),
    formula && code(formula, "text"),
    sourceOf(doc),
    word === "model" && costText(view, declaration),
    word === "objective" && learningText(view, declaration),
    word === "pipeline" && stagesText(view, node),
    module.path !== view.path &&
      `Declared in \`${module.std ? module.path.replace(/^std\//, "std.").replace(/\.neuro$/, "") : module.path}\`.`,
  );
}

function isMathematical(view: View, { node }: Declaration): boolean {
  return node.kind === "Callable" && !node.extern && view.checked.mathematics.isMathematical(node);
}

/** The paper that a documentation names: an author and a year in brackets. */
function sourceOf(doc: string | undefined): string | undefined {
  const found = doc?.replaceAll("\n", " ").match(/\(([^()]*\b(?:19|20)\d\d[^()]*)\)/g);
  return found ? `**Source**: ${found.map((each) => each.slice(1, -1)).join("; ")}` : undefined;
}

function costText(view: View, declaration: Declaration): string | undefined {
  const cost = costOf(view, declaration);
  if (!cost?.weights) return undefined;
  const { count, parts } = cost.weights;
  const rows = parts.map((part) => `| ${part.path} | ${counted(part.count)} | ${Math.round((100 * part.count) / count)}% |`);
  const table = `| part | weights | share |\n| :-- | --: | --: |\n${rows.join("\n")}`;
  const programs = (cost.programs ?? []).map(
    ({ name, flops: n, symbols }) => `\`${name}\` ${flops(n)}${symbols.length > 0 ? ` (${symbols.join(", ")} = 64)` : ""}`,
  );
  return joined(
    `**${counted(count)} weights**, ${bytes(4 * count)} as f32`,
    table,
    programs.length > 0 && `One text at a time: ${programs.join(", ")}`,
  );
}

/** What one row costs by an objective, for each choice of models that some recipe fits by it. */
function learningText(view: View, declaration: Declaration): string | undefined {
  const lines = fitCosts(view, declaration).map(({ models, loss, learning, symbols }) => {
    const which = [...models].map(([parameter, model]) => (parameter === model ? model : `${model} as ${parameter}`)).join(", ");
    return `- ${which}: ${flops(learning)} to learn from a row, ${flops(loss)} to score it (${symbols.join(", ")} = 64)`;
  });
  return lines.length > 0 ? lines.join("\n") : undefined;
}

/** The stages of a pipeline in their order, what each gives, and what it costs where it has a model. */
function stagesText(view: View, node: Declaration["node"]): string | undefined {
  if (node.kind !== "Callable" || !node.body) return undefined;
  const lines = node.body.stmts.flatMap((stmt) => {
    const value = stmt.kind === "Bind" || stmt.kind === "ExprStmt" ? stmt.value : undefined;
    if (value?.kind !== "Call" || value.callee.kind !== "Name") return [];
    const cost = stageCost(view, value);
    const told = cost ? `, ${flops(cost.program.flops)} and ${bytes(4 * cost.weights)} of \`${cost.model}\` a ${cost.each}` : "";
    return [`1. ${value.callee.text} → ${show(typeOf(view.checked, value))}${told}`];
  });
  return lines.length > 0 ? lines.join("\n") : undefined;
}

function aboutParameter(view: View, node: ast.Param, offset: number): string {
  const source = view.checked.modules.find(({ path }) => path === node.span.file)?.text ?? view.text;
  const written = source.slice(node.span.start, node.span.end);
  const around = [...view.module.declarations.values()].find(({ node: each }) => within(each.span, offset));
  const type = typeOfLocal(view, around, node.name.text, node.span.end);
  const more = node.type || type.kind === "unknown" ? "" : `: ${sized(type)}`;
  return joined(code(`${written}${more}`), node.docs?.text, "A parameter.");
}

function aboutLocal(view: View, node: Extract<Entity, { entity: "local" }>["node"], name: ast.Name): string | undefined {
  const own = (type: Type) => (type.kind === "unknown" ? name.text : `${name.text}: ${sized(type)}`);
  switch (node.kind) {
    case "Bind": {
      const at = node.names.findIndex(({ text }) => text === name.text);
      return joined(code(own(typeOfBinding(view.checked, node, Math.max(0, at)))), node.docs?.text);
    }
    case "LocalFn": {
      const params = node.params.map((param) => param.name.text).join(", ");
      const type = typeOf(view.checked, node.value);
      return joined(
        code(`fn ${node.name.text}(${params})${type.kind === "unknown" ? "" : ` -> ${sized(type)}`}`),
        node.docs?.text,
      );
    }
    case "Weight":
      return joined(code(textOf(view, node)), node.docs?.text);
    default: {
      const over = typeOf(view.checked, node.over);
      const each = over.kind === "range" || over.kind === "list" ? over.of : over;
      return code(own(each));
    }
  }
}

const textOf = (view: View, node: ast.Node): string => {
  const source = view.checked.modules.find(({ path }) => path === node.span.file)?.text ?? view.text;
  return source.slice(node.span.start, node.span.end);
};

function aboutBuiltin(name: string): string | undefined {
  const special = specialSignature(name);
  if (special) return joined(code(showSignature(name, special)), parametersText(special));
  const doc = builtinDocs.find((each) => each.name === name);
  return doc && joined(code(doc.signature), doc.doc, `For example:\n\n${code(doc.right)}`);
}

const parametersText = ({ parameters }: Signature): string => fieldsTable(parameters.filter(({ doc }) => doc));

function aboutCase(view: View, name: ast.Name, of: string, call: ast.Node | undefined): string {
  const type = typeOf(view.checked, name);
  const called = call?.kind === "Call" ? view.checked.call(call)?.signature : undefined;
  const signature = called ?? (type.kind === "variant" ? type.cases.get(name.text) : undefined);
  const head =
    signature && signature.parameters.length > 0
      ? showSignature(name.text, { ...signature, result: { kind: "nothing" } })
      : name.text;
  return joined(code(head), `A case of ${of}.`, signature && parametersText(signature));
}
