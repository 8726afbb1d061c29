// A tokenizer is trained once and kept beside the weights; one that does not fit the spec any more is told of before a model reads its tokens.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tokenizerHandle } from "./tokenizers.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-tokenizers-"));
afterAll(() => rmSync(root, { recursive: true }));

const texts = async function* () {
  yield { text: "the tide rises, the tide falls, the twilight darkens, the curlew calls" };
};
const opened = (vocab: number) => tokenizerHandle("words", { kind: "bpe", vocab, from: texts() }, root).load();

test("a tokenizer is trained once; a smaller vocab than it has is refused, with what to do, and a larger one is not", async () => {
  const { size } = await opened(270);
  expect(size).toBeLessThanOrEqual(270);
  await expect(opened(size - 1)).rejects.toMatchObject({
    code: "tokenizer_too_large",
    message: `The tokenizer words has ${size} tokens, and the spec says \`vocab: ${size - 1}\`.`,
    hint: expect.stringContaining(`\`vocab: ${size}\``),
  });
  expect((await opened(300)).size).toBe(size);
});
