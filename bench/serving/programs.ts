/**
 * Where an answer's time goes, program by program, alone and among others: the pipeline is asked in this process, and every program that its device runs
 * is timed. It knows no HTTP.
 */
import { openBuilt } from "../../cli/built.ts";
import { findSpec } from "../../cli/spec.ts";
import type { Pipeline } from "../../runtime/pipeline/pipeline.ts";

/** Milliseconds for each answer by program, the longest first, and the answers of a second. */
export type Spent = {
  readonly many: number;
  readonly rate: number;
  readonly programs: ReadonlyMap<string, number>;
  readonly all: number;
};

/** Asks for so many seconds with each number at once, in turn, so many rounds. */
export async function programs(
  spec: string,
  questions: readonly string[],
  counts: readonly number[],
  seconds: number,
  rounds: number,
): Promise<Spent[]> {
  const { system } = await openBuilt(findSpec(spec), { json: false, device: "cpu", set: [] });
  const answer = system.pipelines().find(({ name }) => name === "answer") as Pipeline;
  const device = await system.device("cpu");
  const run = device.run.bind(device);
  const spent = new Map<string, number>();
  Object.assign(device, {
    run: async (...given: Parameters<typeof run>) => {
      const begun = performance.now();
      const out = await run(...given);
      const name = given[0].name.split(".").slice(1).join(".");
      spent.set(name, (spent.get(name) ?? 0) + performance.now() - begun);
      return out;
    },
  });
  let next = 0;
  const ask = () => answer(questions[next++ % questions.length]!, { seed: 1, device: "cpu" });
  await ask();
  const sums = counts.map(() => ({ answers: 0, seconds: 0, programs: new Map<string, number>() }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, many] of counts.entries()) {
      spent.clear();
      const begun = performance.now();
      const sum = sums[i]!;
      const client = async () => {
        while (performance.now() - begun < seconds * 1000) {
          await ask();
          sum.answers += 1;
        }
      };
      await Promise.all(Array.from({ length: many }, client));
      sum.seconds += (performance.now() - begun) / 1000;
      for (const [name, ms] of spent) sum.programs.set(name, (sum.programs.get(name) ?? 0) + ms);
    }
  }
  await system.close();
  return sums.map(({ answers, seconds: took, programs: all }, i) => ({
    many: counts[i]!,
    rate: answers / took,
    all: (1000 * took) / answers,
    programs: new Map([...all].map(([name, ms]) => [name, ms / answers] as const).sort(([, a], [, b]) => b - a)),
  }));
}

/** A table of that: what is not in a program is search, text and JavaScript. */
export function programTable(spent: readonly Spent[]): string {
  const names = [...new Set(spent.flatMap(({ programs: own }) => [...own.keys()]))];
  const row = (name: string, values: readonly number[]) => `| ${name} | ${values.map((ms) => ms.toFixed(1)).join(" | ")} |`;
  const inside = (one: Spent) => [...one.programs.values()].reduce((sum, ms) => sum + ms, 0);
  return [
    `| milliseconds for each answer | ${spent.map(({ many }) => (many === 1 ? "one at a time" : `${many} at once`)).join(" | ")} |`,
    `| --- | ${spent.map(() => "---").join(" | ")} |`,
    ...names.map((name) =>
      row(
        `\`${name}\``,
        spent.map(({ programs: own }) => own.get(name) ?? 0),
      ),
    ),
    row(
      "search, blocks, text, JavaScript, waiting",
      spent.map((one) => Math.max(0, one.all - inside(one))),
    ),
    row(
      "all",
      spent.map(({ all }) => all),
    ),
  ].join("\n");
}
