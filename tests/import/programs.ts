// What the tests of imports share: a Decoder compiled from the spec that an import writes, and what it tells of the next token.
import { diskHost } from "../../cli/host.ts";
import { modelSpec } from "../../cli/model-spec.ts";
import { check } from "../../compiler/index.ts";
import { lowerSystem } from "../../compiler/lower/index.ts";
import { memoryHost } from "../../compiler/memory-host.ts";
import { renderOnnx } from "../../kernels/render/onnx.ts";
import type { Device, ProgramSource, Tensor } from "../../runtime/device/device.ts";
import { sourceOf } from "../../runtime/device/source.ts";
import type { Stored } from "../../runtime/weights/archive.ts";
import type { Known } from "../../runtime/weights/known.ts";

/** A tokenizer of so many tokens, for models that are only given ids. */
export const plainTokenizer = (vocab: number): string =>
  JSON.stringify({ model: { type: "BPE", vocab: Object.fromEntries(Array.from({ length: vocab }, (_, id) => [`t${id}`, id])) } });

/** The model `m` of the spec that an import writes: its weights and programs, as they are compiled. */
export function compiled(known: Known, window: number) {
  const text = modelSpec({ ...known, name: "m", window, source: "a test" });
  const files = { "main.neuro": text, "tokenizer.json": plainTokenizer(known.config.vocab) };
  const checked = check(memoryHost(files, diskHost(".")), "main.neuro");
  const { models, diagnostics } = lowerSystem(checked);
  const faults = [...checked.diagnostics.filter((each) => each.severity === "error"), ...diagnostics];
  if (faults.length > 0) throw new Error(faults.map((each) => each.text).join("\n"));
  const model = models.find(({ name }) => name === "m")!;
  const lowered = (name: string) => model.programs.find((each) => each.program.name === `m.${name}`)!;
  const program = (name: string): ProgramSource => sourceOf(lowered(name).program, renderOnnx);
  return { text, model, lowered, program, feeds: (name: string) => lowered(name).feeds };
}

/** A model on a device that tells log-probabilities with its compiled `forward`. */
export async function teller(
  device: Device,
  known: Known,
  window: number,
  weights: (path: string) => Pick<Stored, "shape" | "read">,
) {
  const forward = await device.prepare(compiled(known, window).program("forward"));
  const held: Record<string, Tensor> = {};
  for (const { name, role } of forward.inputs) {
    if (role === "weight") held[name] = device.upload("f32", weights(name).shape, weights(name).read().slice());
  }
  const run = async (rows: number, input: Int32Array, given: number, answer: Int32Array): Promise<Float32Array> => {
    const [long, told] = [input.length / rows, answer.length / rows];
    const data: Record<string, Tensor> = {
      "text.input": device.upload("i32", [rows, long], input),
      "text.present": device.upload("f32", [rows, long], new Float32Array(input.length).fill(1)),
      "text.given": device.upload("i32", [rows], new Int32Array(rows).fill(given)),
      "answer.ids": device.upload("i32", [rows, told], answer),
      "answer.present": device.upload("f32", [rows, told], new Float32Array(answer.length).fill(1)),
    };
    const { logp } = await device.run(forward, { ...held, ...data });
    return (await device.read(logp!)) as Float32Array;
  };
  return {
    /** The log-probability of each token after the first, given those before it. */
    told: (ids: readonly number[]) => run(1, Int32Array.from(ids.slice(0, -1)), 0, Int32Array.from(ids.slice(1))),
    /** The log-probability of every token of the vocabulary after these. */
    next: (ids: readonly number[]) => {
      const rows = known.config.vocab;
      const input = Int32Array.from({ length: rows * ids.length }, (_, i) => ids[i % ids.length]!);
      return run(
        rows,
        input,
        ids.length - 1,
        Int32Array.from({ length: rows }, (_, id) => id),
      );
    },
  };
}
