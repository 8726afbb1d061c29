// The door of mathematics: checking bodies, calling formulas from host code, facts of objectives, documentation of builtins.
import type { Architecture, Call, Callable, Expr, Model, Type as TypeTree } from "../../grammar/index.ts";
import { wrongGivens } from "../diagnostics/wrong_givens.ts";
import type { Type } from "../types.ts";
import { applied } from "./application.ts";
import { builtins } from "./builtins/index.ts";
import { callDeclared } from "./call.ts";
import { checkDeclaration, isTyped } from "./check.ts";
import type { BuiltinDoc, CheckedMathematics, MathArgument, MathContext, ObjectiveFacts } from "./door.ts";
import { walk } from "./evaluate.ts";
import { fromModel, fromType, toType } from "./host.ts";
import { checkInstance } from "./instance.ts";
import { heads } from "./rows.ts";
import { fault, openScope, type Scope, type World } from "./scope.ts";
import type { Trace } from "./trace.ts";
import type { TextValue, Value } from "./value.ts";

export type { BuiltinDoc, MathArgument, MathContext, Mathematics, ObjectiveFacts } from "./door.ts";

/** Documentation and examples of every builtin, by name. */
export const builtinDocs: readonly BuiltinDoc[] = [...builtins.values()];

/** A world to walk in: without a trace bodies are only checked. */
export function openWorld(context: MathContext, trace?: Trace, ensure?: World["ensure"]): World {
  return {
    context,
    walk,
    frames: 0,
    memory: new Map(),
    walks: 0,
    depth: 0,
    checks: 0,
    dirty: new Set(),
    said: new Set(),
    faults: 0,
    ...(trace ? { trace, concrete: true } : {}),
    ...(ensure ? { ensure } : {}),
  };
}

const isMathType = (t: TypeTree | undefined): boolean => {
  if (!t) return false;
  if (t.kind === "TensorType") return true;
  if (t.kind !== "NamedType") return false;
  return (
    t.name.text === "axis" ||
    t.name.text === "Weights" ||
    heads.includes(t.name.text) ||
    t.args.some((a) => t.name.text === "List" && isMathType(a))
  );
};

/** Rows are walked over by host code. */
const isRows = (t: TypeTree | undefined): boolean =>
  t?.kind === "NamedType" && (t.name.text === "Rows" || t.name.text === "Dataset" || t.name.text === "Stream");

/** Whether a function is mathematics: declared with tensors, axes, models or Weights, and not of rows. */
export function isMathematical(decl: Callable): boolean {
  if (decl.word === "layer" || decl.word === "objective") return true;
  if (decl.word !== "fn" || decl.extern || (decl.params ?? []).some((p) => isRows(p.type))) return false;
  return (decl.params ?? []).some((p) => isMathType(p.type)) || isMathType(decl.result);
}

/** The mathematics of one program; every declaration is checked once. */
export function openMath(context: MathContext): CheckedMathematics {
  const inside = context.inside ?? ((_decl, work) => work());
  const done = new Map<Callable | Architecture, ObjectiveFacts | undefined>();
  const check = (decl: Callable | Architecture): void => {
    if (done.has(decl)) return;
    done.set(decl, undefined);
    if (decl.extern || !isTyped(decl)) return;
    done.set(
      decl,
      inside(decl, () => checkDeclaration(world, decl)?.facts),
    );
  };
  // A callee is checked before its caller says anything of it; a tower of unchecked callees is left for when its turn comes.
  const ensure = (decl: Callable | Architecture): void => void (world.checks < 40 && check(decl));
  const world: World = openWorld(context, undefined, ensure);
  const at = (call: Call): Scope => {
    begin(world);
    return openScope(world, "fn", call.span.file, { frame: 0 });
  };
  return {
    builtins,
    isMathematical,
    check,
    checkModel: (decl: Model, architecture: Architecture) => {
      check(architecture);
      // Of a model behind an address nothing is known but what its head gives.
      if (architecture.extern) return;
      begin(world);
      if (!world.dirty.has(architecture)) checkInstance(world, decl, architecture);
    },
    call: (decl, args, call) => {
      check(decl);
      const scope = at(call);
      return toType(callDeclared(scope, decl, asArguments(scope, args), call.span));
    },
    builtin: (name, args, call) => {
      const scope = at(call);
      const made = asArguments(scope, args);
      return toType(builtins.get(name)!.apply(scope, { ...call, args: made }));
    },
    apply: (model, scored, given, call) => applyFromHost(at(call), model, scored, given, call),
    objective: (decl) => {
      check(decl);
      return done.get(decl);
    },
    forget: (decl) => {
      done.delete(decl);
      world.dirty.delete(decl);
      world.memory.clear();
    },
  };
}

/** A question from host code: it has its own budget, and its faults are told apart by whoever they are reported to. */
function begin(world: World): void {
  world.walks = 0;
  world.said.clear();
}

/** Arguments whose types are known already, as names bound in a scope of their own. */
function asArguments(scope: Scope, args: readonly MathArgument[]): Call["args"] {
  return args.map((arg, i) => {
    const name = `argument ${i + 1}`;
    scope.values.set(name, fromType(arg.type, textName(arg.value)));
    const value: Expr = { kind: "Name", text: name, span: arg.value.span };
    return {
      kind: "Arg",
      value,
      span: arg.value.span,
      ...(arg.label ? { label: { kind: "Name", text: arg.label, span: arg.value.span } as const } : {}),
    };
  });
}

const textName = (e: Expr): string =>
  e.kind === "Name" ? e.text : e.kind === "Field" ? `${textName(e.object)}.${e.name.text}` : `${e.span.start}`;

function applyFromHost(
  scope: Scope,
  model: Type,
  scored: readonly MathArgument[],
  given: readonly MathArgument[],
  call: Call,
): Type {
  if (model.kind !== "model" || model.over?.kind === "unknown") return { kind: "unknown" };
  const texts = (args: readonly MathArgument[]): TextValue[] | undefined => {
    const values: Value[] = args.map((a) => {
      const v = fromType(a.type, textName(a.value));
      return v.kind === "list" && v.of?.kind === "text" ? v.of : v;
    });
    return values.every((v) => v.kind === "text") ? (values as TextValue[]) : undefined;
  };
  const y = texts(scored);
  const x = texts(given);
  if (!y || !x) return { kind: "unknown" };
  if (y.length === 0) {
    return toType(
      fault(scope, wrongGivens, call.span, {
        model: model.name ?? "The model",
        expected: "with a text",
        found: "nothing to read",
      }),
    );
  }
  return toType(applied(scope, fromModel(model), y, x, call.span));
}
