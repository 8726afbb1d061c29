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
import { identityOf, type RemoteSettings } from "./client.ts";

/** A model behind an address. */
export type RemoteWriter = LanguageModel & { readonly remote: RemoteSettings };

/** Whether a value of a recipe is one. */
export const isRemoteWriter = (value: unknown): value is RemoteWriter =>
  typeof value === "object" && value !== null && "remote" in value && "write" in value;

/** Requests at the same time. */
const most = 8;
/** What it is told where there are no documents that it could answer from. */
const plain = "Answer the user's last message, briefly and in its language.";

/** How answers are drawn; `first` counts the rows before these, `known` the answers to the first of them that are there already. */
export type Drawing = {
  readonly n: number;
  readonly decoding: DecodingRecord;
  readonly seed: Seed;
  readonly first: number;
  readonly known: number;
};

/** `n` answers to each row, those of a row one after another, as they come. Throws what the model throws, after the answers before that. */
export async function* remoteAnswers(
  writer: RemoteWriter,
  rows: AsyncIterable<Row>,
  { n, decoding, seed, first, known }: Drawing,
): AsyncGenerator<Row> {
  const sampler = identityOf(writer.remote);
  const answered = async (row: Row, place: number, draw: number): Promise<Row> => {
    const { run } = openRun({ offsets: roughOffsets, seed: stream(seed, "remote", place, draw).below(2 ** 31) });
    const blocks = blocksOf(row);
    const task = blocks.length > 0 ? undefined : plain;
    const { text } = await run.stage("sample", writer.name, (stage) => writer.write(row.prompt, blocks, decoding, stage, task));
    return { ...row, answer: { text }, place, sampler, cut: false };
  };
  let asked: (() => Promise<Row>)[] = [];
  let place = first;
  for await (const row of rows) {
    const here = place++;
    for (let draw = here === first ? known : 0; draw < n; draw++) {
      if (asked.push(() => answered(row, here, draw)) < most) continue;
      yield* settled(asked);
      asked = [];
    }
  }
  yield* settled(asked);
}

/** What is asked at the same time, in order up to the first that failed: what a server wrote is not lost because it then fell silent. */
async function* settled(asked: readonly (() => Promise<Row>)[]): AsyncGenerator<Row> {
  for (const answer of await Promise.allSettled(asked.map((ask) => ask()))) {
    if (answer.status === "rejected") throw answer.reason;
    yield answer.value;
  }
}

const blocksOf = ({ documents }: Row): Block[] =>
  documents.map(({ title, text, id, url }, i) => {
    const doc = { id: id ?? `${i + 1}`, title, url: url ?? "", text };
    return { number: i + 1, doc, start: 0, end: text.length, text, score: 0 };
  });
