/**
 * A program's plan for a person: what it takes and keeps, its kernels on each target with what was fused into them, its memory and its
 * cost. It follows from the program alone: no machine and no clock is asked.
 */
import { inputPorts, type Memory, outputPorts, type Port, type Program } from "../ir/program.ts";
import { type Binding, evaluate, type Size } from "../ir/size.ts";
import { roomOf } from "../plan.ts";
import { targeted } from "../rules/passes.ts";
import { boundFor } from "../schedule.ts";
import { type CostLine, total } from "./cost.ts";
import { bytesOf } from "./node.ts";
import { amount, table } from "./text.ts";
import type { Dispatched } from "./wgsl.ts";

/** What a program costs on each target that is told of. */
export interface Costs {
  readonly onnx?: readonly CostLine[];
  readonly wgsl?: readonly Dispatched[];
}

/** How many kernels are listed before only the heaviest are. */
const listed = 24;

const intensityText = (flops: number, bytes: number): string => (bytes === 0 ? "-" : (flops / bytes).toPrecision(2));
const bytesAt = (port: Port, binding: Binding): number => evaluate(bytesOf(port), binding);
const sumOf = (ports: readonly Port[], binding: Binding): number => ports.reduce((n, p) => n + bytesAt(p, binding), 0);

/** Ports by role, with their bytes: `55 weights (5.60 MB), 4 data (24.1 kB)`. */
function ports(list: readonly Port[], binding: Binding): string {
  const roles = [...new Set(list.map((p) => p.role))];
  const told = roles.map((role) => {
    const mine = list.filter((p) => p.role === role);
    return `${mine.length} ${role} (${amount(sumOf(mine, binding), "B")})`;
  });
  return told.join(", ") || "none";
}

/** State that a run hands to the next: an output that bears an input's name. */
function stateOf(p: Program): Port[] {
  const next = new Set(p.outputs.map((o) => o.name));
  return inputPorts(p).filter((i) => next.has(i.name));
}

function stateLine(p: Program, binding: Binding): string {
  const state = stateOf(p);
  if (state.length === 0) return "none: each run is by itself";
  const named = state.slice(0, 3).map(({ name, axes }) => `${name} [${axes.map((a) => a.size).join(", ")}]`);
  const more = state.length > 3 ? `, and ${state.length - 3} more` : "";
  return `${amount(sumOf(state, binding), "B")} handed from run to run: ${named.join(", ")}${more}`;
}

/** Costs as rows, the heaviest first; equal kinds are one row. */
function heaviest(all: readonly CostLine[], binding: Binding): { rows: string[][]; left: number; leftBytes: number } {
  const groups = new Map<string, { what: string; count: number; flops: number; bytes: number; origin: string }>();
  for (const line of all) {
    const origin = lines(line.origin);
    const key = `${line.what} ${origin}`;
    const [flops, bytes] = [evaluate(line.flops, binding), evaluate(line.bytes, binding)];
    const g = groups.get(key);
    if (g) groups.set(key, { ...g, count: g.count + 1, flops: g.flops + flops, bytes: g.bytes + bytes });
    else groups.set(key, { what: line.what, count: 1, flops, bytes, origin });
  }
  const sorted = [...groups.values()].sort((a, b) => weight(b) - weight(a));
  const rows = sorted
    .slice(0, 12)
    .map((g) => [
      `${g.what}${g.count > 1 ? ` x${g.count}` : ""}`,
      amount(g.flops, "FLOP"),
      amount(g.bytes, "B"),
      intensityText(g.flops, g.bytes),
      g.origin,
    ]);
  const rest = sorted.slice(12);
  return { rows, left: rest.length, leftBytes: rest.reduce((n, g) => n + g.bytes, 0) };
}

/**
 * What to list first where no machine is known: an operation of a product counts as a tenth of a byte, which is about where engines of
 * today are as long computing as moving.
 */
const weight = ({ flops, bytes }: { flops: number; bytes: number }): number => bytes + flops / 10;

const heads = ["", "FLOP", "bytes", "FLOP/B", "spec lines"];
const numbers = [false, true, true, true, false];
const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, "    ");

/** Spec lines, the first few of many. */
const lines = (origin: readonly string[]): string =>
  origin.length <= 4 ? origin.join(", ") : `${origin.slice(0, 3).join(", ")} and ${origin.length - 3} more`;

/** The dispatches of a program: all in order, or of many the heaviest. */
function dispatches(all: readonly Dispatched[], binding: Binding): string {
  const rows = all.map((l) => {
    const [flops, bytes] = [evaluate(l.flops, binding), evaluate(l.bytes, binding)];
    return {
      cells: [l.name, amount(flops, "FLOP"), amount(bytes, "B"), intensityText(flops, bytes), l.about, lines(l.origin)],
      heavy: weight({ flops, bytes }),
    };
  });
  const columns = ["kernel", "FLOP", "bytes", "FLOP/B", "fused", "spec lines"];
  const most = rows.length <= listed ? rows : [...rows].sort((a, b) => b.heavy - a.heavy).slice(0, listed);
  const kept = rows.filter((r) => most.includes(r));
  const left = rows.length - kept.length;
  const tail = left > 0 ? `\n    and ${left} lighter ones` : "";
  return indented(table([columns, ...kept.map((r) => r.cells)], [false, true, true, true, false, false])) + tail;
}

const symbolic = (bytes: Size, flops: Size): string[] =>
  typeof bytes === "number" && typeof flops === "number" ? [] : [`    bytes = ${bytes}`, `    FLOP  = ${flops}`];

function targetLine(what: string, all: readonly CostLine[], binding: Binding): string[] {
  const { bytes, flops } = total(all);
  const [b, f] = [evaluate(bytes, binding), evaluate(flops, binding)];
  return [`  ${what}: ${amount(b, "B")} moved, ${amount(f, "FLOP")}, ${intensityText(f, b)} FLOP/B`, ...symbolic(bytes, flops)];
}

/** The graph of the CPU: its operators by what they cost. */
function graphLines(all: readonly CostLine[], binding: Binding): string[] {
  const working = all.filter((l) => l.kind !== "view" && l.kind !== "size");
  const { rows, left, leftBytes } = heaviest(working, binding);
  const what = `CPU      ${working.length} operators and ${all.length - working.length} that move nothing`;
  const tail = left > 0 ? `\n    and ${left} lighter ones, ${amount(leftBytes, "B")}` : "";
  return [...targetLine(what, all, binding), indented(table([heads, ...rows], numbers)) + tail];
}

/** What a memory budget makes of the program on the CPU, at the sizes that it was given for. */
function budgetLine(p: Program, { bytes, sizes }: Memory): string {
  const free = roomOf(targeted({ ...p, memory: undefined }, "onnx"), sizes).peak;
  const held = roomOf(targeted(p, "onnx"), sizes).peak;
  const at = Object.entries(sizes).map(([s, n]) => `${s} = ${n}`);
  const why = held > bytes ? ", the least that making again frees" : "";
  return `  budget   ${amount(bytes, "B")} at ${at.join(", ")}: ${amount(held, "B")} on the CPU instead of ${amount(free, "B")}${why}`;
}

/** The plan of one program. `given` are sizes; a symbol that is not among them counts as 64. */
export function describeProgram(p: Program, { onnx, wgsl }: Costs, given: Binding = {}): string {
  const binding = boundFor(p, given);
  const sizes = Object.entries(binding).map(([s, n]) => `${s} = ${n}`);
  const { arena, peak } = roomOf(p, binding);
  const ratio = peak === 0 ? 1 : arena / peak;
  return [
    `program ${p.name}`,
    ...(sizes.length > 0 ? [`  sizes    ${sizes.join(", ")}`] : []),
    `  inputs   ${ports(inputPorts(p), binding)}`,
    `  outputs  ${ports(outputPorts(p), binding)}`,
    `  state    ${stateLine(p, binding)}`,
    `  memory   results find room in ${amount(arena, "B")}, ${ratio.toFixed(2)} of the ${amount(peak, "B")} that are alive at once at most`,
    ...(p.memory ? [budgetLine(p, p.memory)] : []),
    ...(onnx ? graphLines(onnx, binding) : []),
    ...(wgsl ? dispatchLines(wgsl, binding) : []),
    "",
  ].join("\n");
}

const dispatchLines = (all: readonly Dispatched[], binding: Binding): string[] => [
  ...targetLine(`WebGPU   ${all.length} dispatches of ${new Set(all.map((l) => l.name)).size} kernels`, all, binding),
  dispatches(all, binding),
];
