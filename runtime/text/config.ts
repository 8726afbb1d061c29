/**
 * What stands beside a `tokenizer.json` in Hugging Face's layout: which tokens begin and end a text, and the chat template. Every file is
 * optional; what is there must make sense. Knows nothing of vocabularies.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fields } from "../fields.ts";
import { readText } from "../files.ts";

/** `tokenizer_config.json`, as far as neuro reads it, with the end tokens of `generation_config.json` and the template of its own file. */
export type TokenizerConfig = {
  readonly bos_token?: string;
  readonly eos_token?: string;
  readonly pad_token?: string;
  readonly unk_token?: string;
  /** Whether a text is given its begin token; undefined where only `tokenizer.json` says so. */
  readonly add_bos_token?: boolean;
  /** Jinja, as transformers renders it. */
  readonly chat_template?: string;
  /** The ids of all tokens that end an answer. */
  readonly eos_token_id?: readonly number[];
};

/** The config beside a tokenizer, and the files it was read from. Throws `model_config` for fields that make no sense. */
export function readTokenizerConfig(folder: string): { config: TokenizerConfig; files: string[] } {
  const files: string[] = [];
  const fieldsOf = (name: string): Fields | undefined => {
    const path = join(folder, name);
    if (!existsSync(path)) return undefined;
    files.push(path);
    return Fields.read(path);
  };
  const main = fieldsOf("tokenizer_config.json");
  const map = fieldsOf("special_tokens_map.json");
  const ends = endsOf(fieldsOf("generation_config.json"));
  const template = templateFile(folder, files) ?? (main && defaultTemplate(main));
  const config: Record<string, unknown> = {};
  for (const name of ["bos_token", "eos_token", "pad_token", "unk_token"]) {
    const token = (main && tokenOf(main, name)) ?? (map && tokenOf(map, name));
    if (token !== undefined) config[name] = token;
  }
  if (main?.get("add_bos_token") !== undefined) config.add_bos_token = main.flag("add_bos_token", false);
  if (template !== undefined) config.chat_template = template;
  if (ends.length > 0) config.eos_token_id = ends;
  return { config, files };
}

/** A token is written as its text, or as an object with its text as `content`. */
function tokenOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "object" ? fields.inner(name)!.text("content") : fields.text(name);
}

function endsOf(fields: Fields | undefined): number[] {
  const value = fields?.get("eos_token_id") ?? [];
  const ids = Array.isArray(value) ? value : [value];
  if (ids.every((id) => Number.isInteger(id) && id >= 0)) return ids;
  throw fields!.fault("its eos_token_id is neither an id nor a list of ids");
}

/** Newer folders keep the template in a file of its own. */
function templateFile(folder: string, files: string[]): string | undefined {
  const path = join(folder, "chat_template.jinja");
  if (!existsSync(path)) return undefined;
  files.push(path);
  return readText(path);
}

/** One template, or several by name, of which the one called `default` is for chats. */
function defaultTemplate(fields: Fields): string | undefined {
  const value = fields.get("chat_template");
  if (!Array.isArray(value)) return fields.text("chat_template");
  const named = value.map((each, i) => new Fields(each, fields.path, `chat_template[${i}].`));
  return named.find((each) => each.text("name") === "default")?.text("template");
}
