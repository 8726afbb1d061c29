/**
 * What was read stays on its device while there is room, whichever model read it: when the room is full, what was not used for longest goes first.
 * What is in use stays. Knows nothing of tokens or of models.
 */
import { arrayOf, type Device, lengthOf, type Tensor } from "../device/device.ts";

/** Bytes of what was read that a device keeps. */
const usual = 256 * 2 ** 20;

/** Something that is kept; `drop` gives its memory back, and is called once. */
export type Holding = { readonly bytes: number; drop(): void };

export class Kept {
  /** Bytes that there is room for, beside what is in use. */
  readonly room: number;
  /** How many use each and whether it is to go, the longest unused first. */
  readonly #held = new Map<Holding, { users: number; gone: boolean }>();
  #bytes = 0;

  constructor(room = usual) {
    this.room = room;
  }

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps something, or takes it into use once more; it stays until as many are `done` with it. */
  use(holding: Holding): void {
    const known = this.#held.get(holding);
    if (known === undefined) this.#bytes += holding.bytes;
    this.#held.delete(holding);
    this.#held.set(holding, { users: (known?.users ?? 0) + 1, gone: known?.gone ?? false });
  }

  /** Ends a use, and lets go of the longest unused until there is room. */
  done(holding: Holding): void {
    const known = this.#held.get(holding);
    if (known === undefined) return;
    known.users -= 1;
    if (known.gone) this.drop(holding);
    for (const [one, { users }] of this.#held) {
      if (this.#bytes <= this.room) return;
      if (users === 0) this.drop(one);
    }
  }

  /** Lets go of something as soon as nobody uses it. */
  drop(holding: Holding): void {
    const known = this.#held.get(holding);
    if (known === undefined) return;
    known.gone = true;
    if (known.users > 0) return;
    this.#held.delete(holding);
    this.#bytes -= holding.bytes;
    holding.drop();
  }
}

const rooms = new WeakMap<Device, Kept>();

/** The one room of a device. */
export function keptOn(device: Device): Kept {
  const room = rooms.get(device) ?? new Kept();
  rooms.set(device, room);
  return room;
}

/** The bytes of tensors' values. */
export const bytesOf = (tensors: readonly Tensor[]): number =>
  tensors.reduce((sum, { dtype, shape }) => sum + lengthOf(dtype, shape) * arrayOf(dtype).BYTES_PER_ELEMENT, 0);
