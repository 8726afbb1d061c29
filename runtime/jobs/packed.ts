/** What travels between whoever divides work and its workers: JSON, packed, in which vectors keep their bits. It knows nothing of what it says. */
import { gunzipSync, gzipSync } from "node:zlib";

/** As bytes. */
export const packed = (value: unknown): Uint8Array =>
  gzipSync(
    JSON.stringify(value, (_, one) =>
      one instanceof Float32Array ? { "#f32": Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString("base64") } : one,
    ),
    { level: 1 },
  );

/** As it was. */
export const unpacked = <T>(bytes: Uint8Array): T =>
  JSON.parse(gunzipSync(bytes).toString("utf8"), (_, one) =>
    typeof one === "object" && one !== null && typeof one["#f32"] === "string"
      ? new Float32Array(Uint8Array.from(Buffer.from(one["#f32"], "base64")).buffer)
      : one,
  ) as T;
