/**
 * Whole numbers of eight bits, four to a word, as products that sum them take them: words are multiplied and added by `dot4I8Packed` where
 * the language has it, else by a function that does the same. Sums are exact in i32. Knows nothing of tiles or rows.
 */
import { bits, type DType, isWhole } from "../../ir/dtype.ts";
import { axisOf, hasAxis, type Node } from "../../ir/node.ts";
import type { Place } from "../wgsl-index.ts";
import type { Bound } from "../wgsl-writer.ts";
import { bitsOf } from "./packed.ts";
import type { Target } from "./target.ts";
import type { Around, KernelScope } from "./template.ts";

/** Whether a product's operands are such numbers. */
export const ofBytes = (operand: Node): boolean => isWhole(operand.dtype) && bits(operand.dtype) === 8;

/** The tensor in memory that a node names otherwise, and what that calls an axis of it, where four neighbours along it share a word. */
function lying(node: Node, axis: string, around: Around): { tensor: Node; names: ReadonlyMap<string, string> } | undefined {
  if (!hasAxis(node, axis)) return undefined;
  if (around.inMemory(node)) {
    const fits = around.axes(node).at(-1)!.name === axis && (axisOf(node, axis)!.size as number) % 4 === 0;
    return fits ? { tensor: node, names: new Map(node.axes.map(({ name }) => [name, name])) } : undefined;
  }
  if (node.op !== "rename") return undefined;
  const [from, to] = [node.attrs.from as readonly string[], node.attrs.to as readonly string[]];
  const inner = (name: string): string => from[to.indexOf(name)] ?? name;
  const found = lying(node.inputs[0]!, inner(axis), around);
  return found && { tensor: found.tensor, names: new Map(node.axes.map(({ name }) => [name, found.names.get(inner(name))!])) };
}

/**
 * Four values from the place `k` of the summed axes on, a multiple of four, as a word: read as one where they lie so along `axis` (the last
 * of those axes), else one by one. `placeAt` gives the node's place for a `k`.
 */
export function wordAt(s: KernelScope, node: Node, axis: string, k: Bound, placeAt: (k: Bound) => Place): Bound {
  const w = s.writer;
  const found = lying(node, axis, s.around);
  if (found) {
    const place = placeAt(k);
    const own = new Map([...found.names].map(([name, inner]) => [inner, place.get(name)!]));
    const address = s.index.address(s.axes(found.tensor), own);
    return w.bind(`${s.bound(found.tensor)}[${address.text} / 4]`, address.level);
  }
  const [word, j] = [w.fresh("word"), w.fresh("j")];
  const { level } = w;
  w.line(`var ${word} = 0u;`);
  w.nest(`for (var ${j} = 0; ${j} < 4; ${j}++)`, level, () => {
    const value = s.value(node, placeAt(w.bind(`${k.text} + ${j}`, w.level, "k")));
    w.line(`${word} |= ${bitsOf(node.dtype, value.text)} << (u32(${j}) * 8u);`);
  });
  return { text: word, level };
}

/** The sum of the products of two words' values. Numbers without a sign, less 128, have one: what that takes away is added again. */
export function dotOf({ packed }: Target, left: DType, right: DType): (a: string, b: string) => string {
  const signed = (a: string, b: string): string => `${packed ? "dot4I8Packed" : "neuro_dot_i8"}(${a}, ${b})`;
  const mixed = (a: string, b: string): string => `${signed(`${a} ^ 0x80808080u`, b)} + 128 * ${signed("0x01010101u", b)}`;
  if (left === "u8") return mixed;
  return right === "u8" ? (a, b) => mixed(b, a) : signed;
}
