/** A small ONNX ensemble as other libraries write it: one question at 0.5 of the mode named, 1 where it is true and -1 where not. */
import protobuf from "protobufjs/minimal.js";

const part = (fill: (writer: protobuf.Writer) => unknown) => {
  const writer = protobuf.Writer.create();
  fill(writer);
  return writer.finish();
};
const attribute = (name: string, kind: "ints" | "floats" | "strings", values: readonly (number | string)[]) =>
  part((w) => {
    w.uint32(10).string(name);
    for (const value of values) {
      if (kind === "ints") w.uint32(64).int64(value as number);
      else if (kind === "floats") w.uint32(61).float(value as number);
      else w.uint32(74).string(value as string);
    }
    w.uint32(160).int32({ floats: 6, ints: 7, strings: 8 }[kind]);
  });
const port = (name: string) =>
  part((w) => {
    const dims = [part((d) => d.uint32(18).string("N")), part((d) => d.uint32(8).int64(1))];
    const shape = part((s) => dims.map((dim) => s.uint32(10).bytes(dim)));
    const tensor = part((t) => t.uint32(8).int32(1).uint32(18).bytes(shape));
    w.uint32(10)
      .string(name)
      .uint32(18)
      .bytes(part((t) => t.uint32(10).bytes(tensor)));
  });

/** The bytes of the model, its lists not packed, as the protobuf of Python writes floats of older exports. */
export function ensembleBytes({
  mode,
  missing,
  type = "TreeEnsembleRegressor",
}: {
  mode: string;
  missing: number;
  type?: string;
}): Uint8Array {
  const node = part((w) => {
    w.uint32(10).string("x").uint32(18).string("y").uint32(34).string(type).uint32(58).string("ai.onnx.ml");
    const attributes = [
      attribute("nodes_treeids", "ints", [0, 0, 0]),
      attribute("nodes_nodeids", "ints", [0, 1, 2]),
      attribute("nodes_featureids", "ints", [0, 0, 0]),
      attribute("nodes_values", "floats", [0.5, 0, 0]),
      attribute("nodes_modes", "strings", [mode, "LEAF", "LEAF"]),
      attribute("nodes_truenodeids", "ints", [1, 0, 0]),
      attribute("nodes_falsenodeids", "ints", [2, 0, 0]),
      attribute("nodes_missing_value_tracks_true", "ints", [missing, 0, 0]),
      attribute("target_treeids", "ints", [0, 0]),
      attribute("target_nodeids", "ints", [1, 2]),
      attribute("target_ids", "ints", [0, 0]),
      attribute("target_weights", "floats", [1, -1]),
    ];
    for (const one of attributes) w.uint32(42).bytes(one);
    w.uint32(42).bytes(part((a) => a.uint32(10).string("n_targets").uint32(24).int64(1).uint32(160).int32(2)));
  });
  const graph = part((w) =>
    w.uint32(10).bytes(node).uint32(18).string("g").uint32(90).bytes(port("x")).uint32(98).bytes(port("y")),
  );
  return part((w) => {
    w.uint32(8).int64(8).uint32(58).bytes(graph);
    w.uint32(66).bytes(part((o) => o.uint32(10).string("ai.onnx.ml").uint32(16).int64(3)));
  });
}
