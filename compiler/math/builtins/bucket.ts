// T5's buckets of relative positions (Raffel et al. 2020, section 2.1; modeling_t5.py `_relative_position_bucket`).
//
// Near distances have a bucket each, far ones share logarithmically, all beyond `far` share the last. The thresholds are
// computed here in double precision, so that no device's logarithm moves an edge.
import * as k from "../../../kernels/index.ts";
import { wrongType } from "../../diagnostics/wrong_type.ts";
import { nodeOf } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { fault } from "../scope.ts";
import { showType, tensor } from "../value.ts";
import { type Builtin, read, unknownValue } from "./builtin.ts";

const signature = "bucket(distance: [..] of Int, both: Bool, buckets: Int = 32, far: Int = 128) -> [..] of Int";

export const bucket: Builtin = {
  name: "bucket",
  doc: "T5's bucket of a distance: `both` gives half of the buckets to each direction, otherwise what lies ahead is 0.",
  signature,
  wrong: { code: "wrong_type", text: "fn f(x: [t]) -> [t] of Int = bucket(x, true)" },
  right: "fn f(t: axis, s: axis) -> [t, s] of Int = bucket(outer(position(s) - position(t)), true, 32, 128)",
  apply(scope, e) {
    const args = read(scope, e, "bucket", signature, 2, ["buckets", "far"], 4);
    if (!args) return unknownValue;
    const [distance, both] = args.positional.map((arg) => tensorOf(scope, arg));
    const buckets = optional(scope, args.positional[2] ?? args.labelled.get("buckets"), 32);
    const far = optional(scope, args.positional[3] ?? args.labelled.get("far"), 128);
    if (!distance || !both || !buckets || !far) return unknownValue;
    if (distance.elem !== "int") {
      return fault(scope, wrongType, args.positional[0]!.span, {
        what: "A distance",
        expected: "of Int",
        found: showType(distance),
      });
    }
    if (both.elem !== "bool")
      return fault(scope, wrongType, args.positional[1]!.span, { what: "`both`", expected: "Bool", found: showType(both) });
    if (!scope.world.trace) return tensor("int", distance.axes);
    if (both.number === undefined || buckets.number === undefined || far.number === undefined)
      throw new Error("configuration is known while tracing");
    return tensor("int", distance.axes, { node: bucketNode(nodeOf(distance), both.number === 1, buckets.number, far.number) });
  },
};

function optional(scope: Parameters<typeof tensorOf>[0], arg: Parameters<typeof tensorOf>[1] | undefined, otherwise: number) {
  return arg ? tensorOf(scope, arg, "size") : tensor("int", [], { number: otherwise });
}

/** The bucket of each distance up to `far` in one direction. */
function bucketTable(buckets: number, far: number): number[] {
  const exact = Math.floor(buckets / 2);
  return Array.from({ length: far + 1 }, (_, n) => {
    if (n < exact) return n;
    const share = Math.log(n / exact) / Math.log(far / exact);
    return Math.min(buckets - 1, exact + Math.floor(share * (buckets - exact) + 1e-9));
  });
}

function bucketNode(distance: k.Node, both: boolean, buckets: number, far: number): k.Node {
  const half = both ? Math.floor(buckets / 2) : buckets;
  const table = k.tensor(bucketTable(half, far), [k.axis("distance", far + 1)], "i32");
  const ahead = both ? k.abs(distance) : k.maximum(k.neg(distance), 0);
  const near = k.gather(table, k.minimum(ahead, far), "distance");
  return both ? k.add(near, k.select(k.gt(distance, 0), k.constant(half, "i32"), k.constant(0, "i32"))) : near;
}
