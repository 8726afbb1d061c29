/**
 * A GGUF file (versions 2 and 3, split files too) as metadata and an archive of tensors. Everything the header says is checked against the
 * file before anything is allocated; what is not understood is refused by name. Knows nothing of models.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { NeuroError } from "../../error.ts";
import { shown } from "../../files.ts";
import { type Archive, FileParts, type Stored } from "../archive.ts";
import { elements } from "../tensors.ts";
import { type BlockType, blockTypes } from "./blocks.ts";
import { Cursor, ggufFault, type Value } from "./values.ts";

/** An open GGUF file: `metadata` by key (`llama.block_count`), tensors with the slowest axis first (GGUF lists the fastest first). */
export type Gguf = Archive & { readonly metadata: ReadonlyMap<string, Value> };

const magic = 0x46554747; // "GGUF"
const longestName = 1024;

/** Opens a file. Throws `file_missing`, `weights_truncated`, `weights_foreign`, `gguf_version`, `gguf_header`, `gguf_type`. */
export function openGguf(path: string): Gguf {
  const first = openOne(path);
  const count = first.metadata.get("split.count");
  if (typeof count !== "number" || count <= 1) return first;
  const parts = [first];
  try {
    for (const place of splitPaths(path, count).slice(1)) parts.push(openOne(place));
    return joined(parts);
  } catch (error) {
    for (const part of parts) part.close();
    throw error;
  }
}

/** The paths of `model-00001-of-00003.gguf` and its companions. */
function splitPaths(path: string, count: number): string[] {
  const named = /^(.*)-00001-of-(\d{5})\.gguf$/.exec(basename(path));
  if (named === null || Number(named[2]) !== count) {
    const what = `it is a part of a model of ${count} files`;
    const hint = "Name the first file, whose name ends in -00001-of-*.gguf, with the others beside it under their own names.";
    throw new NeuroError("gguf_split", `${shown(path)} cannot be read alone: ${what}.`, { where: path, hint });
  }
  const number = (i: number): string => String(i + 1).padStart(5, "0");
  const paths = Array.from({ length: count }, (_, i) => join(dirname(path), `${named[1]}-${number(i)}-of-${named[2]}.gguf`));
  const lost = paths.find((each) => !existsSync(each));
  if (lost !== undefined) throw ggufFault(path, "gguf_split", `its part ${basename(lost)} is not beside it`);
  return paths;
}

function joined(parts: readonly Gguf[]): Gguf {
  const first = parts[0]!;
  const tensors = new Map<string, Stored>();
  for (const part of parts) {
    for (const [name, tensor] of part.tensors) {
      if (tensors.has(name)) throw ggufFault(part.path, "gguf_split", `${name} stands in two of its parts`);
      tensors.set(name, tensor);
    }
  }
  const close = (): void => {
    for (const part of parts) part.close();
  };
  return { path: first.path, metadata: first.metadata, tensors, files: parts.flatMap((part) => part.files), close };
}

function openOne(path: string): Gguf {
  const file = new FileParts(path);
  try {
    return { path, ...new Header(file).read(), files: [path], close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

type Info = { name: string; shape: number[]; type: BlockType; offset: number };

class Header {
  #file: FileParts;
  #cursor: Cursor;

  constructor(file: FileParts) {
    this.#file = file;
    this.#cursor = new Cursor(file);
  }

  read(): Pick<Gguf, "metadata" | "tensors"> {
    const cursor = this.#cursor;
    this.#begin();
    const tensorCount = cursor.u64("the number of tensors");
    const valueCount = cursor.u64("the number of values");
    cursor.need(valueCount * 13, "its metadata");
    const metadata = new Map<string, Value>();
    for (let i = 0; i < valueCount; i++) {
      const key = cursor.text("a key");
      if (metadata.has(key)) throw this.#fault("gguf_header", `${key} stands there twice`);
      metadata.set(key, cursor.value(cursor.u32(`the type of ${key}`), key));
    }
    cursor.need(tensorCount * 24, "its list of tensors");
    const infos: Info[] = [];
    for (let i = 0; i < tensorCount; i++) infos.push(this.#info());
    return { metadata, tensors: this.#tensors(infos, metadata) };
  }

  #begin(): void {
    const cursor = this.#cursor;
    if (this.#file.size < 8) throw this.#fault("weights_truncated", `it has only ${this.#file.size} bytes`);
    if (cursor.u32("its mark") !== magic) throw this.#fault("weights_foreign", "it does not begin with GGUF");
    const version = cursor.u32("its version");
    if (version === 2 || version === 3) return;
    const what =
      version > 0xffff ? "it was written for big-endian machines" : `it is of version ${version}, and 2 and 3 are read`;
    throw this.#fault("gguf_version", what);
  }

  #info(): Info {
    const cursor = this.#cursor;
    const name = cursor.text("the name of a tensor");
    if (name.length > longestName) throw this.#fault("gguf_header", `a tensor's name has ${name.length} characters`);
    const rank = cursor.u32(`the number of axes of ${name}`);
    if (rank > 4) throw this.#fault("gguf_header", `${name} has ${rank} axes, and GGUF has four at most`);
    const shape = Array.from({ length: rank }, () => cursor.u64(`the shape of ${name}`)).reverse();
    const number = cursor.u32(`the type of ${name}`);
    const type = blockTypes.get(number);
    if (type === undefined) throw this.#fault("gguf_type", `${name} is of ggml's type ${number}, which is not known`);
    return { name, shape, type, offset: cursor.u64(`the place of ${name}`) };
  }

  #tensors(infos: readonly Info[], metadata: ReadonlyMap<string, Value>): Map<string, Stored> {
    const step = metadata.get("general.alignment") ?? 32;
    if (typeof step !== "number" || step < 8 || step > 1 << 20 || step % 8 !== 0) {
      throw this.#fault("gguf_header", `general.alignment is ${step}`);
    }
    const base = Math.ceil(this.#cursor.at / step) * step;
    const tensors = new Map<string, Stored>();
    let end = base;
    for (const info of [...infos].sort((a, b) => a.offset - b.offset)) {
      if (tensors.has(info.name)) throw this.#fault("gguf_header", `${info.name} stands there twice`);
      const start = base + info.offset;
      if (info.offset % step !== 0)
        throw this.#fault("gguf_header", `${info.name} does not begin at a multiple of ${step} bytes`);
      if (start < end) throw this.#fault("gguf_header", `the bytes of ${info.name} overlap those before it`);
      const { stored, bytes } = this.#stored(info, start);
      tensors.set(info.name, stored);
      end = start + bytes;
    }
    return tensors;
  }

  #stored({ name, shape, type }: Info, start: number): { stored: Stored; bytes: number } {
    const count = elements(shape);
    const row = shape.at(-1) ?? 1;
    if (!Number.isSafeInteger(count)) throw this.#fault("gguf_header", `${name} would hold ${count} numbers`);
    if (row % type.size !== 0)
      throw this.#fault("gguf_header", `the rows of ${name} (${row}) are no multiple of ${type.name}'s ${type.size}`);
    const bytes = (count / type.size) * type.bytes;
    if (start + bytes > this.#file.size) {
      throw this.#fault("weights_truncated", `${name} should end at byte ${start + bytes} and the file has ${this.#file.size}`);
    }
    const read = (): Float32Array => {
      if (type.read !== undefined) return type.read(this.#file.bytes(start, start + bytes), count);
      const known = [...blockTypes.values()].filter((each) => each.read !== undefined).map((each) => each.name);
      const what = `${name} is stored as ${type.name}, and neuro reads ${known.join(", ")}`;
      throw new NeuroError("gguf_type", `${shown(this.#file.path)} cannot be imported: ${what}.`, {
        where: this.#file.path,
        hint: "Take a file of another quantization of the same model, such as Q8_0 or Q4_K_M.",
      });
    };
    return { stored: { name, shape, dtype: type.name, read }, bytes };
  }

  #fault(code: string, what: string): NeuroError {
    return ggufFault(this.#file.path, code, what);
  }
}
