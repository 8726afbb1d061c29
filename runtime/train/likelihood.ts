/** What a model thinks of each token of answers that are there already: its `forward` program on a device, with weights that may be replaced. */
import { collate } from "../data/feeds.ts";
import type { Row } from "../data/row.ts";
import type { Tensor, Tensors } from "../device/device.ts";
import type { Version, VersionTensors } from "./version.ts";

/** So many rows are scored together. */
const together = 16;

/** A model that scores rows. */
export interface Likelihood {
  /** Puts weights on the device, in place of those before; what is `lent` lies there already and stays another's. */
  load(tensors: VersionTensors, lent?: Tensors): void;
  /** A number for each token of each row's `answer`: log-probabilities of a language model, values of a critic. */
  of(rows: readonly Row[]): Promise<number[][]>;
  close(): void;
}

/** Prepares the `forward` program of a version's model. Throws `program_missing`. */
export async function openLikelihood({ model, device: open }: Version): Promise<Likelihood> {
  const device = await open();
  const { program, feeds } = model.program("forward");
  const ready = await device.prepare(program);
  const tokenizer = await model.tokenizer();
  let own: Record<string, Tensor> = {};
  let weights: Tensors = {};
  const close = (): void => {
    device.release(...Object.values(own));
    own = {};
  };
  return {
    load(tensors, lent = {}) {
      close();
      for (const { name, role } of ready.inputs) {
        const tensor = role === "weight" && lent[name] === undefined ? tensors.get(name) : undefined;
        if (tensor) own[name] = device.upload("f32", tensor.shape, tensor.data.slice());
      }
      weights = { ...lent, ...own };
    },
    async of(rows) {
      const found: number[][] = [];
      for (let at = 0; at < rows.length; at += together) {
        const part = rows.slice(at, at + together);
        const { values } = collate(part, ready.inputs, feeds, { tokenizer, window: Number.POSITIVE_INFINITY, rounded: false });
        const given = Object.fromEntries(
          Object.entries(values).map(([name, { dtype, shape, data }]) => [name, device.upload(dtype, shape, data)]),
        );
        const out = await device.run(ready, { ...weights, ...given });
        const [told] = Object.values(out) as [Tensor];
        const numbers = await device.read(told);
        const width = told.shape.at(-1)!;
        part.forEach((row, i) => {
          const tokens = row.answer!.tokens!.length;
          found.push([...numbers.subarray(i * width, i * width + tokens)]);
        });
        device.release(...Object.values(given), ...Object.values(out));
      }
      return found;
    },
    close,
  };
}
