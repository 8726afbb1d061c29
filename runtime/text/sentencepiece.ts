/**
 * SentencePiece's `tokenizer.model` (a protocol buffer: sentencepiece_model.proto) as a `tokenizer.json`. Only its BPE models are read; one of
 * another kind, or one that changes its text beforehand, is refused. Knows nothing of models of language.
 */
import protobuf from "protobufjs/minimal.js";
import { NeuroError } from "../error.ts";
import { readBytes, shown } from "../files.ts";
import { kinds, type Piece, tokenizerOfPieces } from "./pieces.ts";

type Message = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

/** Reads a file. Throws `tokenizer_foreign`, `file_missing`, `file_unreadable`. */
export function readSentencePiece(path: string): Record<string, unknown> {
  const bytes = readBytes(path);
  try {
    return convert(bytes, path);
  } catch (error) {
    if (error instanceof NeuroError) throw error;
    throw fault(path, "it is not a model of SentencePiece");
  }
}

function convert(bytes: Uint8Array, path: string): Record<string, unknown> {
  const model = message(bytes);
  const pieces = (model.get(1) ?? []).map((part) => piece(message(part as Uint8Array)));
  if (pieces.length === 0) throw fault(path, "it has no pieces");
  const trainer = inner(model, 2);
  const normalizer = inner(model, 3);
  if ((trainer.get(3)?.at(-1) ?? 1) !== 2) throw fault(path, "its pieces are not merged (it is a unigram model, say)");
  const changes = normalizer.get(2)?.at(-1);
  if (changes instanceof Uint8Array && changes.length > 0) throw fault(path, "it rewrites its text by a table of its own");
  const begin = pieces.find((each) => each.kind === kinds.control && each.text === "<s>")?.text;
  const prefix = (normalizer.get(3)?.at(-1) ?? 1) !== 0;
  return tokenizerOfPieces(pieces, { prefix, path: shown(path), ...(begin !== undefined && { begin }) });
}

function piece(fields: Message): Piece {
  const [text, score, kind] = [fields.get(1)?.at(-1), fields.get(2)?.at(-1) ?? 0, fields.get(3)?.at(-1) ?? kinds.normal];
  if (!(text instanceof Uint8Array) || typeof score !== "number" || typeof kind !== "number") throw new Error("not a piece");
  return { text: new TextDecoder().decode(text), score, kind };
}

function inner(fields: Message, number: number): Message {
  const part = fields.get(number)?.at(-1);
  return part instanceof Uint8Array ? message(part) : new Map();
}

/** The fields of a protocol buffer by number: whole numbers, floats, and bytes. */
function message(bytes: Uint8Array): Message {
  const reader = protobuf.Reader.create(bytes);
  const fields = new Map<number, (number | Uint8Array)[]>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const values = fields.get(tag >>> 3) ?? [];
    fields.set(tag >>> 3, values);
    if ((tag & 7) === 0) values.push(Number(reader.int64()));
    else if ((tag & 7) === 2) values.push(reader.bytes());
    else if ((tag & 7) === 5) values.push(reader.float());
    else reader.skipType(tag & 7);
  }
  return fields;
}

function fault(path: string, what: string): NeuroError {
  return new NeuroError("tokenizer_foreign", `${shown(path)} cannot be used as a tokenizer: ${what}.`, {
    where: path,
    hint: "Put the model's tokenizer.json beside it; transformers writes one with save_pretrained.",
  });
}
