/**
 * Bytes to text when nobody says how they were written: marks first, then UTF-8, then the older encodings of Russian and Western texts by
 * which of them gives words. Binary files are told from text.
 */

/** The text, or `undefined` for bytes that are no text; `said` is the encoding that it says it has. The byte order mark is removed. */
export function decodeText(bytes: Uint8Array, said?: string): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.subarray(0, 65_536).includes(0)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return looksBinary(text) ? undefined : text;
  } catch {
    return (said && named(bytes, said)) || oldEncoding(bytes);
  }
}

/** The text in an encoding of which all bytes are letters; nothing where it is another one after all. */
function named(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return looksBinary(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function oldEncoding(bytes: Uint8Array): string | undefined {
  const readings = ["windows-1251", "koi8-r", "ibm866", "windows-1252"].map((name) => new TextDecoder(name).decode(bytes));
  const best = readings.map((text) => ({ text, words: sane(text) })).reduce((a, b) => (b.words > a.words ? b : a));
  // Bytes that are no text give few words in any reading.
  return looksBinary(best.text) || best.words < 0.5 ? undefined : best.text;
}

/** The share of words that are written as words are: one alphabet, capitals first or everywhere. */
function sane(text: string): number {
  const all = text.slice(0, 200_000).match(/[\p{L}\p{M}]+/gu) ?? [];
  const good = all.filter((word) => /^(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]{1,12}|[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]{1,12})$/u.test(word));
  return all.length === 0 ? 0 : good.length / all.length;
}

function looksBinary(text: string): boolean {
  const start = text.slice(0, 65_536);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary files.
  const controls = start.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
  return controls > start.length / 500;
}
