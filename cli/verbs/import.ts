// neuroc import: a model of another format becomes a folder with a spec, its weights and its tokenizer; trees become one with theirs.
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { NeuroError } from "../../runtime/error.ts";
import { isFile, readJson, shown, writeAtomically } from "../../runtime/files.ts";
import { openProgress } from "../../runtime/progress.ts";
import { Tokenizer } from "../../runtime/text/tokenizer.ts";
import { type Foreign, nameOf, type Opening } from "../../runtime/weights/foreign.ts";
import { withTokenizer } from "../../runtime/weights/huggingface/tokenizer.ts";
import { type ImportReport, importModel } from "../../runtime/weights/import.ts";
import { newFolder } from "../../runtime/weights/new-folder.ts";
import { openAdapted, openForeign } from "../../runtime/weights/open.ts";
import { baseOf, isAdapter } from "../../runtime/weights/peft.ts";
import type { FloatType } from "../../runtime/weights/stored-as.ts";
import { interruptible } from "../interrupt.ts";
import { modelSpec } from "../model-spec.ts";
import { importTrees, isTreesFile, toldTrees } from "../tree-files.ts";
import type { Verb } from "../verb.ts";

type Own = { source: string; as?: string; out?: string; type?: "f32" | "f16" | "bf16"; tokenizer?: string; base?: string };

const verb: Verb<Own> = {
  command: "import <source>",
  describe: "make a spec and weights of a model of another format",
  builder: (yargs) =>
    yargs
      .positional("source", {
        type: "string",
        describe: "a Hugging Face folder, a .gguf file, or a llama2.c .bin; for trees a CatBoost .json or an .onnx file",
        demandOption: true,
      })
      .option("as", { type: "string", describe: "what the model is called in the spec; from the source's name when not given" })
      .option("out", { type: "string", describe: "the folder to make; one of the model's name when not given" })
      .option("type", { choices: ["f32", "f16", "bf16"], describe: "how its numbers are stored; as they are when not given" })
      .option("base", { type: "string", describe: "of an adapter of PEFT: the model that it changes, in any format" })
      .option("tokenizer", { type: "string", describe: "a tokenizer.json to take instead of the source's" })
      .example("$0 import ~/models/Qwen3-0.6B --as qwen", "from a downloaded folder") as never,
  handler: async (options) => {
    const name = options.as ?? nameOf(resolve(options.source));
    if (!/^\p{Ll}[\p{L}\p{N}_]*$/u.test(name))
      throw new NeuroError("usage", `a model cannot be called ${name}`, {
        hint: "a name begins with a small letter: --as llama",
      });
    const out = resolve(options.out ?? name);
    if (isTreesFile(options.source) && isFile(resolve(options.source))) {
      const report = await importTrees(resolve(options.source), name, out);
      console.log(options.json ? JSON.stringify(report, null, 2) : toldTrees(report));
      return;
    }
    const opened = openSource(resolve(options.source), options.base, { tokenizer: options.tokenizer === undefined });
    const progress = openProgress();
    try {
      const foreign = options.tokenizer === undefined ? opened : replaced(opened, resolve(options.tokenizer));
      const report = await interruptible("importing", (signal) => made(foreign, { name, out, options, progress, signal }));
      progress.close();
      told(foreign, report, { name, out, json: options.json });
    } finally {
      progress.close();
      opened.close();
    }
  },
};
export default verb;

/** A model, or an adapter on the model that is named or that it names itself. */
function openSource(path: string, base: string | undefined, options: Opening): Foreign {
  if (!isAdapter(path)) return openForeign(path, options);
  const named = base ?? baseOf(path);
  if (named !== undefined && existsSync(resolve(named))) return openAdapted(path, resolve(named), options);
  throw new NeuroError(
    "usage",
    `${shown(path)} is an adapter, and its model ${named === undefined ? "is not named" : `is not at ${named}`}`,
    {
      hint: "say where the model is that it changes: --base FOLDER",
    },
  );
}

function replaced(foreign: Foreign, path: string): Foreign {
  const json = readJson(path) as Record<string, unknown>;
  Tokenizer.parse(json, path);
  return { ...foreign, ...withTokenizer(json, path, foreign.config.vocab), files: [...foreign.files, path] };
}

type Making = {
  readonly name: string;
  readonly out: string;
  readonly options: Own;
  readonly progress: ReturnType<typeof openProgress>;
  readonly signal: AbortSignal;
};

function made(foreign: Foreign, { name, out, options, progress, signal }: Making): Promise<ImportReport> {
  return newFolder(out, async (folder) => {
    const type = options.type?.toUpperCase() as FloatType | undefined;
    const report = await importModel(foreign, { name, folder, progress, signal, ...(type && { type }) });
    const source = relative(process.cwd(), resolve(options.source)) || options.source;
    const tokenizer = existsSync(join(folder, "tokenizer.json"));
    writeAtomically(join(folder, "main.neuro"), modelSpec({ ...foreign, name, source, tokenizer }));
    return report;
  });
}

function told(foreign: Foreign, report: ImportReport, { name, out, json }: { name: string; out: string; json: boolean }): void {
  const spec = join(out, "main.neuro");
  const { hash, numbers, bytes } = report;
  const { format, architecture, config, window, notes } = foreign;
  const facts = { spec, name, format, architecture, config, window, weights: hash, numbers, bytes, notes };
  if (json) {
    console.log(JSON.stringify(facts, null, 2));
    return;
  }
  for (const note of notes) console.error(`note: ${note}`);
  const size = numbers >= 1e9 ? `${(numbers / 1e9).toFixed(2)} billion` : `${(numbers / 1e6).toFixed(2)} million`;
  console.log(
    `${relative(process.cwd(), spec) || spec}: ${name}, a ${architecture} of ${size} weights, ${window} tokens (sha256 ${hash.slice(0, 16)})`,
  );
}
