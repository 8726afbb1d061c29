// A declaration is checked once, with symbolic axes: its defaults, its body, and that the result is what it says.
import type { Architecture, Callable, Type } from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { reportSizes } from "./align.ts";
import { sizesAgree } from "./axis.ts";
import { bodyValue } from "./body.ts";
import { symbolicValue } from "./declare.ts";
import { checkGoal, type ObjectiveCheck } from "./objective.ts";
import { tensorOf } from "./operators.ts";
import { batch, elemNamed, fieldsOf, isModelType } from "./rows.ts";
import { axesText, fault, nameOf, openScope, type Scope, type World } from "./scope.ts";
import { isConstant, symbol } from "./size.ts";
import { isProb, showType, type Tensor, type Value } from "./value.ts";

/** Whether every parameter has a type; without one a function is expanded where it is called, and checked there. */
export const isTyped = (decl: Callable | Architecture): boolean => (decl.params ?? []).every((p) => p.type);

/** Checks a declaration's body; its faults go to the context. Gives what is known of an objective. */
export function checkDeclaration(world: World, decl: Callable | Architecture): ObjectiveCheck | undefined {
  const before = world.faults;
  const [outer, depth] = [world.walks, world.depth];
  world.walks = 0;
  world.depth = 0;
  world.said.clear();
  world.checks++;
  try {
    return walkDeclaration(world, decl, before);
  } finally {
    world.walks = outer;
    world.depth = depth;
    world.checks--;
  }
}

function walkDeclaration(world: World, decl: Callable | Architecture, before: number): ObjectiveCheck | undefined {
  const objective = decl.kind === "Callable" && decl.word === "objective";
  const rowName = objective
    ? decl.params?.findLast((p) => !isModelType(p.type) && fieldsOf(bare(world, decl), p.type))?.name.text
    : undefined;
  const kind = decl.kind === "Architecture" ? "model" : objective ? "objective" : decl.word === "layer" ? "layer" : "fn";
  const scope = openScope(world, kind, decl.span.file, {
    decl,
    frame: 0,
    ...(objective ? { goal: { metrics: new Map(), read: new Set<string>(), ...(rowName ? { row: rowName } : {}) } } : {}),
  });
  if (objective) scope.axes.set("batch", batch);
  if (decl.kind === "Architecture") {
    scope.axes.set("vocab", { name: "vocab", frame: 0, size: symbol("vocab"), parameter: true });
  }
  for (const param of decl.params ?? []) {
    scope.values.set(param.name.text, symbolicValue(scope, param, decl.kind === "Architecture"));
    if (param.default && param.type?.kind === "TensorType") tensorOf(scope, param.default);
  }
  const value = bodyValue(scope, decl);
  if (objective) return checkGoal(scope, decl, world.faults > before);
  checkResult(scope, decl.result, value);
  if (world.faults > before) world.dirty.add(decl);
  return undefined;
}

const bare = (world: World, decl: Callable | Architecture): Scope => openScope(world, "fn", decl.span.file, { frame: 0 });

/** The value of a body against the declared result: the same axes, in any order; more only where `..` or a batch may bring them. */
function checkResult(scope: Scope, declared: Type | undefined, value: Value): void {
  if (!declared || value.kind === "unknown") return;
  const span = endOf(scope);
  if (declared.kind === "NamedType" && scope.decl?.kind === "Architecture") {
    checkHead(scope, scope.decl, declared.name.text, value);
    return;
  }
  if (declared.kind !== "TensorType") {
    if (
      declared.kind === "NamedType" &&
      (declared.name.text === "Float" || declared.name.text === "Int") &&
      value.kind === "tensor"
    ) {
      if (value.axes.some((a) => !a.rest)) {
        fault(scope, wrongType, span, { what: "The result", expected: declared.name.text, found: axesText(scope, value.axes) });
      }
    }
    return;
  }
  const elem = elemNamed(declared.of?.text);
  if (!elem) return;
  const expected = `[${declared.axes.map((a) => (a.kind === "Ellipsis" ? ".." : a.name.text)).join(", ")}]${declared.of ? ` of ${declared.of.text}` : ""}`;
  if (value.kind !== "tensor" || !fitsElem(elem, value)) {
    fault(scope, wrongType, span, { what: "The result", expected, found: showType(value) });
    return;
  }
  checkAxes(scope, declared, value, expected);
}

/** What an architecture gives, by the model it says it is: rows, then the tokens of its last text, then what there is of each. */
function checkHead(scope: Scope, decl: Architecture, head: string, value: Value): void {
  const input = decl.params.findLast((p) => p.type?.kind === "TensorType")?.type;
  const names = input?.kind === "TensorType" ? input.axes.flatMap((a) => (a.kind === "Axis" ? [a.name.text] : [])) : [];
  const wanted: Record<string, readonly string[]> = {
    LanguageModel: [...names, "vocab"],
    MaskedModel: [...names, "vocab"],
    TokenScorer: names,
    Scorer: names.slice(0, 1),
  };
  const axes = wanted[head];
  if (!axes) return;
  const prob = head === "LanguageModel" || head === "MaskedModel";
  const found = value.kind === "tensor" ? value.axes.filter((a) => !a.cases).map((a) => nameOf(scope, a)) : [];
  const fits =
    value.kind === "tensor" &&
    (value.elem === "prob") === prob &&
    found.length === axes.length &&
    axes.every((n) => found.includes(n));
  if (fits) return;
  const expected = `[${axes.join(", ")}]${prob ? " of Prob" : ""}`;
  const text =
    value.kind === "tensor" ? `${axesText(scope, value.axes)}${value.elem === "prob" ? " of Prob" : ""}` : showType(value);
  fault(scope, wrongType, endOf(scope), { what: `The result of a ${head}`, expected, found: text });
}

function checkAxes(scope: Scope, declared: Extract<Type, { kind: "TensorType" }>, value: Tensor, expected: string): void {
  const span = endOf(scope);
  const named = declared.axes.flatMap((a) => (a.kind === "Axis" ? [a] : []));
  const names = named.map((a) => a.name.text);
  const found = value.axes.filter((a) => !a.rest);
  const extra = found.filter((a) => !names.includes(nameOf(scope, a)));
  const lacking = names.filter((n) => !found.some((a) => nameOf(scope, a) === n));
  const rest = value.axes.some((a) => a.rest);
  // What `..` holds is known at each call only, so there it may be these.
  const open = rest && declared.axes.some((a) => a.kind === "Ellipsis");
  if ((extra.length > 0 && !open) || (lacking.length > 0 && !rest)) {
    fault(scope, wrongType, span, { what: "The result", expected, found: axesText(scope, value.axes) });
    return;
  }
  for (const a of named) {
    const axis = found.find((x) => nameOf(scope, x) === a.name.text);
    const wanted = scope.axes.get(a.name.text);
    const sized = a.size ? tensorOf(scope, a.size, "size")?.size : wanted?.parameter ? wanted.size : undefined;
    if (axis && sized && isConstant(axis.size) && isConstant(sized) && !sizesAgree(axis, { ...axis, size: sized })) {
      reportSizes(scope, { ...axis, size: sized, origin: a.span }, axis, { axes: [], span: a.span }, { axes: [], span }, span);
    }
  }
}

function fitsElem(elem: Tensor["elem"], value: Tensor): boolean {
  if (elem === value.elem) return true;
  if (elem === "float") return value.elem === "int" || (isProb(value) && !value.whole);
  if (elem === "ratio") return value.elem === "prob";
  return (elem === "int" && value.elem === "token") || (elem === "token" && value.elem === "int");
}

/** The last expression of a body, where its result is blamed. */
function endOf(scope: Scope) {
  const decl = scope.decl!;
  if (decl.kind === "Callable" && decl.value) return decl.value.span;
  const last = decl.body?.stmts.at(-1);
  return last?.kind === "ExprStmt" ? last.value.span : (last?.span ?? decl.name.span);
}
