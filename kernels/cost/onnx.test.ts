import { InferenceSession } from "onnxruntime-node";
import { expect, test } from "vitest";
import { output, type Program, program } from "../ir/program.ts";
import { evaluate } from "../ir/size.ts";
import { caseBinding, cases } from "../ops/cases.ts";
import { drawn } from "../ops/drawn.ts";
import { encodeOnnx, type OnnxModel } from "../render/onnx/proto.ts";
import { onnxModel } from "../render/onnx.ts";
import { onnxFeeds } from "../render/onnx-session.ts";
import { onnxShapes, unknownOperators } from "./onnx.ts";

/** The dimensions of every value of a graph as onnxruntime has them. */
async function real(p: Program, model: OnnxModel): Promise<Map<string, readonly number[]>> {
  const known = new Set(model.outputs.map((o) => o.name));
  const typed = onnxShapes(model);
  const more = model.nodes.flatMap((n) => n.outputs).filter((name) => !known.has(name));
  const outputs = more.map((name, at) => {
    const { type, dims } = typed.get(name)!;
    return { name, type: type as never, shape: dims.map((_, i) => `any ${at} ${i}`) };
  });
  const bytes = encodeOnnx({ ...model, outputs: [...model.outputs, ...outputs] });
  const session = await InferenceSession.create(bytes, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
  const results = await session.run(onnxFeeds(p, drawn(p, caseBinding, 1), caseBinding));
  await session.release();
  return new Map(Object.entries(results).map(([name, t]) => [name, t.dims]));
}

test("every operator that the renderer writes is known", () => {
  const strange = cases.flatMap(([title, node]) => {
    const model = onnxModel(program("case", [output("y", "value", node)]));
    return unknownOperators(model).map((op) => `${op} in ${title}`);
  });
  expect(strange).toEqual([]);
});

test("the dimensions that costs are counted from are those onnxruntime has", async () => {
  const wrong: string[] = [];
  let compared = 0;
  for (const [title, node] of cases) {
    const p = program("case", [output("y", "value", node)]);
    const model = onnxModel(p);
    const shapes = onnxShapes(model);
    // Which graphs onnxruntime runs is tested in render/; here it is asked about those it does.
    const found = await real(p, model).catch(() => undefined);
    if (found) compared++;
    for (const [name, dims] of found ?? []) {
      const counted = shapes.get(name)?.dims.map((d) => evaluate(d, caseBinding));
      if (counted?.join() !== dims.join()) wrong.push(`${title}: ${name} is [${dims}], counted as [${counted}]`);
    }
  }
  expect(wrong).toEqual([]);
  expect(compared / cases.length).toBeGreaterThan(0.9);
});
