/**
 * The law of the representation, checked after every pass in tests: types follow from signatures, sizes speak only of
 * bound symbols, names are unique, and no marker survives into a program that is to be rendered.
 */
import { type Axis, axesText, infer, type Node, namesOf } from "./node.ts";
import { inputOf, nodesOf, type Program, toldBy } from "./program.ts";
import { type Size, symbolsOf } from "./size.ts";

const markers = new Set(["stop", "cached"]);

const twice = (names: readonly string[]): string[] => [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];

const sameList = (a: readonly Axis[], b: readonly Axis[]): boolean =>
  a.length === b.length && a.every((x, i) => x.name === b[i]!.name && x.size === b[i]!.size);

function brokenNode(node: Node, bound: ReadonlySet<string>, final: boolean): string[] {
  const found: string[] = [];
  const where = `${node.op} ${axesText(node.axes)}`;
  try {
    const type = infer(node.op, node.inputs, node.attrs);
    if (type.dtype !== node.dtype || !sameList(type.axes, node.axes))
      found.push(`${where}: its signature says ${type.dtype}${axesText(type.axes)}`);
  } catch (e) {
    found.push(`${where}: ${(e as Error).message}`);
  }
  const sizes = node.op === "size" ? [node.attrs.size as Size] : node.axes.map((a) => a.size);
  for (const s of sizes.flatMap(symbolsOf)) if (!bound.has(s)) found.push(`${where}: no input binds ${s}`);
  if (final && markers.has(node.op)) found.push(`${where}: a marker is left`);
  return found;
}

/**
 * What is wrong with a program, in sentences; empty when it keeps the law. `final` asks also that no marker is left.
 */
export function broken(program: Program, { final = false } = {}): string[] {
  const bound = new Set(program.inputs.flatMap(toldBy));
  const found = nodesOf(program).flatMap((n) => brokenNode(n, bound, final));
  for (const n of twice(program.inputs.map((i) => inputOf(i).name))) found.push(`two inputs are named ${n}`);
  for (const n of twice(program.outputs.map((o) => o.name))) found.push(`two outputs are named ${n}`);
  for (const o of program.outputs) {
    const same = program.inputs.find((i) => inputOf(i).name === o.name);
    if (same && same.dtype !== o.node.dtype) found.push(`${o.name} comes as ${same.dtype} and goes as ${o.node.dtype}`);
  }
  const listed = new Set(program.inputs);
  for (const n of nodesOf(program))
    if (n.op === "input" && !listed.has(n)) found.push(`the input ${inputOf(n).name} is not listed`);
  for (const o of program.outputs)
    if (namesOf(o.axes).sort().join() !== namesOf(o.node.axes).sort().join())
      found.push(`the output ${o.name} has other axes than its node`);
  return found;
}
