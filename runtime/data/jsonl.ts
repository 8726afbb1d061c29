/** JSONL is read line by line, never whole, and every fault names its line. `.gz` files are unpacked on the way. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { NeuroError } from "../error.ts";
import { cannotRead, shown } from "../files.ts";

/** The values of a JSONL file with their places (`data/x.jsonl:12`). Throws `file_missing`, `file_unreadable`, `row_not_json`. */
export async function* readJsonl(path: string): AsyncGenerator<{ value: unknown; place: string }> {
  let number = 0;
  for await (const line of readLines(path)) {
    number++;
    if (line.trim() === "") continue;
    const place = `${shown(path)}:${number}`;
    yield { value: parse(line, place), place };
  }
}

function parse(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new NeuroError(
      "row_not_json",
      `${place} is not JSON: ${(error as Error).message.replace(/position \d+ \(line 1 column (\d+)\)/, "column $1")}.`,
      {
        where: place,
        hint: "Every line of a JSONL file is one JSON object; an array over many lines is JSON, not JSONL.",
      },
    );
  }
}

async function* readLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let line = 1;
  for await (const chunk of bytesOf(path)) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw new NeuroError("file_not_text", `${shown(path)} is not UTF-8 text (after line ${line}).`, {
        where: path,
        hint: "Save it as UTF-8.",
      });
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    line += lines.length;
    for (const each of lines) yield each;
  }
  if (rest !== "") yield rest;
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const packed = path.endsWith(".gz");
  const source = packed ? file.pipe(createGunzip()) : file;
  // pipe() does not pass errors on.
  if (packed) file.on("error", (error) => source.destroy(error));
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    file.destroy();
  }
}
