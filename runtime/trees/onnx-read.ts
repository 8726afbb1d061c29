/**
 * A forest from an ONNX file with one TreeEnsembleRegressor, as CatBoost, xgboost, LightGBM and scikit-learn export it. Trees that are not symmetric are
 * said with symmetric ones (asymmetric.ts), exactly. What else is in the graph must not change the numbers.
 */
import { NeuroError } from "../error.ts";
import { readBytes, shown } from "../files.ts";
import { type Node, symmetric } from "./asymmetric.ts";
import type { Forest } from "./model.ts";
import { type Graph, type GraphNode, onnxGraph } from "./onnx-graph.ts";

/** What may stand around the trees: it moves numbers, and changes none. */
const harmless = new Set(["Cast", "Reshape", "Identity", "Flatten", "Squeeze", "Unsqueeze"]);
/** How a mode asks: whether its true branch is the one above, and whether a value equal to the border is above. */
const modes: { readonly [mode: string]: { above: boolean; equal: boolean } } = {
  BRANCH_GT: { above: true, equal: false },
  BRANCH_GTE: { above: true, equal: true },
  BRANCH_LEQ: { above: false, equal: false },
  BRANCH_LT: { above: false, equal: true },
};

/** The forest of an ONNX file. Throws `trees_unreadable` with what is wrong, or what reading a file throws. */
export function readTreesOnnx(path: string): Forest {
  const bytes = readBytes(path);
  let graph: Graph;
  try {
    graph = onnxGraph(bytes);
  } catch {
    throw unreadable(path, "it is no ONNX file");
  }
  const [trees, more] = graph.nodes.filter(({ domain }) => domain === "ai.onnx.ml");
  if (trees === undefined) throw unreadable(path, "it has no trees");
  if (more !== undefined || trees.type !== "TreeEnsembleRegressor")
    throw unreadable(
      path,
      `it has ${more === undefined ? "a" : "more than a"} ${trees.type}`,
      "Export a regressor or ranker with one output.",
    );
  const other = graph.nodes.find((node) => node !== trees && !harmless.has(node.type));
  if (other !== undefined) throw unreadable(path, `its numbers go through ${other.type}`, "Export the raw scores of the trees.");
  return ensemble(path, trees, namesIn(graph));
}

/** The names of the columns, where neuro wrote the file. */
function namesIn({ notes }: Graph): string[] {
  try {
    const names: unknown = JSON.parse(notes.get("features") ?? "[]");
    return Array.isArray(names) ? names.map(String) : [];
  } catch {
    return [];
  }
}

function ensemble(path: string, node: GraphNode, names: readonly string[]): Forest {
  const word = (name: string, otherwise: string) => node.attributes.get(name)?.text || otherwise;
  const targets = node.attributes.get("n_targets")?.numbers[0] ?? 1;
  if (targets !== 1) throw unreadable(path, `it has ${targets} outputs`, "Only models with one output can be read.");
  const transform = word("post_transform", "NONE");
  if (transform !== "NONE") throw unreadable(path, `its output goes through ${transform}`, "Export the raw scores of the trees.");
  const aggregate = word("aggregate_function", "SUM");
  if (aggregate !== "SUM" && aggregate !== "AVERAGE") throw unreadable(path, `its trees are joined by ${aggregate}`);
  const roots = rootsOf(path, node);
  const scale = aggregate === "AVERAGE" ? 1 / Math.max(1, roots.length) : 1;
  const forest = symmetric(roots, names, scale, list(node, "base_values")[0] ?? 0);
  if (forest === undefined)
    throw unreadable(path, "a tree asks more than 16 questions on the way to a leaf", "Train with a depth of 16 or less.");
  return forest;
}

/** A list of numbers, given as such or as a tensor of doubles. */
function list(node: GraphNode, name: string): readonly number[] {
  return (node.attributes.get(`${name}_as_tensor`) ?? node.attributes.get(name))?.numbers ?? [];
}

function rootsOf(path: string, node: GraphNode): Node[] {
  const names = ["treeids", "nodeids", "featureids", "truenodeids", "falsenodeids"] as const;
  const [trees, ids, columns, whenTrue, whenFalse] = names.map((name) => list(node, `nodes_${name}`)) as number[][];
  const values = list(node, "nodes_values");
  const asked = node.attributes.get("nodes_modes")?.texts ?? [];
  const tracks = list(node, "nodes_missing_value_tracks_true");
  const count = trees!.length;
  if ([ids, columns, whenTrue, whenFalse, values, asked].some((one) => one!.length !== count))
    throw unreadable(path, "its lists of nodes differ in length");
  const at = new Map(trees!.map((tree, place) => [`${tree} ${ids![place]}`, place]));
  const leaves = leavesOf(path, node);
  const build = (tree: number, id: number, above: readonly number[]): Node => {
    const place = at.get(`${tree} ${id}`);
    if (place === undefined || above.includes(id)) throw unreadable(path, `tree ${tree} has no way to node ${id}`);
    if (asked[place] === "LEAF") return { value: leaves.get(`${tree} ${id}`) ?? 0 };
    const mode = modes[asked[place]!];
    if (mode === undefined) throw unreadable(path, `a node asks ${asked[place]}`);
    const [yes, no] = [whenTrue!, whenFalse!].map((branch) => build(tree, branch[place]!, [...above, id])) as [Node, Node];
    const toTrue = (tracks[place] ?? 0) === 1;
    return {
      column: columns![place]!,
      border: mode.equal ? before(floor32(values[place]!), values[place]!) : floor32(values[place]!),
      missing: toTrue === mode.above ? "above" : "below",
      above: mode.above ? yes : no,
      below: mode.above ? no : yes,
    };
  };
  // The first node of a tree that stands in the list is its root.
  const roots = new Map<number, number>();
  for (const [place, tree] of trees!.entries()) if (!roots.has(tree)) roots.set(tree, ids![place]!);
  return [...roots].map(([tree, id]) => build(tree, id, []));
}

function leavesOf(path: string, node: GraphNode): Map<string, number> {
  const [trees, ids] = [list(node, "target_treeids"), list(node, "target_nodeids")];
  const weights = list(node, "target_weights");
  if (ids.length !== trees.length || weights.length !== trees.length)
    throw unreadable(path, "its lists of leaves differ in length");
  const sums = new Map<string, number>();
  for (const [at, tree] of trees.entries()) sums.set(`${tree} ${ids[at]}`, (sums.get(`${tree} ${ids[at]}`) ?? 0) + weights[at]!);
  return sums;
}

const word = new DataView(new ArrayBuffer(4));

/** The 32-bit float just below. */
function below32(value: number): number {
  if (value === 0) return -1.401298464324817e-45;
  word.setFloat32(0, value);
  word.setInt32(0, word.getInt32(0) + (value > 0 ? -1 : 1));
  return word.getFloat32(0);
}

/** The largest 32-bit float that is not above the value: no 32-bit float lies between. */
function floor32(value: number): number {
  const near = Math.fround(value);
  return near > value ? below32(near) : near;
}

/** The border that a value equal to `value` is above. */
function before(floor: number, value: number): number {
  return floor === value ? below32(floor) : floor;
}

function unreadable(
  path: string,
  what: string,
  hint = "Export the model again, unchanged, with the library that trained it.",
): NeuroError {
  return new NeuroError("trees_unreadable", `${shown(path)} cannot be read as a model of trees: ${what}.`, { where: path, hint });
}
