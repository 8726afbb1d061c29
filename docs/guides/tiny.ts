/** A folder as Hugging Face has them, small and made on the spot: a Llama of random numbers, so that a guide needs no network. */
import { mkdirSync } from "node:fs";
import { silent } from "../../runtime/progress.ts";
import { exportFolder } from "../../runtime/weights/huggingface/export.ts";
import { randomModel } from "../../tests/import/random-decoders.ts";

/** The sizes that the guide tells of. */
const config = {
  ...{ depth: 5, width: 64, heads: 8, kv: 4, channels: 8, inner: 172, vocab: 512 },
  ...{ base: 10_000, epsilon: 1e-5, tied: true, biases: false, norms: false, reach: 0, stretch: 1, seen: 512 },
};

/** Writes the folder. */
export async function exportTiny(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await exportFolder(folder, { ...randomModel({ name: "tiny", config, prompts: [] }), window: 512 }, { progress: silent });
}
