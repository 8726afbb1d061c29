/** Small forms that take in what their operands are: a factor of a product, the scale of a norm, what a scatter adds to, squares that are summed. */
import { axisOf, hasAxis, type Node } from "../../ir/node.ts";
import { constantValue } from "../../ir/source.ts";
import { contraction } from "./contract.ts";
import { normal, normTypes, reduced } from "./forms.ts";
import { scatter } from "./lookup.ts";
import type { Finder } from "./special.ts";

/** contract(a, b) * constant -> alpha of the product. */
export const scaledProduct: Finder = ({ inputs }, { once }) => {
  const [a, b] = inputs as [Node, Node];
  const [product, factor] = a.op === "contract" ? [a, constantValue(b)] : [b, constantValue(a)];
  if (product.op !== "contract" || product.dtype !== "f32" || factor === undefined || !once(product)) return undefined;
  return { reads: product.inputs, write: (e) => contraction(e, product, factor) };
};

/** norm(x) * scale -> the norm with its scale. */
export const scaledNorm: Finder = ({ inputs }, { once }) => {
  const [a, b] = inputs as [Node, Node];
  const [norm, scale] = a.op in normTypes ? [a, b] : [b, a];
  const over = (norm.attrs.over ?? []) as readonly string[];
  const same = scale.axes.length === over.length && over.every((n) => hasAxis(scale, n));
  if (
    !(norm.op in normTypes) ||
    !once(norm) ||
    !same ||
    norm.dtype !== "f32" ||
    !over.every((n) => typeof axisOf(norm, n)!.size === "number")
  )
    return undefined;
  const type = normTypes[norm.op as keyof typeof normTypes];
  return { reads: [norm.inputs[0]!, scale], write: (e) => normal(type, scale)(e, norm) };
};

/** x + scatterAdd(..) -> a scatter onto x. */
export const ontoScatter: Finder = (node, { once }) => {
  const [a, b] = node.inputs as [Node, Node];
  const [spot, other] = a.op === "scatterAdd" ? [a, b] : [b, a];
  const same = spot.axes.length === node.axes.length && other.axes.length === node.axes.length;
  if (spot.op !== "scatterAdd" || !once(spot) || !same) return undefined;
  return { reads: [...spot.inputs, other], write: (e) => scatter(e, spot, e.at(other)) };
};

/** sum(x * x) -> ReduceSumSquare(x). */
export const squares: Finder = (node, { once }) => {
  const [x] = node.inputs as [Node];
  if (x.op !== "mul" || x.inputs[0] !== x.inputs[1] || !once(x)) return undefined;
  return { reads: [x.inputs[0]!], write: (e) => reduced("ReduceSumSquare", x.inputs[0]!)(e, node) };
};
