/**
 * The passes over a program, in order: named, in one list for each purpose. What a target needs beside what every program
 * gets is a list too. Interning makes equal computations of one line one node; `merge` does the same across lines.
 */
import type { Node } from "../ir/node.ts";
import type { Program } from "../ir/program.ts";
import { decompose } from "../ops/decompose.ts";
import { lowered } from "../ops/table.ts";
import { algebra } from "./algebra.ts";
import { attentions } from "./attention.ts";
import { chunked } from "./chunk.ts";
import { distributions, sharedExponentials } from "./distributions.ts";
import { lookups } from "./lookups.ts";
import { merged } from "./merge.ts";
import { norms } from "./norms.ts";
import { presence } from "./presence.ts";
import { type Formulas, recognised } from "./recognise.ts";
import { recomputed } from "./recompute.ts";
import { simplified, type Table, table } from "./rule.ts";
import { shared } from "./share.ts";
import { spreading } from "./spreading.ts";
import { sums } from "./sums.ts";

/** A step from program to program, with the name under which it is listed. */
export interface Pass {
  readonly name: string;
  readonly run: (p: Program) => Program;
}

/** Markers have done their work once gradients and caches are made. */
const unmarked = table("markers", {
  stop: [{ name: "stop(x) -> x", apply: ({ inputs: [x] }) => x }],
});

/** A logarithm of a sum in parts shares its exponentials with its own gradient. */
const parts = table("parts", {
  logSumExp: [{ name: "logSumExp(x) -> max + log(sum(exp(x - max)))", apply: (node) => lowered(node) }],
});

/** All tables of rules that see one node. */
export const tables: readonly Table[] = [algebra, spreading, sums, lookups, norms, presence, parts, distributions];

/** All tables of formulas, whose rules see who reads what. */
export const formulas: readonly Formulas[] = [attentions];

const simplify: Pass = { name: "simplify", run: (p) => simplified(p, [algebra, spreading, sums, lookups, norms]) };
const merge: Pass = { name: "merge", run: merged };
const recognise: Pass = { name: "recognise attention and cross entropy", run: (p) => recognised(p, formulas) };
const bias: Pass = { name: "presence as arithmetic", run: (p) => simplified(p, [presence]) };
const apart: Pass = { name: "logarithms of sums in parts", run: (p) => simplified(p, [parts]) };
const share: Pass = { name: "sums added once", run: shared };
const unmark: Pass = { name: "forget markers", run: (p) => simplified(p, [unmarked]) };

/** What is done before a program is differentiated: gradients of a simpler program are simpler. */
export const beforeGradients: readonly Pass[] = [merge, simplify, recognise, bias, simplify, apart, merge];

/** What is done to every program before it is kept. */
export const passes: readonly Pass[] = [unmark, merge, simplify, recognise, bias, simplify, share, merge];

/** Runs passes in order. */
export const through = (p: Program, list: readonly Pass[]): Program => list.reduce((q, pass) => pass.run(q), p);

const before = new WeakMap<Program, Program>();

/** A program with every pass run. Render or write this one. */
export function optimized(p: Program): Program {
  const done = through(p, passes);
  before.set(done, p);
  return done;
}

/** What a program was before `optimized` ran the passes over it in this process; itself where that did not. */
export const writtenAs = (p: Program): Program => before.get(p) ?? p;

/** The engines for which programs are rendered. */
export type Target = "onnx" | "wgsl";

/** Whether a target computes a node of attention or of a logarithm of scores as it stands. */
export type Keeps = (node: Node) => boolean;

const scoreOps = new Set(["attention", "scoreLogSumExp"]);

const recompute: Pass = { name: "made again rather than kept", run: recomputed };
const chunk: Pass = { name: "long axes in slices", run: chunked };
const decomposed = (keeps: Keeps): Pass => ({
  name: "decompose attention",
  run: (p) => decompose(p, (op, node) => !scoreOps.has(op.name) || keeps(node)),
});
const distribute: Pass = { name: "softmaxes from logarithms", run: (p) => simplified(p, [distributions]) };
const exponentials: Pass = { name: "exponentials shared", run: sharedExponentials };

/** What is done to a program for a target, before its renderer decomposes what is left. */
export const targets: Readonly<Record<Target, (keeps: Keeps) => readonly Pass[]>> = {
  onnx: (keeps) => [chunk, decomposed(keeps), distribute, exponentials, bias, unmark, simplify, merge, recompute],
  wgsl: (keeps) => [decomposed(keeps), distribute, exponentials, bias, unmark, simplify, merge],
};

/** A program as a target's renderer takes it; `keeps` says which attentions the target computes as they stand. */
export const targeted = (p: Program, target: Target, keeps: Keeps = () => false): Program => through(p, targets[target](keeps));

/** A program after each pass, for whoever wants to see what happened to it: the passes of every program, then a target's. */
export function stagesOf(p: Program, target?: Target, keeps: Keeps = () => false): { name: string; program: Program }[] {
  const stages = [{ name: "as written", program: p }];
  for (const pass of [...passes, ...(target ? targets[target](keeps) : [])])
    stages.push({ name: pass.name, program: pass.run(stages.at(-1)!.program) });
  return stages;
}
