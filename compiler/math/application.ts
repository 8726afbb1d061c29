// A model applied to texts: what stands before the bar is scored, what stands after it is given.
import type { Call, Span } from "../../grammar/index.ts";
import * as k from "../../kernels/index.ts";
import { remoteModel } from "../diagnostics/remote_model.ts";
import { tokenizersDiffer } from "../diagnostics/tokenizers_differ.ts";
import { wrongGivens } from "../diagnostics/wrong_givens.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { type Axis, axis, find, keyOf } from "./axis.ts";
import { tokenAxis } from "./rows.ts";
import { fault, type Scope } from "./scope.ts";
import { constant, type Size, symbol } from "./size.ts";
import type { Applied } from "./trace.ts";
import {
  type Flow,
  type ModelValue,
  noFlow,
  showType,
  type Tensor,
  type TextValue,
  tensor,
  unknownValue,
  type Value,
} from "./value.ts";
import { evaluate } from "./walk.ts";

/** How each kind of model is written, for the hint of `wrong_givens`. */
export const written: Readonly<Record<string, string>> = {
  LanguageModel: "p(y | x)",
  MaskedModel: "m(y | x)",
  Scorer: "v(x) or v(y | x)",
  Comparer: "j(a, b | x)",
  TokenScorer: "v(y | x)",
  Embedder: "e(x)",
};

function fits(head: string, scored: number, given: number, bar: boolean): boolean {
  if (head === "LanguageModel" || head === "TokenScorer") return bar && scored === 1 && given > 0;
  if (head === "MaskedModel") return bar && scored === 1 && given === 1;
  if (head === "Comparer") return bar && scored === 2 && given > 0;
  return bar ? scored === 1 && given > 0 : scored > 0;
}

/** `policy(y | x)`, `value(x)`, `judge(a, b | x)`, `scout(x)`. */
export function apply(scope: Scope, model: ModelValue, e: Call): Value {
  const scored = textsOf(
    scope,
    e.args.map((a) => a.value),
  );
  const given = textsOf(
    scope,
    (e.given ?? []).map((a) => a.value),
  );
  if (!scored || !given) return unknownValue;
  if (!fits(model.head, scored.length, given.length, e.given !== undefined)) {
    const found = `${model.name}(${scored.map((t) => t.text.name).join(", ")}${e.given ? ` | ${given.map((t) => t.text.name).join(", ")}` : ""})`;
    return fault(scope, wrongGivens, e.span, {
      model: `${model.name}, a ${model.head},`,
      expected: written[model.head] ?? "otherwise",
      found,
    });
  }
  return applied(scope, model, scored, given, e.span);
}

function textsOf(scope: Scope, exprs: readonly Call["callee"][]): TextValue[] | undefined {
  const found: TextValue[] = [];
  for (const expr of exprs) {
    const v = evaluate(scope, expr);
    if (v.kind === "unknown") return undefined;
    if (v.kind === "list" && v.items?.[0]?.kind === "text") found.push(v.items[0]);
    // `documents: Docs = []`: nothing is given.
    else if (v.kind === "list" && v.items?.length === 0) continue;
    else if (v.kind === "text") found.push(v);
    else {
      fault(scope, wrongType, expr.span, { what: "What a model is given", expected: "a text", found: showType(v) });
      return undefined;
    }
  }
  return found;
}

/** The value of an application that is well formed; while tracing, `trace.apply` makes its nodes. */
export function applied(
  scope: Scope,
  model: ModelValue,
  scored: readonly TextValue[],
  given: readonly TextValue[],
  span: Span,
): Value {
  const outer: Axis[] = [];
  for (const t of [...scored, ...given]) for (const a of t.axes) if (!find(outer, a)) outer.push(a);
  const y = scored[0]!;
  const trained = model.role === "train" && !model.remote;
  const flow: Flow = trained ? { ...noFlow, grads: [model.name] } : noFlow;
  if (model.role === "train" && model.remote) {
    return fault(scope, remoteModel, span, { model: model.name, what: "training" });
  }
  const clash = clashOf(model, y);
  if (clash) {
    const facts = { left: clash.name, right: model.name, leftTokenizer: clash.cut!.name, rightTokenizer: model.cut!.name };
    return fault(scope, tokenizersDiffer, span, facts);
  }
  const nodes = named(scope, scope.world.trace?.apply(model, scored, given, span) ?? {}, model);
  const value = nodes.value ? { node: nodes.value } : {};
  if (model.head === "LanguageModel" || model.head === "MaskedModel") return whole(scope, model, y, outer, flow, nodes);
  if (model.head === "TokenScorer")
    return tensor("float", [...outer, inScope(scope, tokenAxis(y.text, y.axes))], { flow, ...value });
  if (model.head === "Embedder") {
    const wide = axis("e", { frame: scope.frame, size: width(nodes) ?? model.wide ?? symbol("e") });
    return tensor("float", [...outer, inScope(scope, wide)], { flow, ...value });
  }
  return tensor("float", [...outer, ...(model.over ? [inScope(scope, model.over)] : [])], { flow, ...value });
}

/** What a trace gives under the names that a model's axes have in the body that applies it: those of a function's call are its own. */
function named(scope: Scope, nodes: Applied, { over }: ModelValue): Applied {
  if (scope.frame === 0) return nodes;
  const names = ["token", "vocab", "e", ...(over ? [over.name] : [])];
  const keys = Object.fromEntries(names.map((name) => [name, keyOf(axis(name, { frame: scope.frame }))]));
  const own = (node: k.Node | undefined) =>
    node && k.rename(node, Object.fromEntries(Object.entries(keys).filter(([name]) => k.hasAxis(node, name))));
  const [tokens, next, value] = [own(nodes.tokens), own(nodes.next), own(nodes.value)];
  return { ...nodes, ...(tokens && { tokens }), ...(next && { next }), ...(value && { value }) };
}

/** The model that told the tokens of each text first. */
const told = new WeakMap<TextValue["text"], ModelValue>();

/** A model that tells tokens of the same text, and cuts it otherwise. */
function clashOf(model: ModelValue, { text }: TextValue): ModelValue | undefined {
  if (model.cut === undefined || (model.head !== "LanguageModel" && model.head !== "TokenScorer")) return undefined;
  const first = told.get(text) ?? model;
  told.set(text, first);
  return first.cut!.by === model.cut.by ? undefined : first;
}

/** The number of an embedding's channels, where a graph says it. */
function width({ value }: Applied): Size | undefined {
  const size = value?.axes.find(({ name }) => name === "e" || name.startsWith("e@"))?.size;
  return typeof size === "number" ? constant(size) : undefined;
}

/** A model's axes are seen by name in the body that applies it. */
function inScope(scope: Scope, a: Axis): Axis {
  const mine = { ...a, frame: scope.frame };
  if (!scope.axes.has(a.name)) scope.axes.set(a.name, mine);
  return mine;
}

function whole(scope: Scope, model: ModelValue, y: TextValue, outer: readonly Axis[], trained: Flow, nodes: Applied): Tensor {
  const flow = { ...trained, logs: [model.name] };
  const token = inScope(scope, tokenAxis(y.text, y.axes));
  const vocab = inScope(scope, axis("vocab", { frame: scope.frame }));
  const tokens = tensor("prob", [...outer, token], { flow, ...(nodes.tokens ? { node: nodes.tokens } : {}) });
  const next = model.remote
    ? undefined
    : tensor("prob", [...outer, token, vocab], {
        flow,
        ...(nodes.next ? { node: nodes.next, ...(nodes.forms?.next && { forms: nodes.forms.next }) } : {}),
      });
  const node = nodes.tokens && totalLog(scope, nodes.tokens, token);
  return tensor("prob", outer, { flow, whole: { tokens, ...(next ? { next } : {}) }, ...(node ? { node } : {}) });
}

/** log p of a text: the sum over the tokens that exist. */
function totalLog(scope: Scope, tokens: k.Node, token: Axis): k.Node {
  const present = scope.world.trace!.present(token);
  return k.sum(present ? k.select(present, tokens, 0) : tokens, [keyOf(token)]);
}
