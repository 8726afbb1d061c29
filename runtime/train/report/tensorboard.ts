/**
 * TensorBoard's event files: records of protobuf messages, each framed by its length and two checksums (tensorflow/core/lib/io/record_writer.h,
 * tensorflow/core/util/event.proto). Only scalars are written. Knows nothing of runs.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs/minimal.js";
import { cannotWrite, writeAll } from "../../files.ts";

/** CRC-32C (Castagnoli), which these records are framed with; Node has only the other one. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** The CRC-32C of bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** A checksum over data that may hold checksums is turned and moved, so that it does not look like one. */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** One record as it stands in the file. */
export function record(data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(data.length + 16);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return framed;
}

/** What an event may hold besides its time (`Event`: wall_time 1, step 2, file_version 3, summary 5, session_log 7). */
interface Event {
  readonly version?: string;
  readonly step?: number;
  readonly scalars?: Readonly<Record<string, number>>;
  /** A process begins, or begins again: what was written of later steps is void. */
  readonly start?: boolean;
}

function encoded(event: Event, seconds: number): Uint8Array {
  const w = protobuf.Writer.create().uint32(9).double(seconds);
  if (event.step !== undefined) w.uint32(16).int64(event.step);
  if (event.version !== undefined) w.uint32(26).string(event.version);
  if (event.scalars) {
    w.uint32(42).fork();
    for (const [tag, value] of Object.entries(event.scalars))
      w.uint32(10).fork().uint32(10).string(tag).uint32(21).float(value).ldelim();
    w.ldelim();
  }
  if (event.start) w.uint32(58).fork().uint32(8).int32(1).ldelim();
  return w.finish();
}

/** A file of events, open for appending; every process writes one of its own, as TensorBoard expects. */
export class EventFile {
  readonly path: string;
  #file: number;

  /** Begins a file in a folder: what earlier files hold of steps from `step` on is void. Throws `cannot_write`. */
  constructor(folder: string, step: number) {
    const now = Date.now() / 1000;
    this.path = join(folder, `events.out.tfevents.${Math.floor(now)}.${hostname()}.${process.pid}.${step}`);
    try {
      mkdirSync(folder, { recursive: true });
      this.#file = openSync(this.path, "a");
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
    this.#write({ version: "brain.Event:2" }, now);
    this.#write({ start: true, step }, now);
  }

  /** Adds the numbers of a step; those that are not finite are left out. */
  add(step: number, numbers: Readonly<Record<string, number>>): void {
    const scalars = Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));
    this.#write({ step, scalars }, Date.now() / 1000);
  }

  #write(event: Event, seconds: number): void {
    try {
      writeAll(this.#file, record(encoded(event, seconds)));
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
