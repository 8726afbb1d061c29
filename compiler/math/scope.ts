// Where an expression stands: the names and axes it sees, the call it belongs to, and where a fault in it is reported.
//
// One `World` per check or trace; one `Scope` per body that is walked. A callee's body is walked once per call with the
// caller's own axes, so that what is wrong only for these sizes is said at this call. Knows nothing of single builtins.
import type { Architecture, Callable, Diagnostic, Expr, Span } from "../../grammar/index.ts";
import { type DiagnosticRecord, diagnose, type Related } from "../diagnostics/define.ts";
import { type Axis, sameAxis } from "./axis.ts";
import type { MathContext } from "./door.ts";
import type { Memory } from "./memory.ts";
import type { Trace } from "./trace.ts";
import type { Tensor, Value } from "./value.ts";

/** A body of this kind is walked; it decides what statements and names may occur. */
export type BodyKind = "layer" | "model" | "objective" | "fn";

/** What the place of an expression expects, where that changes its meaning: sizes divide exactly. */
export type Want = "size" | undefined;

/** One check or trace: what is shared by every body that it walks. */
export interface World {
  /** The walk over expressions. */
  readonly walk: (scope: Scope, e: Expr, want?: Want) => Value;
  readonly context: MathContext;
  /** Present while lowering: tensors then carry nodes. */
  readonly trace?: Trace;
  /** Sizes have values here, all but those of the batch, of texts and of a vocabulary that is not trained yet. */
  readonly concrete?: boolean;
  /** Calls that were walked and said nothing; only checks look here. */
  readonly memory: Memory;
  /** Calls entered since the check of this declaration began, and how deep they are nested now. */
  walks: number;
  depth: number;
  /** Declarations whose check is under way, each begun by a call in the one before. */
  checks: number;
  /** The number of the last call that was entered. */
  frames: number;
  /** Declarations whose own check found faults: walking them again for a call reports nothing. */
  readonly dirty: Set<Callable | Architecture>;
  /** Checks a declaration before it is walked for a call; absent while lowering. */
  readonly ensure?: (decl: Callable | Architecture) => void;
  /** Faults so far, by code and place. */
  readonly said: Set<string>;
  /** Number of faults, to see whether a check was clean. */
  faults: number;
}

/** What only the body of an objective has. */
export interface Goal {
  readonly metrics: Map<string, Tensor>;
  loss?: Tensor;
  span?: Span;
  maximize?: boolean;
  /** Fields of the row that were read. */
  readonly read: Set<string>;
  readonly row?: string;
}

/** One body that is walked, or a block in it. */
export interface Scope {
  readonly world: World;
  readonly kind: BodyKind;
  /** The declaration whose body this is. */
  readonly decl?: Callable | Architecture;
  readonly file: string;
  readonly frame: number;
  readonly values: Map<string, Value>;
  readonly axes: Map<string, Axis>;
  /** The body around a local function or a block; its names are in sight. */
  readonly outer?: Scope;
  /** Path of the weights made here: `["block.3", "attention"]`. */
  readonly path: readonly string[];
  /** Calls so far by callee, and weight paths taken. */
  readonly calls: Map<string, number>;
  /** Which turn of the `repeat` around this place it is, counted from 1; `2.1` inside two. */
  readonly turn?: string;
  /** The call in the checked declaration that led here; faults are reported there. */
  readonly site?: Span;
  /** True where a call leads into a declaration that has faults of its own. */
  readonly silent: boolean;
  readonly goal?: Goal;
}

/** A scope for a body of its own, entered from `site` (nothing for the declaration that is checked). */
export function openScope(
  world: World,
  kind: BodyKind,
  file: string,
  facts: Partial<Omit<Scope, "world" | "kind" | "file">> = {},
): Scope {
  return {
    world,
    kind,
    file,
    frame: facts.frame ?? ++world.frames,
    values: new Map(),
    axes: new Map(),
    path: [],
    calls: new Map(),
    silent: false,
    ...facts,
  };
}

/** A block inside a body: it sees everything, and what it binds ends with it. */
export const innerScope = (outer: Scope, facts: Partial<Scope> = {}): Scope => ({ ...outer, values: new Map(), ...facts, outer });

/** The value of a name bound in this body or one around it. */
export function lookup(scope: Scope, name: string): Value | undefined {
  for (let s: Scope | undefined = scope; s; s = s.outer) {
    const found = s.values.get(name);
    if (found) return found;
  }
  return undefined;
}

/** All names bound here, for "did you mean". */
export function namesIn(scope: Scope): string[] {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s; s = s.outer) names.push(...s.values.keys());
  return names;
}

/** Reports a fault: at its place, or, in a body walked for a call, at that call with a label at the place. */
export function fault<F>(scope: Scope, record: DiagnosticRecord<F>, span: Span, facts: F, more: readonly Related[] = []): Value {
  const { world, site } = scope;
  world.faults++;
  if (scope.silent) return { kind: "unknown" };
  const inner = site ? [{ span, label: record.label(facts) }, ...more] : more;
  // What mends the body of a callee is not typed at the call.
  const { fix, ...said } = diagnose(record, site ?? span, facts, inner);
  const diagnostic = fix && !site ? { ...said, fix } : said;
  report(world, diagnostic);
  return { kind: "unknown" };
}

/** Hands a fault to the checker, once per code and place. */
export function report(world: World, diagnostic: Diagnostic): void {
  const key = `${diagnostic.code} ${diagnostic.span.file} ${diagnostic.span.start} ${diagnostic.span.end}`;
  if (world.said.has(key)) return;
  world.said.add(key);
  world.context.report(diagnostic);
}

/** The name an axis goes by in a scope: what a declaration calls it, which may differ from its caller's word. */
export function nameOf(scope: Scope, axis: Axis): string {
  for (const [name, a] of scope.axes) if (sameAxis(a, axis)) return name;
  return axis.name;
}

/** Axes as this scope calls them: `[b, t, d]`. */
export const axesText = (scope: Scope, axes: readonly Axis[]): string => `[${axes.map((a) => nameOf(scope, a)).join(", ")}]`;

/** The axis that `name` means beside an operand: a name of this scope, else the operand's own axis of that name. */
export function axisNamed(scope: Scope, name: string, operands: readonly (readonly Axis[])[] = []): Axis | undefined {
  const mapped = scope.axes.get(name);
  for (const axes of operands) {
    const found =
      (mapped && axes.find((a) => sameAxis(a, mapped))) ?? axes.find((a) => a.name === name && a.frame === scope.frame);
    if (found) return found;
  }
  return mapped;
}
