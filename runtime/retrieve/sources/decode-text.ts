/**
 * Bytes to text when nobody says how they were written: marks first, then UTF-8 (also with a few bytes damaged), UTF-16 without its mark, then the older
 * encodings of Russian and Western texts by which of them gives words. What is no text, or of an encoding that cannot be told, is told and never guessed.
 */

/** What keeps bytes from being read as text, in a few words. */
export type NoText = { readonly why: string };

const noText: NoText = { why: "not a text file" };

/** The text, or why there is none; `said` is the encoding that it says it has. The byte order mark is removed. */
export function decodeText(bytes: Uint8Array, said?: string): string | NoText {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe && bytes[2] === 0 && bytes[3] === 0)
    return { why: "written in UTF-32: save it as UTF-8" };
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const text = exactly(bytes, "utf-8");
  if (text !== undefined && !looksBinary(text)) return text.replaceAll("\0", "");
  if (bytes.subarray(0, 65_536).includes(0)) return wide(bytes) ?? noText;
  if (text !== undefined) return noText;
  return damaged(bytes) ?? (said && readable(exactly(bytes, said))) ?? oldEncoding(bytes);
}

/** The text in an encoding of which all bytes are letters; nothing where it is another one after all. */
function exactly(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const readable = (text: string | undefined): string | undefined => (text === undefined || looksBinary(text) ? undefined : text);

/** UTF-8 of which a few bytes are wrong, or the last letter was cut off: far more letters of several bytes are right. */
function damaged(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder("utf-8").decode(bytes);
  const start = text.slice(0, 1 << 20);
  const wrong = start.match(/\ufffd/g)?.length ?? 0;
  const right = start.match(/[^\p{ASCII}\ufffd]/gu)?.length ?? 0;
  return wrong * 3 < right || wrong === 0 ? readable(text) : undefined;
}

/** UTF-16 without a mark: the letters of an alphabet share their upper byte, or two do. */
function wide(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const readings = ["utf-16le", "utf-16be"].map((encoding) => readable(exactly(bytes, encoding)));
  return readings.find((text) => {
    const start = text?.slice(0, 65_536) ?? "";
    const pages = new Map<number, number>();
    for (let i = 0; i < start.length; i++) pages.set(start.charCodeAt(i) >> 8, (pages.get(start.charCodeAt(i) >> 8) ?? 0) + 1);
    const most = [...pages.values()].sort((a, b) => b - a).slice(0, 2);
    const letters = start.match(/[\p{L}\p{N}\s]/gu)?.length ?? 0;
    return (
      most.reduce((sum, count) => sum + count, 0) > 0.95 * start.length && (pages.get(0) ?? 0) > 0 && letters > 0.7 * start.length
    );
  });
}

function oldEncoding(bytes: Uint8Array): string | NoText {
  const readings = ["windows-1251", "koi8-r", "ibm866", "windows-1252"].map((name) => {
    const text = new TextDecoder(name).decode(bytes);
    const start = text.slice(0, 200_000);
    return { text, sense: name === "windows-1252" ? western(start) : russian(start) };
  });
  const best = readings.reduce((a, b) => (b.sense > a.sense ? b : a));
  if (looksBinary(best.text)) return noText;
  // Bytes that are no text, and those of other encodings, give few words in any reading.
  return best.sense < 0.5 ? { why: "not a text file, or of an encoding that cannot be told: save it as UTF-8" } : best.text;
}

/** What older encodings have beside letters. */
const marks = /[\s«»“”„‘’‹›—–…№§°©®™±·•€£¡¿]/gu;

/** The share of letters that stand in words as Russian, Ukrainian and Bulgarian write them: capitals first or everywhere, more of them where they are the common ones. */
function russian(text: string): number {
  const foreign = text.replace(marks, "").match(/[^\p{ASCII}]/gu)?.length ?? 0;
  if (foreign === 0) return 1;
  const words = text.match(/(?<![\p{L}\p{M}])(?:[А-ЯЁІЇЄҐ]?[а-яёіїєґ]+|[А-ЯЁІЇЄҐ]{1,12})(?![\p{L}\p{M}])/gu) ?? [];
  const letters = words.join("");
  const common = letters.match(/[оеаинтср]/gi)?.length ?? 0;
  return (letters.length / foreign) * (0.5 + common / Math.max(1, letters.length));
}

/** The share of letters with accents that stand among letters without, or alone. */
function western(text: string): number {
  const foreign = text.replace(marks, "").match(/[^\p{ASCII}]/gu)?.length ?? 0;
  if (foreign === 0) return 1;
  const words = text.match(/\p{L}+/gu) ?? [];
  const good = words.filter((word) => word.length === 1 || /^(?=.*[a-z])[A-ZÀ-Þ]?[a-zß-ÿ]+$|^(?=.*[A-Z])[A-ZÀ-Þ]+$/u.test(word));
  return (good.join("").match(/[^\p{ASCII}]/gu)?.length ?? 0) / foreign;
}

function looksBinary(text: string): boolean {
  const start = text.slice(0, 65_536);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary files.
  const controls = start.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
  return controls > Math.max(start.length / 500, 1);
}
