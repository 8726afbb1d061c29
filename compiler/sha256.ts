/** SHA-256 (FIPS 180-4) wherever JavaScript runs, at once: a browser has it only as a promise, and Node's is not in browsers. */

/** The first 32 bits of the fractional parts of a root of the first primes: the square roots begin a hash, the cube roots stir it. */
function fractions(count: number, root: (n: number) => number): Uint32Array {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++)
    if (!Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, i) => i + 2).some((d) => n % d === 0)) found.push(n);
  return Uint32Array.from(found, (prime) => Math.floor((root(prime) % 1) * 2 ** 32));
}
const beginning = fractions(8, Math.sqrt);
const stirring = fractions(64, Math.cbrt);

const turned = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** The message with its end: one bit, zeros, and its length in bits. */
function padded(bytes: Uint8Array): DataView {
  const whole = new Uint8Array((bytes.length + 72) & ~63);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
  return view;
}

/** The hash as 64 hexadecimal digits; a text is hashed as UTF-8. */
export function sha256(content: Uint8Array | string): string {
  const view = padded(typeof content === "string" ? new TextEncoder().encode(content) : content);
  const state = beginning.slice();
  const w = new Uint32Array(64);
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [a, b] = [w[i - 15]!, w[i - 2]!];
      const low = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
      const high = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
      w[i] = w[i - 16]! + low + w[i - 7]! + high;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + stirring[i]! + w[i]!;
      const two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [i, part] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + part;
  }
  return [...state].map((part) => part.toString(16).padStart(8, "0")).join("");
}
