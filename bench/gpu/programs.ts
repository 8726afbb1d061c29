/** The programs that are measured, and the sizes they run at. Made where the compiler is; they travel as JSON. */
import { decoderPrograms } from "../../compiler/lower/decoder-testing.ts";
import {
  argmax,
  expand,
  hasAxis,
  inputOf,
  namesOf,
  optimized,
  output,
  type Program,
  program,
  quantized,
  trainingStep,
} from "../../kernels/index.ts";
import { crossEntropy } from "../../kernels/tests/encoder-decoder.ts";

/** One row of the table. */
export interface Case {
  readonly name: string;
  /** How it runs: a token after another, all of a prompt at once, or a step of training. */
  readonly kind: "decoding" | "prefill" | "training";
  readonly program: Program;
  readonly sizes: Readonly<Record<string, number>>;
}

interface Shape {
  readonly depth: number;
  readonly width: number;
  readonly heads: number;
  readonly kv: number;
  readonly channels: number;
  readonly inner: number;
  readonly vocabulary: number;
  readonly prompt: number;
  readonly capacity: number;
}

/** Llama 3.2 1B, and a toy of the same kind. */
const shapes = {
  "1B": { depth: 16, width: 2048, heads: 32, kv: 8, channels: 64, inner: 8192, vocabulary: 128256, prompt: 512, capacity: 1024 },
  tiny: { depth: 2, width: 64, heads: 4, kv: 2, channels: 16, inner: 128, vocabulary: 256, prompt: 8, capacity: 32 },
} satisfies Record<string, Shape>;

type Precision = "f16" | "i4";

/** The program with its matrices in halves, or in four bits with a scale for every 32 numbers that a product sums. */
function stored(p: Program, precision: Precision): Program {
  const matrices = new Set(p.inputs.flatMap((i) => (inputOf(i).role === "weight" && i.axes.length > 1 ? [inputOf(i).name] : [])));
  const scheme = precision === "f16" ? { dtype: "f16" as const } : { dtype: "i4" as const, group: 32 };
  return optimized(quantized(p, (path) => (matrices.has(path) ? scheme : undefined)).program);
}

/** A step that gives the likeliest token in the shape of the next step's input: nothing of a token need leave the device. */
function greedy(step: Program): Program {
  const next = step.outputs.find((o) => o.role !== "state")!;
  const state = step.outputs.filter((o) => o.role === "state");
  const given = step.inputs.find((i) => inputOf(i).name === "token")!;
  const chosen = argmax(next.node, next.axes.at(-1)!.name);
  const token = expand(
    chosen,
    given.axes.filter((a) => !hasAxis(chosen, a.name)),
  );
  return program(step.name, [output("token", "state", token, namesOf(given.axes)), ...state], step.inputs);
}

/** All cases; the tiny ones show that everything runs. */
export function cases(tiny: boolean): Case[] {
  const name = tiny ? "tiny" : "1B";
  const { vocabulary, prompt, capacity, ...fields } = shapes[name];
  const { step, prefill } = decoderPrograms({ ...fields, tied: true }, vocabulary);
  const decoding = (precision: Precision): Case => ({
    name: `decoding, ${name}, ${precision} weights, batch 1`,
    kind: "decoding",
    program: stored(greedy(step), precision),
    sizes: { batch: 1, capacity, past: prompt / 2 },
  });
  const training = tiny
    ? { width: 32, heads: 2, encoder: 1, decoder: 1, vocabulary: 64 }
    : { width: 256, heads: 8, encoder: 4, decoder: 4, vocabulary: 8192 };
  return [
    decoding("f16"),
    decoding("i4"),
    {
      name: `prefill of ${prompt}, ${name}, f16 weights`,
      kind: "prefill",
      program: stored(prefill, "f16"),
      sizes: { batch: 1, capacity, fresh: prompt, past: 0 },
    },
    {
      name: `training step, encoder-decoder of width ${training.width}`,
      kind: "training",
      program: trainingStep(crossEntropy(training), { name: "training.step" }),
      sizes: tiny ? { b: 2, s: 8, t: 4 } : { b: 16, s: 128, t: 64 },
    },
  ];
}
