// Parameters of a declaration that is checked on its own: every axis a symbol, every number unknown, every model opaque.
import type { Param, Type } from "../../grammar/index.ts";
import { type Axis, axis } from "./axis.ts";
import { tensorOf } from "./operators.ts";
import { elemNamed, enumerationOf, fieldsOf, isModelType, modelParameter, rowValue, textHosts } from "./rows.ts";
import type { Scope } from "./scope.ts";
import { symbol } from "./size.ts";
import { type Tensor, tensor, unknownValue, type Value } from "./value.ts";
import { evaluate } from "./walk.ts";

/** What `..` holds while a declaration is checked on its own. */
const restAxis: Axis = axis("..", { rest: true });

/** The value a parameter stands for; `unknown` where its type is left to be inferred at each call. */
export function symbolicValue(scope: Scope, param: Param, ragged: boolean): Value {
  const t = param.type;
  if (!t) return unknownValue;
  if (t.kind === "TensorType") return tensorParameter(scope, param, t, ragged);
  if (t.kind === "FnType") return param.default ? evaluate(scope, param.default) : unknownValue;
  if (t.kind === "RecordType" || t.kind === "SumType") return rowValue(scope, param);
  if (t.kind !== "NamedType") return unknownValue;
  return namedValue(scope, param, t);
}

function namedValue(scope: Scope, param: Param, t: Extract<Type, { kind: "NamedType" }>): Value {
  const name = t.name.text;
  if (name === "axis") return { kind: "axis", axis: parameterAxis(scope, param.name.text, symbol(param.name.text), undefined) };
  if (name === "Int") return tensor("int", [], { size: symbol(param.name.text) });
  if (name === "Float") return tensor("float", []);
  if (name === "Bool") return tensor("bool", []);
  if (isModelType(t)) return modelParameter(scope, param);
  if (textHosts.includes(name))
    return { kind: "text", host: name, text: { id: param.name.text, name: param.name.text }, axes: [] };
  if (name === "Weights") return tensor("float", [restAxis]);
  if (name === "List") {
    const of = t.args[0];
    const weights = of?.kind === "NamedType" && of.name.text === "Weights";
    return {
      kind: "list",
      of: tensor("float", weights ? [restAxis] : []),
      count: tensor("int", [], { size: symbol(`count ${param.name.text}`) }),
    };
  }
  const cases = enumerationOf(scope, name);
  if (cases) return tensor("int", [], { cases });
  if (name === "Enumeration") return { kind: "enumeration", name: param.name.text, cases: [] };
  return fieldsOf(scope, t) ? rowValue(scope, param) : unknownValue;
}

function parameterAxis(scope: Scope, name: string, size: Axis["size"], origin: Axis["origin"]): Axis {
  const known = scope.axes.get(name);
  if (known) return known;
  const made = axis(name, { frame: scope.frame, size, parameter: true, ...(origin ? { origin } : {}) });
  scope.axes.set(name, made);
  return made;
}

function tensorParameter(scope: Scope, param: Param, t: Extract<Type, { kind: "TensorType" }>, ragged: boolean): Tensor | Value {
  const elem = elemNamed(t.of?.text);
  if (!elem) return { kind: "text", host: t.of!.text, text: { id: param.name.text, name: param.name.text }, axes: [] };
  const axes: Axis[] = [];
  for (const a of t.axes) {
    if (a.kind === "Ellipsis") axes.push(restAxis);
    else {
      const size = (a.size && tensorOf(scope, a.size, "size")?.size) ?? symbol(a.name.text);
      axes.push(parameterAxis(scope, a.name.text, size, a.span));
    }
  }
  // In a model the last axis of tokens is a text's, of its own length in every row.
  const last = axes.at(-1);
  if (ragged && elem === "token" && last && !last.rest) {
    const text: Axis = { ...last, text: { id: param.name.text, name: param.name.text } };
    scope.axes.set(last.name, text);
    axes[axes.length - 1] = text;
  }
  return tensor(elem, axes);
}
