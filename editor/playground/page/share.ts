/** A spec as a part of an address, and back: packed, in letters that an address may hold. Nothing is sent anywhere. */

const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());

/** `#spec=..` for a text. */
export async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const letters = String.fromCharCode(...(await bytesOf(stream)));
  return `#spec=${btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The text of `#spec=..`, or of `#text=..`, as the documentation writes it; undefined where there is none or it is broken. */
export async function unpacked(hash: string): Promise<string | undefined> {
  const plain = /^#text=(.+)$/.exec(hash)?.[1];
  if (plain !== undefined) return decoded(plain);
  const letters = /^#spec=([\w-]+)$/.exec(hash)?.[1];
  if (letters === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new TextDecoder("utf-8", { fatal: true }).decode(await bytesOf(stream));
  } catch {
    return undefined;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
