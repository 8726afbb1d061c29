import { expect, test } from "vitest";
import { add, mul } from "../ir/elementwise.ts";
import { at, axis } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { contract, sum } from "../ir/reduce.ts";
import { rename } from "../ir/shape.ts";
import { input } from "../ir/source.ts";
import { caseBinding, cases } from "../ops/cases.ts";
import { softmax } from "../ops/softmax.ts";
import { renderWgsl } from "./wgsl.ts";
import { workgroups } from "./wgsl-plan.ts";

const [b, d] = [axis("b", "b"), axis("d", 4)];
const x = input("x", "data", "f32", [b, d]);
const rate = input("rate", "scalar", "f32", []);

test("a kernel says what it computes, of what, and from which lines", () => {
  const p = at(["main.neuro:31"], () => program("policy.step", [output("y", "value", add(mul(x, rate), 1))]));
  const { kernels, plan } = renderWgsl(p);
  expect(kernels.map((k) => k.name)).toEqual(["0.add"]);
  expect(kernels[0]!.code).toBe(`// policy.step: add
// from main.neuro:31
//   mul f32[b, d=4]
//   add f32[b, d=4]

struct Params {
  n_4_x_b: i32, // 4*b
  in_rate: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // x [b, d=4]
@group(0) @binding(2) var<storage, read_write> out0: array<f32>; // y [b, d=4]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  let at = group * 64 + i32(lane);
  if (at >= p.n_4_x_b) { return; }
  let v2 = in0[at];
  let v3 = (v2 * p.in_rate);
  let v4 = (v3 + 1f);
  out0[at] = v4;
}
`);
  expect(plan.blocks).toEqual([
    [
      { field: "n_4_x_b", size: "4*b" },
      { field: "in_rate", input: "rate" },
    ],
  ]);
  expect(plan.steps).toEqual([
    {
      kernel: 0,
      block: 0,
      dispatch: [[["4*b", 64]]],
      cost: { bytes: "32*b", flops: "8*b" },
      about: "an invocation a place",
      bindings: [
        { input: "x", write: false },
        { output: "y", write: true },
      ],
    },
  ]);
  expect(workgroups(plan.steps[0]!.dispatch, { b: 100 })).toBe(7);
});

test("layers that compute the same share their kernels; the first reads an input, the others temporaries", () => {
  const layer = (node: typeof x, i: number) =>
    softmax(rename(contract(node, input(`w${i}`, "weight", "f32", [d, axis("o", 4)]), ["d"]), { o: "d" }), ["d"]);
  const { kernels, plan } = renderWgsl(program("p", [output("y", "value", [1, 2, 3].reduce(layer, x))]));
  expect([kernels.length, plan.steps.length]).toEqual([5, 12]);
});

test("no size is compiled into a kernel but those that are constant", () => {
  const { kernels } = renderWgsl(program("p", [output("y", "value", sum(x, ["b"]))]));
  expect(kernels[0]!.code).toContain("n_b: i32");
});

test.each(cases)("the same program gives the same text, and its plan is JSON: %s", (_, node) => {
  const p = program("p", [output("out", "value", node)]);
  const made = renderWgsl(p);
  expect(renderWgsl(p)).toEqual(made);
  expect(JSON.parse(JSON.stringify(made.plan))).toEqual(made.plan);
  for (const { bindings } of made.plan.steps) expect(bindings.length).toBeLessThanOrEqual(8);
  for (const { dispatch } of made.plan.steps) expect(workgroups(dispatch, caseBinding)).toBeGreaterThan(0);
});
