// The walk over expressions of mathematics: one function per kind of expression, the same for checking and for tracing.
//
// `want` is "size" where a whole number of places is expected: there `/` must divide exactly. Every fault is reported where
// it arises and gives `unknown`, which nothing further is said about.
import type { Expr, Field, Index, Name } from "../../grammar/index.ts";
import { at } from "../../kernels/index.ts";
import { notInThisVersion } from "../diagnostics/not_in_this_version.ts";
import { remoteModel } from "../diagnostics/remote_model.ts";
import { unknownField } from "../diagnostics/unknown_field.ts";
import { unknownName } from "../diagnostics/unknown_name.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { call } from "./call.ts";
import { binary, choose, compare, tensorOf, unary } from "./operators.ts";
import { enumerationOf, modelOf } from "./rows.ts";
import { axesText, fault, lookup, namesIn, type Scope, type Want } from "./scope.ts";
import { remember } from "./seen.ts";
import { caseOf, select } from "./select.ts";
import { known, showType, truth, unknownValue, type Value } from "./value.ts";

/** The value of an expression; while tracing, nodes made inside come from its line. */
export function walk(scope: Scope, e: Expr, want?: Want): Value {
  const { trace } = scope.world;
  if (trace) return at([trace.line(e.span)], () => walkKind(scope, e, want));
  const value = walkKind(scope, e, want);
  return scope.frame === 0 ? remember(e, value) : value;
}

function walkKind(scope: Scope, e: Expr, want: Want): Value {
  switch (e.kind) {
    case "Number":
      return {
        ...known(e.value, e.integer && !e.percent ? "int" : "float"),
        literal: true,
        ...(e.unit ? { unit: e.unit.text } : {}),
      };
    case "Bool":
      return truth(e.value);
    case "Text":
      return { kind: "string", text: e.parts.map((p) => (p.kind === "Chunk" ? p.text : "")).join("") };
    case "Name":
      return nameValue(scope, e);
    case "Binary":
      return binary(scope, e, want);
    case "Unary":
      return unary(scope, e);
    case "Compare":
      return compare(scope, e);
    case "If":
      return choose(scope, e, want);
    case "Call":
      return call(scope, e, want);
    case "Select":
      return select(scope, e);
    case "Index":
      return element(scope, e);
    case "Field":
      return field(scope, e);
    case "Range": {
      const from = tensorOf(scope, e.from, "size");
      const to = tensorOf(scope, e.to, "size");
      return from && to ? { kind: "range", from, to } : unknownValue;
    }
    case "List": {
      const items = e.items.map((item) => walk(scope, item));
      return { kind: "list", items, count: known(items.length) };
    }
    case "For":
    case "Record":
      return fault(scope, notInThisVersion, e.span, { name: e.kind === "For" ? "for" : "a record", kind: "expression" });
    case "Missing":
      return unknownValue;
    default:
      return e satisfies never;
  }
}

function nameValue(scope: Scope, e: Name): Value {
  const local = lookup(scope, e.text);
  if (local) return local;
  const { context } = scope.world;
  const decl = context.value(e.text, scope.file);
  if (decl?.kind === "Callable") return { kind: "callable", decl };
  if (decl?.kind === "Architecture") return { kind: "architecture", decl };
  if (decl?.kind === "Model") return modelOf(scope, decl);
  const cases = enumerationOf(scope, e.text);
  if (cases) return cases;
  if (scope.axes.has(e.text)) {
    return fault(scope, wrongType, e.span, {
      what: "This",
      expected: "a value",
      found: `the axis ${e.text}; position(${e.text}) or size(${e.text}) are values`,
    });
  }
  return fault(scope, unknownName, e.span, { name: e.text, known: [...namesIn(scope), ...context.names(scope.file)] });
}

/** `runs[i]`: an item of a list. */
function element(scope: Scope, e: Index): Value {
  const list = walk(scope, e.object);
  const index = tensorOf(scope, e.value, "size");
  if (list.kind === "unknown" || !index) return unknownValue;
  if (list.kind !== "list")
    return fault(scope, wrongType, e.object.span, {
      what: "What is indexed without an axis",
      expected: "a list",
      found: showType(list),
    });
  if (list.items && index.number !== undefined) {
    const item = list.items[index.number < 0 ? list.items.length + index.number : index.number];
    return (
      item ??
      fault(scope, wrongType, e.value.span, {
        what: "The index",
        expected: `below ${list.items.length}`,
        found: String(index.number),
      })
    );
  }
  return list.of ?? list.items?.[0] ?? unknownValue;
}

/** `row.answer`, `p.tokens`, `s.main`. */
function field(scope: Scope, e: Field): Value {
  const object = walk(scope, e.object);
  const name = e.name.text;
  if (object.kind === "unknown") return object;
  if (object.kind === "row") {
    const found = object.fields.get(name);
    if (scope.goal?.row === object.name) scope.goal.read.add(name);
    return found ?? fault(scope, unknownField, e.name.span, { name, of: object.name, known: [...object.fields.keys()] });
  }
  if (object.kind === "tensor") {
    if (object.whole && (name === "tokens" || name === "next")) {
      const part = object.whole[name];
      if (part) return part;
      const model = object.flow.logs[0];
      if (name === "next" && model) return fault(scope, remoteModel, e.name.span, { model, what: "`.next`" });
    }
    const picked = caseOf(scope, object, name, e.name.span);
    if (picked) return picked;
    const has = [...(object.whole ? ["tokens", "next"] : []), ...object.axes.flatMap((a) => a.cases ?? [])];
    return fault(scope, unknownField, e.name.span, {
      name,
      of: object.axes.length ? axesText(scope, object.axes) : showType(object),
      known: has,
    });
  }
  return fault(scope, unknownField, e.name.span, { name, of: showType(object), known: [] });
}
