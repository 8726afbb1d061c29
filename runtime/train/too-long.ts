/** Rows that do not fit into a model's window are not trained on, and never silently: the first is named when it is met, and in the end how many there were. */
import { placeOf, type Row } from "../data/row.ts";
import { tell } from "../notes.ts";

/** Counts rows that were left out, each once however often it comes by. */
export class TooLong {
  readonly #places = new Set<string>();
  #rows = 0;

  /** Rows of a batch that were too long. */
  note(left: readonly Row[]): void {
    for (const row of left) {
      this.#rows++;
      const place = placeOf(row);
      if (this.#places.size === 0) tell(`Rows longer than the model's window are not trained on; the first is ${place}.`);
      if (this.#places.size < 10_000) this.#places.add(place);
    }
  }

  /** Whether there were any. */
  get any(): boolean {
    return this.#rows > 0;
  }

  /** Tells how many there were. */
  end(): void {
    const places = [...this.#places];
    if (places.length < 2) return;
    const some = places.length > 5 ? `${places.slice(0, 5).join(", ")} and others` : places.join(", ");
    tell(`${places.length} rows were longer than the model's window and were not trained on (${this.#rows} times): ${some}.`);
  }
}
