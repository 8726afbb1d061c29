/**
 * Makes onnxruntime leave results in the arrays it was given. Its binding copies every fetched output into fresh memory, in order,
 * after the run; a first output that is a sequence cannot be copied and ends that, when all results are written already.
 * It rests on this binding's behaviour, so whoever uses it tries it first (`probeModel`) and has another way.
 */

/** The name of the sequence put before a program's outputs. */
export const stopName = "__stop";

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const bytes = (field: number, content: readonly number[]): number[] => [(field << 3) | 2, content.length, ...content];
const varint = (field: number, value: number): number[] => [field << 3, value];
const node = (op: string, inputs: readonly string[], output: string): number[] =>
  bytes(1, [...inputs.flatMap((i) => bytes(1, utf8(i))), ...bytes(2, utf8(output)), ...bytes(4, utf8(op))]);
const named = (field: number, name: string, type: readonly number[]): number[] =>
  bytes(field, [...bytes(1, utf8(name)), ...bytes(2, type)]);

/** ModelProto.graph (7) with one node, SequenceEmpty, whose result, a sequence of float tensors, is an output (12). */
const prefix = bytes(7, [
  ...node("SequenceEmpty", [], stopName),
  ...named(12, stopName, bytes(4, bytes(1, bytes(1, varint(1, 1))))),
]);

/**
 * A model whose first output is the sequence. Two encodings of one message, put together, are the message merged (Protocol
 * Buffers, encoding, "Last One Wins"): repeated fields follow one another, so that output comes before the model's own.
 */
export function withoutCopies(model: Uint8Array): Uint8Array {
  const joined = new Uint8Array(prefix.length + model.length);
  joined.set(prefix);
  joined.set(model, prefix.length);
  return joined;
}

/** Runs a session whose fetches begin with the sequence, and takes the refusal to convert that for success. */
export async function writesInPlace(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error && /^Non tensor type/.test(error.message)) return;
    throw error;
  }
  throw new Error("onnxruntime converted a sequence, so results may have been copied");
}

const size = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
const matrix = (n: number): number[] => {
  const dim = [1 << 3, ...size(n)];
  return bytes(1, [...varint(1, 1), ...bytes(2, [...bytes(1, dim), ...bytes(1, dim)])]);
};
const message = (field: number, content: readonly number[]): number[] => [(field << 3) | 2, ...size(content.length), ...content];

/** y = x x for a square matrix: the smallest model that shows whether onnxruntime works here, and how fast. */
export const probeModel = (side: number): Uint8Array =>
  Uint8Array.from([
    ...varint(1, 8),
    ...message(7, [
      ...node("MatMul", ["x", "x"], "y"),
      ...bytes(2, utf8("probe")),
      ...named(11, "x", matrix(side)),
      ...named(12, "y", matrix(side)),
    ]),
    ...bytes(8, varint(2, 17)),
  ]);
