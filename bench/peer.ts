/** What benchmarks against a peer share: workers in processes of their own that take turns, medians, and profiles by kind. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { KernelTime } from "../runtime/device/profile.ts";

/** A process that answers each line of text with one line of JSON. Its first line says that it is ready. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #ready: Promise<unknown>;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env });
    const lines: Interface = createInterface({ input: this.#child.stdout! });
    this.#lines = lines[Symbol.asyncIterator]();
    this.#ready = this.#next();
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnargs.join(" ")} ended`);
    return JSON.parse(value);
  }

  async ask(line: string): Promise<unknown> {
    await this.#ready;
    this.#child.stdin!.write(`${line}\n`);
    this.#ready = this.#next();
    return this.#ready;
  }

  end(): void {
    this.#child.stdin!.end();
    this.#child.kill();
  }

  /** The worker's side: says `about`, then answers each line `run N` with what `run` gives for N, and the seconds of processors at work meanwhile. */
  static async answer(about: unknown, run: (count: number) => Promise<object>): Promise<void> {
    console.log(JSON.stringify(about));
    for await (const line of createInterface({ input: process.stdin })) {
      const before = process.cpuUsage();
      const found = await run(Number(line.split(" ")[1]));
      const { user, system } = process.cpuUsage(before);
      console.log(JSON.stringify({ ...found, work: (user + system) / 1e6 }));
    }
  }
}

/** The middle of a list. */
export const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

/** A profile added up by operator and operation: names are `12 MatMul contract main.neuro:31`. */
export function byKind(profile: readonly KernelTime[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { kernel, seconds } of profile) {
    const kind = kernel.split(" ").slice(1, 3).join(" ") || kernel;
    sums.set(kind, (sums.get(kind) ?? 0) + seconds);
  }
  return new Map([...sums].sort((a, b) => b[1] - a[1]));
}

/** Prints seconds by name with their share. */
export function printed(times: ReadonlyMap<string, number>, most = 30): void {
  const total = [...times.values()].reduce((a, b) => a + b, 0);
  console.log(`${(1000 * total).toFixed(2)} ms in all`);
  for (const [name, seconds] of [...times].slice(0, most))
    console.log(`${(1000 * seconds).toFixed(3).padStart(10)} ms ${((100 * seconds) / total).toFixed(1).padStart(5)} %  ${name}`);
}
