/**
 * A forest as an ONNX model: one TreeEnsembleRegressor (ai.onnx.ml 3), `features` [N, columns] of 32-bit floats in, `predictions` [N, 1] out. onnxruntime
 * adds 32-bit floats, so its sums agree with ours to their rounding. Knows the bytes of a model file, nothing of training.
 */
import protobuf from "protobufjs/minimal.js";
import { writeAtomically } from "../files.ts";
import { columnsOf, type Forest, namesOf } from "./model.ts";

type Attribute = { readonly [name: string]: readonly number[] | readonly string[] | number };

/** The bytes of the model; the same forest gives the same bytes. */
export function treesOnnx(forest: Forest): Uint8Array {
  const node = message((w) => {
    w.uint32(10).string("features").uint32(18).string("predictions").uint32(26).string("trees");
    w.uint32(34).string("TreeEnsembleRegressor");
    for (const [name, value] of Object.entries(attributesOf(forest))) w.uint32(42).bytes(attribute(name, value));
    w.uint32(58).string("ai.onnx.ml");
  });
  const graph = message((w) => {
    w.uint32(10).bytes(node).uint32(18).string("trees");
    w.uint32(90)
      .bytes(port("features", columnsOf(forest)))
      .uint32(98)
      .bytes(port("predictions", 1));
  });
  return message((w) => {
    w.uint32(8).int64(8).uint32(18).string("neuro").uint32(58).bytes(graph);
    for (const [domain, version] of [
      ["", 15],
      ["ai.onnx.ml", 3],
    ] as const)
      w.uint32(66).bytes(message((opset) => opset.uint32(10).string(domain).uint32(16).int64(version)));
    w.uint32(114).bytes(
      message((entry) =>
        entry
          .uint32(10)
          .string("features")
          .uint32(18)
          .string(JSON.stringify(namesOf(forest))),
      ),
    );
  });
}

/** Writes the model whole or not at all. Throws `cannot_write`. */
export function writeTreesOnnx(path: string, forest: Forest): void {
  writeAtomically(path, treesOnnx(forest));
}

/** Each tree in full: the nodes of a level follow each other, a branch to the right for every answer that is above. */
function attributesOf({ features, trees, scale, bias }: Forest): Attribute {
  const nodes = {
    treeids: [] as number[],
    nodeids: [] as number[],
    featureids: [] as number[],
    values: [] as number[],
    modes: [] as string[],
    truenodeids: [] as number[],
    falsenodeids: [] as number[],
    missing_value_tracks_true: [] as number[],
  };
  const put = (
    tree: number,
    id: number,
    feature: number,
    value: number,
    mode: string,
    below: number,
    above: number,
    missing: boolean,
  ) => {
    nodes.treeids.push(tree);
    nodes.nodeids.push(id);
    nodes.featureids.push(feature);
    nodes.values.push(value);
    nodes.modes.push(mode);
    nodes.falsenodeids.push(below);
    nodes.truenodeids.push(above);
    nodes.missing_value_tracks_true.push(missing ? 1 : 0);
  };
  const target = { treeids: [] as number[], nodeids: [] as number[], ids: [] as number[], weights: [] as number[] };
  for (const [at, { splits, leaves }] of trees.entries()) {
    for (const [level, split] of splits.entries()) {
      const { column, borders, missing } = features[split.feature]!;
      for (let path = 0, width = 2 ** level; path < width; path++) {
        const below = 2 * width - 1 + path;
        put(at, width - 1 + path, column, borders[split.border]!, "BRANCH_GT", below, below + width, missing === "above");
      }
    }
    for (const [leaf, value] of leaves.entries()) {
      const id = leaves.length - 1 + leaf;
      put(at, id, 0, 0, "LEAF", 0, 0, false);
      target.treeids.push(at);
      target.nodeids.push(id);
      target.ids.push(0);
      target.weights.push(scale * value);
    }
  }
  const prefixed = (prefix: string, lists: object) =>
    Object.fromEntries(Object.entries(lists).map(([name, list]) => [`${prefix}_${name}`, list as number[]]));
  return { n_targets: 1, base_values: [bias], ...prefixed("nodes", nodes), ...prefixed("target", target) };
}

const floats = new Set(["nodes_values", "target_weights", "base_values"]);

/** AttributeProto: its name, its list under the field of its type, its type. */
function attribute(name: string, value: readonly number[] | readonly string[] | number): Uint8Array {
  return message((w) => {
    w.uint32(10).string(name);
    if (typeof value === "number") w.uint32(24).int64(value).uint32(160).int32(2);
    else if (floats.has(name)) {
      w.uint32(58).fork();
      for (const one of value) w.float(one as number);
      w.ldelim().uint32(160).int32(6);
    } else if (typeof value[0] === "string") {
      for (const one of value) w.uint32(74).string(one as string);
      w.uint32(160).int32(8);
    } else {
      w.uint32(66).fork();
      for (const one of value) w.int64(one as number);
      w.ldelim().uint32(160).int32(7);
    }
  });
}

/** ValueInfoProto: 32-bit floats of [N, columns]. */
function port(name: string, columns: number): Uint8Array {
  const any = message((w) => w.uint32(18).string("N"));
  const fixed = message((w) => w.uint32(8).int64(columns));
  const shape = message((w) => w.uint32(10).bytes(any).uint32(10).bytes(fixed));
  const tensor = message((w) => w.uint32(8).int32(1).uint32(18).bytes(shape));
  return message((w) =>
    w
      .uint32(10)
      .string(name)
      .uint32(18)
      .bytes(message((type) => type.uint32(10).bytes(tensor))),
  );
}

function message(fill: (writer: protobuf.Writer) => unknown): Uint8Array {
  const writer = protobuf.Writer.create();
  fill(writer);
  return writer.finish();
}
