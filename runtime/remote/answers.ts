/**
 * Answers of a model behind an address as rows: what it wrote, without the probabilities that only weights here could tell. Knows nothing of what they are
 * worth.
 */
import type { LanguageModel } from "../answer/model.ts";
import type { Row } from "../data/row.ts";
import type { DecodingRecord } from "../decode/generate.ts";
import { openRun } from "../pipeline/run.ts";
import type { Seed } from "../random.ts";
import { stream } from "../random.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import type { Block } from "../types.ts";
import type { RemoteSettings } from "./openai.ts";

/** A model behind an address. */
export type RemoteWriter = LanguageModel & { readonly remote: RemoteSettings };

/** Whether a value of a recipe is one. */
export const isRemoteWriter = (value: unknown): value is RemoteWriter =>
  typeof value === "object" && value !== null && "remote" in value && "write" in value;

/** Requests at the same time. */
const most = 8;
/** What it is told where there are no documents that it could answer from. */
const plain = "Answer the user's last message, briefly and in its language.";

/** How answers are drawn; `first` counts the rows before these. */
export type Drawing = { readonly n: number; readonly decoding: DecodingRecord; readonly seed: Seed; readonly first: number };

/** `n` answers to each row, those of a row one after another. Throws what the model throws. */
export async function remoteAnswers(
  writer: RemoteWriter,
  rows: readonly Row[],
  { n, decoding, seed, first }: Drawing,
): Promise<Row[]> {
  const work = rows.flatMap((row, i) => Array.from({ length: n }, (_, draw) => ({ row, place: first + i, draw })));
  const sampler = `${writer.remote.url} ${writer.remote.model}`;
  const answers: Row[] = [];
  for (let at = 0; at < work.length; at += most) {
    const some = work.slice(at, at + most).map(async ({ row, place, draw }): Promise<Row> => {
      const { run } = openRun({ offsets: roughOffsets, seed: stream(seed, "remote", place, draw).below(2 ** 31) });
      const blocks = blocksOf(row);
      const task = blocks.length > 0 ? undefined : plain;
      const { text } = await run.stage("sample", writer.name, (stage) => writer.write(row.prompt, blocks, decoding, stage, task));
      return { ...row, answer: { text }, place, sampler, cut: false };
    });
    answers.push(...(await Promise.all(some)));
  }
  return answers;
}

const blocksOf = ({ documents }: Row): Block[] =>
  documents.map(({ title, text, id, url }, i) => {
    const doc = { id: id ?? `${i + 1}`, title, url: url ?? "", text };
    return { number: i + 1, doc, start: 0, end: text.length, text, score: 0 };
  });
