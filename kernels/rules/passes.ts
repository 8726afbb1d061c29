/** The passes over a program, in order: named, in one list. */
import type { Program } from "../ir/program.ts";
import { lowered } from "../ops/table.ts";
import { algebra } from "./algebra.ts";
import { lookups } from "./lookups.ts";
import { merged } from "./merge.ts";
import { norms } from "./norms.ts";
import { presence } from "./presence.ts";
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

/** All tables of rules. */
export const tables: readonly Table[] = [algebra, spreading, sums, lookups, norms, presence, parts];

const simplify: Pass = { name: "simplify", run: (p) => simplified(p, [algebra, spreading, sums, lookups, norms]) };
const merge: Pass = { name: "merge", run: merged };
const bias: Pass = { name: "presence as arithmetic", run: (p) => simplified(p, [presence]) };
const apart: Pass = { name: "logarithms of sums in parts", run: (p) => simplified(p, [parts]) };
const share: Pass = { name: "sums added once", run: shared };
const unmark: Pass = { name: "forget markers", run: (p) => simplified(p, [unmarked]) };

/** What is done before a program is differentiated: gradients of a simpler program are simpler. */
export const beforeGradients: readonly Pass[] = [merge, bias, simplify, apart, merge];

/** What is done to every program before it is rendered. */
export const passes: readonly Pass[] = [unmark, merge, bias, simplify, share, merge];

/** Runs passes in order. */
export const through = (p: Program, list: readonly Pass[]): Program => list.reduce((q, pass) => pass.run(q), p);

/** A program with every pass run. Render or write this one. */
export const optimized = (p: Program): Program => through(p, passes);
