/**
 * Answers that were told, by their ids, in a state that several servers share, wherever they run: each finds the answers of all. The oldest go when
 * there are many. It knows no files.
 */
import type { State } from "../state/state.ts";
import type { Keeps } from "./history.ts";
import type { Told } from "./types.ts";

/** How many answers of a server are kept, and after how many new ones the others are looked through. */
const standard = { most: 100_000, every: 1_000 };

export class SharedHistory implements Keeps {
  readonly #state: State;
  readonly #server: string;
  readonly #keeping: typeof standard;
  #kept = 0;

  /** `server` names the answers that belong together: those of all replicas. Closing it closes the state. */
  constructor(state: State, server: string, keeping: typeof standard = standard) {
    this.#state = state;
    this.#server = server;
    this.#keeping = keeping;
  }

  /** Keeps an answer; resolves when the state has it. Throws `state_lost`. */
  async keep(told: Told): Promise<void> {
    await this.#state.query("insert into neuro.answers (id, server, told) values ($1, $2, $3) on conflict do nothing", [
      told.id,
      this.#server,
      JSON.stringify(told),
    ]);
    const { most, every } = this.#keeping;
    if (++this.#kept % every !== 0) return;
    await this.#state.query(
      "delete from neuro.answers where server = $1 and made < (select made from neuro.answers where server = $1 order by made desc offset $2 limit 1)",
      [this.#server, most - 1],
    );
  }

  /** The answer of an id; undefined when it is unknown or was thrown away. Throws `state_lost`. */
  async find(id: string): Promise<Told | undefined> {
    const [row] = await this.#state.query<{ told: string }>("select told from neuro.answers where id = $1 and server = $2", [
      id,
      this.#server,
    ]);
    return row === undefined ? undefined : (JSON.parse(row.told) as Told);
  }

  close(): Promise<void> {
    return this.#state.close();
  }
}
