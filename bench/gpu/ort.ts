/** The same programs on onnxruntime's own WebGPU provider, where it is installed: a peer on the same card. */
import { onnxOutput, type Program, renderOnnx } from "../../kernels/index.ts";
import { inputOf } from "../../kernels/ir/program.ts";
import { type Drawn, drawnValues } from "../../runtime/device/drawn-inputs.ts";

type Ort = typeof import("onnxruntime-node");

/** onnxruntime: the folder that NEURO_ORT names, or the installed package; undefined where there is none. */
async function load(): Promise<Ort | undefined> {
  const path = process.env.NEURO_ORT;
  try {
    if (path) return process.getBuiltinModule("node:module").createRequire(import.meta.url)(path) as Ort;
    const name = "onnxruntime-node";
    const loaded = (await import(name)) as { default?: Ort };
    return loaded.default ?? (loaded as Ort);
  } catch {
    return undefined;
  }
}

const types = { f32: "float32", f16: "float16", i32: "int32", u32: "uint32", i8: "int8", u8: "uint8", bool: "bool" } as const;
const bytesOf = ({ data }: Drawn): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Seconds of one run, the median of rounds after one to warm up; or why there is no number. State goes through host memory. */
export async function onOnnxruntime(
  p: Program,
  sizes: Readonly<Record<string, number>>,
  rounds: number,
): Promise<number | string> {
  const ort = await load();
  if (!ort) return "onnxruntime is not here";
  try {
    const values = drawnValues(p, sizes);
    const written = new Set(p.outputs.map((o) => o.name));
    const constants = new Set(
      p.inputs.map(inputOf).flatMap(({ name, role }) => (role === "weight" && !written.has(name) ? [name] : [])),
    );
    const model = renderOnnx(p, { constants });
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ["webgpu"],
      logSeverityLevel: 4,
      externalData: [...constants].map((name) => ({ path: name, data: bytesOf(values[name]!) })),
    });
    const feeds = Object.fromEntries(
      p.inputs.map(inputOf).flatMap(({ name }) => {
        const { dtype, shape, data } = values[name]!;
        const type = types[dtype as keyof typeof types];
        return constants.has(name) ? [] : [[name, new ort.Tensor(type, data as Float32Array<ArrayBuffer>, shape)]];
      }),
    );
    const fetches = p.outputs.map((o) => onnxOutput(session.outputNames, o.name).name);
    const times: number[] = [];
    for (let i = 0; i <= rounds; i++) {
      const from = performance.now();
      await session.run(feeds, fetches);
      times.push((performance.now() - from) / 1000);
    }
    await session.release();
    return times.slice(1).sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
  } catch (error) {
    return `onnxruntime: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 90)}`;
  }
}
