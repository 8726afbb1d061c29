// neuroc export: a model of a spec becomes a Hugging Face folder or a GGUF file; trees become ONNX or CatBoost JSON.
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { NeuroError } from "../../runtime/error.ts";
import { writeStreamed } from "../../runtime/files.ts";
import { openProgress } from "../../runtime/progress.ts";
import { type Exported, hasAdapters } from "../../runtime/weights/exported.ts";
import { ggufOf } from "../../runtime/weights/gguf/export.ts";
import { exportFolder } from "../../runtime/weights/huggingface/export.ts";
import { newFolder } from "../../runtime/weights/new-folder.ts";
import { exportPeft, withAdapters } from "../../runtime/weights/peft.ts";
import { type FloatType, watched } from "../../runtime/weights/stored-as.ts";
import { elements } from "../../runtime/weights/tensors.ts";
import { openExportable } from "../exportable.ts";
import { interruptible } from "../interrupt.ts";
import { checkedOrRefused, findSpec } from "../spec.ts";
import { exportTrees, isTreesFile, toldTrees } from "../tree-files.ts";
import { type Common, specArgument, type Verb } from "../verb.ts";

type Own = { spec?: string; model?: string; to: string; type?: "f32" | "f16" | "bf16" | "q8_0"; adapter: boolean };

const verb: Verb<Own> = {
  command: "export [spec]",
  describe: "write a model of a spec as a Hugging Face folder or a GGUF file, or trees as ONNX or CatBoost JSON",
  builder: (yargs) =>
    yargs
      .positional("spec", specArgument)
      .option("model", { type: "string", describe: "which model of the spec; the only one when not given" })
      .option("to", {
        type: "string",
        demandOption: true,
        describe: "the folder to make, or a file that ends in .gguf; for trees in .onnx or .json",
      })
      .option("type", {
        choices: ["f32", "f16", "bf16", "q8_0"],
        describe: "how its numbers are stored; as they are (in GGUF: f32) when not given",
      })
      .option("adapter", {
        type: "boolean",
        default: false,
        describe: "only the adapters of a model with `lora`, as PEFT reads them",
      })
      .example("$0 export --to policy.gguf --type q8_0", "for llama.cpp")
      .example("$0 export --to quick.onnx", "trees, for onnxruntime") as never,
  handler: async (options) => {
    if (isTreesFile(options.to)) return writeTrees(options);
    const gguf = options.to.toLowerCase().endsWith(".gguf");
    if (gguf ? options.type === "bf16" : options.type === "q8_0")
      throw new NeuroError("usage", `${gguf ? "a GGUF file" : "a folder"} is not written as ${options.type}`, {
        hint: gguf ? "take f32, f16 or q8_0" : "take f32, f16 or bf16, or write a file that ends in .gguf",
      });
    if (gguf && options.adapter)
      throw new NeuroError("usage", "adapters are written as a folder", { hint: "name a folder: --to adapter" });
    const { model, close } = openExportable(checkedOrRefused(findSpec(options.spec), options), options.model);
    if (options.adapter && !hasAdapters(model.tensors)) {
      close();
      throw new NeuroError("usage", `${model.name} has no adapters`, {
        hint: "give it `lora: 8` and train it, or export it whole",
      });
    }
    const progress = openProgress();
    try {
      const notes = await interruptible("exporting", (signal) => written(model, options, { progress, signal }));
      progress.close();
      const to = relative(process.cwd(), resolve(options.to)) || options.to;
      if (options.json) console.log(JSON.stringify({ model: model.name, to, config: model.config, notes }, null, 2));
      else console.log([`${to}: ${model.name}`, ...notes].join("\n"));
    } finally {
      progress.close();
      close();
    }
  },
};
export default verb;

function writeTrees(options: Own & Common): void {
  if (options.type !== undefined || options.adapter)
    throw new NeuroError("usage", "trees have no types and no adapters", { hint: "leave out --type and --adapter" });
  const report = exportTrees(checkedOrRefused(findSpec(options.spec), options), options.model, options.to);
  console.log(options.json ? JSON.stringify(report, null, 2) : toldTrees(report));
}

type Work = { readonly progress: ReturnType<typeof openProgress>; readonly signal: AbortSignal };

async function written(model: Exported, { to, type, adapter }: Own, { progress, signal }: Work): Promise<readonly string[]> {
  const path = resolve(to);
  if (adapter) {
    await newFolder(path, async (folder) => exportPeft(folder, model, model.tensors, model.name));
    return [];
  }
  const whole = { ...model, tensors: withAdapters(model, model.tensors) };
  const stored = type?.toUpperCase();
  if (!path.toLowerCase().endsWith(".gguf")) {
    await newFolder(path, (folder) =>
      exportFolder(folder, whole, { progress, signal, ...(stored && { type: stored as FloatType }) }),
    );
    return [];
  }
  if (existsSync(path))
    throw new NeuroError("file_exists", `there is a ${to} already`, { hint: "remove it, or name another file" });
  const { parts, notes } = ggufOf(whole, (stored ?? "F32") as "F32" | "F16" | "Q8_0");
  const numbers = [...whole.tensors.values()].reduce((sum, { shape }) => sum + elements(shape), 0);
  const bytes = numbers * (stored === "Q8_0" ? 34 / 32 : stored === "F16" ? 2 : 4);
  await writeStreamed(path, watched(parts, { title: model.name, total: bytes, progress, signal }));
  return notes;
}
