// A model that a spec declares, with its weights open: what neuroc export writes. The spec is checked but nothing is built for it.
import { resolve } from "node:path";
import type { Checked, Constant } from "../compiler/checked.ts";
import { declarationNamed } from "../compiler/lower/context.ts";
import type { ModelType } from "../compiler/types.ts";
import { didYouMean, type Model } from "../grammar/index.ts";
import { NeuroError } from "../runtime/error.ts";
import { isFile, shown } from "../runtime/files.ts";
import { Tokenizer } from "../runtime/text/tokenizer.ts";
import type { Archive } from "../runtime/weights/archive.ts";
import { type Exported, knownOfWeights } from "../runtime/weights/exported.ts";
import { isForeign } from "../runtime/weights/foreign.ts";
import { openForeign } from "../runtime/weights/open.ts";
import { openWeights } from "../runtime/weights/shards.ts";
import type { Checking } from "./spec.ts";

type Declared = { readonly name: string; readonly decl: Model; readonly type: ModelType };

/** Opens the weights of a model: the published ones, or those it begins with. Throws `usage`, `weights_missing`, `model_unsupported`. */
export function openExportable({ spec, checked }: Checking, wanted: string | undefined): { model: Exported; close(): void } {
  const { name, decl, type } = chosen(checked, wanted);
  const fields = new Map(decl.fields.entries.map(({ label, value }) => [label.text, checked.constant(value)]));
  const path = weightsOf(spec.folder, name, textOf(fields.get("from")));
  const source: Archive = isForeign(path) ? openForeignArchive(path) : openWeights(path);
  try {
    const cases = type.over?.kind === "enum" ? type.over.cases : [];
    const stated = { numbers: plain(fields), names: namesOf(decl), cases };
    const known = knownOfWeights(decl.architecture.text, name, path, source.tensors, stated);
    const tokenizer = tokenizerOf(checked, decl, spec.folder);
    if (tokenizer.size > known.config.vocab)
      throw new NeuroError(
        "weights_differ",
        `${name} has a table of ${known.config.vocab} rows, and its tokenizer ${tokenizer.size} tokens.`,
        {
          where: path,
          hint: "Put back the tokenizer.json that belongs to these weights.",
        },
      );
    return {
      model: { ...known, name, window: type.window ?? 2048, tensors: source.tensors, tokenizer },
      close: source.close,
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

function openForeignArchive(path: string): Archive {
  const { tensors, files, close } = openForeign(path);
  return { path, tensors, files, close };
}

function chosen(checked: Checked, wanted: string | undefined): Declared {
  const declared = checked.modules.flatMap((module) =>
    module.std ? [] : [...module.declarations.values()].flatMap((each) => (each.node.kind === "Model" ? [each] : [])),
  );
  const local = declared.flatMap((each): Declared[] => {
    const type = checked.declared(each);
    return type.kind === "model" && !type.remote ? [{ name: each.name, decl: each.node as Model, type }] : [];
  });
  const found = wanted === undefined && local.length === 1 ? local[0] : local.find(({ name }) => name === wanted);
  if (found) return found;
  const names = local.map(({ name }) => name);
  const near = wanted === undefined ? undefined : didYouMean(wanted, names);
  const what =
    wanted === undefined ? `this spec has ${names.length} models with weights` : `this spec has no model ${wanted} with weights`;
  const hint = near
    ? `did you mean ${near}?`
    : names.length === 0
      ? "declare one"
      : `say which with --model: ${names.join(", ")}`;
  throw new NeuroError("usage", what, { hint });
}

/** Where a model's weights lie. */
function weightsOf(folder: string, name: string, from: string | undefined): string {
  const published = resolve(folder, "weights", `${name}.safetensors`);
  if (isFile(published)) return published;
  if (from !== undefined) return resolve(folder, from);
  throw new NeuroError("weights_missing", `The model ${name} has no weights yet: there is no file ${shown(published)}.`, {
    where: published,
    hint: "Train it first: neuroc train.",
  });
}

/** The tokenizer of a model: a file that the spec names, or the one that was trained for it. */
function tokenizerOf(checked: Checked, decl: Model, folder: string): Tokenizer {
  const field = decl.fields.entries.find(({ label }) => label.text === "tokenizer")?.value;
  const module = checked.modules.find(({ path }) => path === decl.span.file);
  const setting = field?.kind === "Name" && module ? declarationNamed(checked, field.text, module)?.node : undefined;
  if (field?.kind !== "Name" || setting?.kind !== "Setting" || !setting.value) throw new Error("the tokenizer was not checked");
  const made = checked.constant(setting.value);
  const path = made?.kind === "case" ? textOf(made.args.get("path")) : undefined;
  return Tokenizer.load(resolve(folder, path ?? `weights/${field.text}.tokenizer.json`));
}

const textOf = (value: Constant | undefined): string | undefined => (value?.kind === "text" ? value.value : undefined);

/** The functions that a declaration names: `bend: swish`, and the `pool:` of its head. */
function namesOf(decl: Model): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { label, value } of decl.fields.entries) {
    if (value.kind === "Name") found[label.text] = value.text;
    if (value.kind !== "Call") continue;
    for (const arg of value.args) if (arg.label && arg.value.kind === "Name") found[arg.label.text] = arg.value.text;
  }
  return found;
}

/** Numbers and truth values of a declaration, by field. */
function plain(fields: ReadonlyMap<string, Constant | undefined>): Record<string, number | boolean> {
  const known = [...fields].flatMap(([name, value]) =>
    value?.kind === "number" || value?.kind === "bool" ? [[name, value.value]] : [],
  );
  return Object.fromEntries(known);
}
