/** Two language servers as an editor meets them, over standard input and output, keystroke by keystroke in turn. */
import { readFileSync } from "node:fs";
import { numbers } from "../../editor/tests/edits.ts";
import { Client, type Server } from "./client.ts";
import type { Measured } from "./service.ts";

/** A server with a document, the words in it that are asked about, and what to type that is wrong. */
export interface Side extends Server {
  readonly text: string;
  /** What stands for a fault of names when it is typed behind a word: the places. */
  readonly words: readonly number[];
}

/** What was measured of one server. */
export interface Told {
  readonly name: string;
  readonly times: Measured;
  /** Megabytes that its process holds. */
  readonly resident: number;
}

/** Measures all sides in turn. */
export async function besides(sides: readonly Side[], count: number): Promise<Told[]> {
  const runs = await Promise.all(sides.map((side) => started(side)));
  for (let at = 0; at < count; at++) for (const run of runs) await run.stroke(at);
  const told = runs.map((run) => run.told());
  for (const { client } of runs) client.end();
  return told;
}

async function started(side: Side) {
  const client = new Client(side, side.text);
  const usual = await client.open(side);
  const draw = numbers(3);
  const [completed, hovered, standing, diagnosed] = [[], [], [], []] as number[][];
  const time = async (times: number[], work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  };
  return {
    client,
    async stroke(at: number) {
      const word = () => side.words[draw(side.words.length)]!;
      const [first, second] = [word(), word()];
      // A request right behind the keystroke waits for whatever the server does first.
      await time(completed!, async () => {
        await client.type(first, first, "x");
        await client.ask("textDocument/completion", first + 1);
      });
      await client.type(first, first + 1, "");
      await time(hovered!, async () => {
        await client.type(second, second, "x");
        await client.ask("textDocument/hover", second);
      });
      await client.type(second, second + 1, "");
      await client.ask("textDocument/hover", second);
      await time(standing!, () => client.ask("textDocument/hover", first - 1));
      if (at % 5 > 0) return;
      // Both are quiet when the fault is typed.
      await client.told(() => false, 1_500);
      const wrong = client.told((found) => found > usual, 5_000);
      await client.type(first, first, "xyz");
      const ms = await wrong;
      if (ms !== undefined) diagnosed!.push(ms);
      const right = client.told((found) => found <= usual, 5_000);
      await client.type(first, first + 3, "");
      await right;
    },
    told(): Told {
      return {
        name: side.name,
        resident: residentOf(client.pid),
        times: [
          ["a keystroke and the completion behind it", completed!],
          ["a keystroke and the hover behind it", hovered!],
          ["hover, nothing typed", standing!],
          ["a fault typed, to its diagnostic", diagnosed!],
        ],
      };
    },
  };
}

/** What Linux says that a process holds. */
function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
