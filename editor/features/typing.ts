/** Types as features ask for them: of any expression, in host code and in formulas alike, of a name in a body, and of what follows a dot. */
import type { Checked } from "../../compiler/checked.ts";
import type { Declaration } from "../../compiler/declarations.ts";
import { hostElement, hostField, hostFields } from "../../compiler/hosts.ts";
import { kinds } from "../../compiler/kinds/index.ts";
import { modelFields } from "../../compiler/kinds/model.ts";
import { toType } from "../../compiler/math/host.ts";
import { valueSeen } from "../../compiler/math/seen.ts";
import type { Value } from "../../compiler/math/value.ts";
import { type HostName, list, type Parameter, type Type, unknown } from "../../compiler/types.ts";
import type * as ast from "../../grammar/index.ts";
import { children } from "../../grammar/index.ts";
import type { View } from "../service.ts";

/** The type of an expression, `unknown` where nothing was found out. */
export function typeOf(checked: Checked, expr: ast.Expr): Type {
  const type = checked.typeOf(expr);
  if (type.kind !== "unknown") return type;
  const value = valueSeen(expr);
  return value ? typeOfValue(value) : unknown;
}

/** The type of what a formula computes. */
export function typeOfValue(value: Value): Type {
  switch (value.kind) {
    case "row":
      return {
        kind: "record",
        fields: new Map([...value.fields].map(([name, field]) => [name, { type: typeOfValue(field), optional: false }])),
      };
    case "text":
      return { kind: "host", name: value.host as HostName };
    case "model":
      return { kind: "model", head: value.head as "Model", name: value.name, role: value.role };
    case "axis":
      return { kind: "axis", axis: value.axis };
    default:
      return toType(value);
  }
}

/** Something that can be read of a value by its name. */
export interface Member {
  readonly name: string;
  readonly type: Type;
  readonly doc?: string;
}

/** What may stand behind the dot of a value. */
export function membersOf(type: Type): Member[] {
  switch (type.kind) {
    case "record":
      return [...type.fields].map(([name, { type: of, doc }]) => ({ name, type: of, ...(doc ? { doc } : {}) }));
    case "rows":
      return membersOf(type.row).map((member) => ({ ...member, type: list(member.type) }));
    case "list":
      return type.of.kind === "record" || type.of.kind === "host"
        ? membersOf(type.of).map((member) => ({ ...member, type: list(member.type) }))
        : [];
    case "host": {
      const element = hostElement(type.name);
      const own = [...(hostFields[type.name] ?? (element?.kind === "host" ? hostFields[element.name] : undefined) ?? [])];
      return own.map(([name]) => ({ name, type: hostField(type.name, name) ?? unknown }));
    }
    case "tensor":
      return ofTensor(type);
    default:
      return [];
  }
}

function ofTensor(type: Extract<Type, { kind: "tensor" }>): Member[] {
  const whole = type.value?.kind === "tensor" ? type.value.whole : undefined;
  const parts = (["tokens", "next"] as const).flatMap((name) =>
    whole?.[name] ? [{ name, type: toType(whole[name]), doc: partDocs[name] }] : [],
  );
  const cases = type.axes.flatMap((axis) => axis.cases ?? []);
  const rest = type.axes.filter((axis) => !axis.cases);
  const each: Type =
    rest.length === 0 && type.elem === "float" ? { kind: "float", units: {} } : { ...type, axes: rest, value: undefined };
  return [...parts, ...cases.map((name) => ({ name, type: each }))];
}

const partDocs = {
  tokens: "One factor for each token of the text.",
  next: "The distribution of the next token at each place, over `vocab`.",
};

/** The fields that the record of a setting or of a model may have, in the order of their kind; undefined where it is no such record. */
export function fieldsOf(view: View, word: string | undefined, architecture?: string): readonly Parameter[] | undefined {
  if (word !== "model") return word === undefined ? undefined : kinds.get(word)?.fields;
  const found = architecture === undefined ? undefined : declarationOf(view, architecture);
  const node = found?.node.kind === "Architecture" ? found.node : undefined;
  const parameters = (found && node && view.checked.signature(found)?.parameters) ?? [];
  const own = parameters.flatMap((parameter, at): Parameter[] => {
    const param = node?.params[at];
    if (!param || param.type?.kind === "TensorType" || parameter.name === "head") return [];
    return [parameter];
  });
  const [tokenizer, ...common] = modelFields;
  return [tokenizer!, ...own, ...common];
}

/** The declaration that a name means at the top of the file: its own, imported, or of the prelude. */
export function declarationOf(view: View, name: string): Declaration | undefined {
  const own = view.module.declarations.get(name) ?? view.module.imports.get(name)?.declaration;
  if (own) return own;
  return preludeOf(view).flatMap((module) => module.declarations.get(name) ?? [])[0];
}

/** The modules whose names are in sight everywhere. */
export function preludeOf({ checked, host }: View) {
  const paths = new Set(host.resolveStd("prelude"));
  return checked.modules.filter(({ path }) => paths.has(path));
}

/** The type of a name that a body binds or a declaration takes, as of the last binding before an offset. */
export function typeOfLocal(view: View, around: Declaration | undefined, name: string, offset: number): Type {
  if (!around) return unknown;
  const parameter = view.checked.signature(around)?.parameters.find((each) => each.name === name);
  let found: Type = parameter?.type ?? unknown;
  const walk = (node: ast.Node): void => {
    if (node.span.start > offset) return;
    if (node.kind === "Bind" && node.span.end <= offset) {
      const at = node.names.findIndex((each) => each.text === name);
      if (at >= 0) found = typeOfBinding(view.checked, node, at);
    }
    if (node.kind === "Weight" && node.name.text === name) found = weightType(node) ?? found;
    for (const child of children(node)) walk(child);
  };
  walk(around.node);
  return found;
}

/** The type that one name of a binding has. */
export function typeOfBinding(checked: Checked, node: ast.Bind, at: number): Type {
  const type = typeOf(checked, node.value);
  return type.kind === "tuple" ? (type.items[at] ?? unknown) : at === 0 ? type : unknown;
}

function weightType(node: ast.Weight): Type | undefined {
  if (node.type.kind !== "TensorType") return undefined;
  const axes = node.type.axes.flatMap((axis) => (axis.kind === "Axis" ? [axis.name.text] : []));
  return { kind: "tensor", elem: "float", axes: axes.map((name) => ({ name, frame: 0, size: { terms: [], key: name } })) };
}
