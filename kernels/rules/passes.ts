/**
 * The passes over a program, in order: named, in this one list; for whom each runs is data.
 *
 * What is no line of it: equal computations of one line of a spec are one node because nodes are interned (`merge` joins those
 * of several lines), and what no output reaches is not in a program. Axes get an order, nodes become kernels and results get
 * places where that is decided: in the renderers (layout: `render/onnx/contract.ts`, `render/wgsl`), `fuse.ts` (fusion),
 * `schedule.ts` (the order of nodes, updates in place) and `arena.ts` (memory).
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

/** The engines for which programs are rendered. */
export type Target = "onnx" | "wgsl";

/** For whom a pass runs: a program about to be differentiated, every program that is kept, a target's renderer. */
export type Purpose = "gradients" | "every" | Target;

/** Whether a target computes a node of attention or of a logarithm of scores as it stands. */
export type Keeps = (node: Node) => boolean;

/** One line of the list: what runs, for whom, and which part of a compiler's work it is. */
export interface Listed {
  readonly name: string;
  readonly work: string;
  readonly purposes: readonly Purpose[];
  readonly run: (p: Program, keeps: Keeps) => Program;
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

/** Identities, folding of constants, sums and contractions, lookups, norms. */
const simple: readonly Table[] = [algebra, spreading, sums, lookups, norms];
const scoreOps = new Set(["attention", "scoreLogSumExp"]);

const line = (name: string, work: string, purposes: readonly Purpose[], run: Listed["run"]): Listed => ({
  name,
  work,
  purposes,
  run,
});
const simplify = (p: Program): Program => simplified(p, simple);
const bias = (p: Program): Program => simplified(p, [presence]);
const forget = (p: Program): Program => simplified(p, [unmarked]);

/** Every pass. */
export const list: readonly Listed[] = [
  line("forget markers", "dead code", ["every"], forget),
  line("merge", "common subexpressions", ["gradients", "every"], merged),
  line("simplify", "algebra, constant folding", ["gradients", "every"], simplify),
  line("recognise attention and cross entropy", "fusion", ["gradients", "every"], (p) => recognised(p, formulas)),
  line("presence as arithmetic", "algebra", ["gradients", "every"], bias),
  line("simplify", "algebra, constant folding", ["gradients", "every"], simplify),
  line("logarithms of sums in parts", "algebra", ["gradients"], (p) => simplified(p, [parts])),
  line("sums added once", "common subexpressions", ["every"], shared),
  line("merge", "common subexpressions", ["gradients", "every"], merged),
  line("long axes in slices", "chunking", ["onnx"], chunked),
  line("decompose attention", "decomposition", ["onnx", "wgsl"], (p, keeps) =>
    decompose(p, (op, node) => !scoreOps.has(op.name) || keeps(node)),
  ),
  line("softmaxes from logarithms", "algebra", ["onnx", "wgsl"], (p) => simplified(p, [distributions])),
  line("exponentials shared", "common subexpressions", ["onnx", "wgsl"], sharedExponentials),
  line("presence as arithmetic", "algebra", ["onnx", "wgsl"], bias),
  line("forget markers", "dead code", ["onnx", "wgsl"], forget),
  line("simplify", "algebra, constant folding", ["onnx", "wgsl"], simplify),
  line("merge", "common subexpressions", ["onnx", "wgsl"], merged),
  line("made again rather than kept", "recomputation", ["onnx"], recomputed),
];

/** The passes for a purpose; `keeps` says which attentions a target computes as they stand. */
export const passesFor = (purpose: Purpose, keeps: Keeps = () => false): readonly Pass[] =>
  list.filter((l) => l.purposes.includes(purpose)).map(({ name, run }) => ({ name, run: (p) => run(p, keeps) }));

/** What is done before a program is differentiated: gradients of a simpler program are simpler. */
export const beforeGradients: readonly Pass[] = passesFor("gradients");

/** What is done to every program before it is kept. */
export const passes: readonly Pass[] = passesFor("every");

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

/** A program as a target's renderer takes it, before that decomposes what is left. */
export const targeted = (p: Program, target: Target, keeps?: Keeps): Program => through(p, passesFor(target, keeps));

/** A program after each pass, for whoever wants to see what happened to it: the passes of every program, then a target's. */
export function stagesOf(p: Program, target?: Target, keeps?: Keeps): { name: string; program: Program }[] {
  const stages = [{ name: "as written", program: p }];
  for (const pass of [...passes, ...(target ? passesFor(target, keeps) : [])])
    stages.push({ name: pass.name, program: pass.run(stages.at(-1)!.program) });
  return stages;
}
