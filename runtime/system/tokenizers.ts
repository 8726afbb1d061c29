/**
 * The tokenizers of a spec: read from `weights/<name>.tokenizer.json`, or trained from the texts that the spec names when there is no such file,
 * once, and then written there, because weights are worth nothing without the tokenizer that they were trained with.
 */

import { join, resolve } from "node:path";
import { NeuroError } from "../error.ts";
import { isFile, shown, writeAtomically } from "../files.ts";
import { openProgress } from "../progress.ts";
import { denoisingWords, trainBpe } from "../text/bpe.ts";
import { Tokenizer } from "../text/tokenizer.ts";

/** What a spec says: `bpe(vocab: 4096, from: pages)` or `file("tokenizer.json")`. */
export type TokenizerSettings =
  | {
      readonly kind: "bpe";
      readonly vocab: number;
      readonly from: AsyncIterable<unknown>;
      readonly digits?: number;
      readonly markers?: number;
      readonly sentinels?: number;
      readonly mask?: boolean;
    }
  | { readonly kind: "file"; readonly path: string };

/** A tokenizer of the system, loaded when it is first needed. */
export type TokenizerHandle = {
  readonly name: string;
  /** Where it is kept. */
  readonly path: string;
  /**
   * Throws what reading it throws; `tokenizer_missing` when it is not there and nothing is named to train it from; `tokenizer_too_large` when it was trained
   * while the spec said a larger `vocab:`, so that models have no room for its last tokens.
   */
  load(): Promise<Tokenizer>;
};

/** Characters that training reads at most: merges do not change for more. */
const enough = 50_000_000;

/** The handle of a declared tokenizer; `root` is the spec's folder. */
export function tokenizerHandle(name: string, settings: TokenizerSettings, root: string): TokenizerHandle {
  const path = settings.kind === "file" ? resolve(root, settings.path) : join(root, "weights", `${name}.tokenizer.json`);
  let loading: Promise<Tokenizer> | undefined;
  const load = async () => {
    if (!isFile(path) && settings.kind === "bpe") await train(name, settings, path);
    const tokenizer = Tokenizer.load(path);
    if (settings.kind === "bpe" && tokenizer.size > settings.vocab) throw tooLarge(name, tokenizer.size, settings.vocab, path);
    return tokenizer;
  };
  return {
    name,
    path,
    load: () => {
      // A failure is not remembered: the file may be put there while the process runs.
      loading ??= load().catch((error) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
  };
}

const tooLarge = (name: string, size: number, vocab: number, path: string): NeuroError =>
  new NeuroError("tokenizer_too_large", `The tokenizer ${name} has ${size} tokens, and the spec says \`vocab: ${vocab}\`.`, {
    where: shown(path),
    hint: `It was trained when the spec said otherwise. Write \`vocab: ${size}\` to keep it, or delete it, and the weights that were trained with it, to train another.`,
  });

async function train(name: string, settings: Extract<TokenizerSettings, { kind: "bpe" }>, path: string): Promise<void> {
  const progress = openProgress();
  const task = progress.task(`tokenizer ${name}`, undefined, "texts");
  const texts: string[] = [];
  let characters = 0;
  for await (const row of settings.from) {
    for (const text of textsOf(row)) {
      texts.push(text);
      characters += text.length;
    }
    task.update(texts.length);
    if (characters >= enough) break;
  }
  if (characters === 0) {
    throw new NeuroError("tokenizer_no_texts", `The tokenizer ${name} is to be trained from a source without text.`, {
      hint: "Name a source or dataset that has rows.",
    });
  }
  const { vocab, digits, markers } = settings;
  const json = trainBpe(texts, {
    vocab,
    last: denoisingWords(settings),
    ...(digits === undefined ? {} : { digits }),
    ...(markers === undefined ? {} : { markers }),
  });
  writeAtomically(path, `${JSON.stringify(json)}\n`);
  task.end(shown(path));
  progress.close();
}

/** Every text in a row or document, whatever its fields are called; ids and addresses are no text. */
function* textsOf(value: unknown, field = ""): Generator<string> {
  if (typeof value === "string") {
    if (!/^(?:id|url|role|language)$/.test(field)) yield value;
  } else if (Array.isArray(value)) {
    for (const item of value) yield* textsOf(item, field);
  } else if (value !== null && typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) yield* textsOf(inner, name);
  }
}
